import type { NationalNumber } from './kinds/national-numbers.ts';
import type { Kind } from './kinds/table.ts';

/** `certain`: forms and check digits leave no doubt. `possible`: only the shape of the values speaks for it. */
export type Sureness = 'certain' | 'likely' | 'possible';

/** The kind of data that a column holds, and why. No member holds a value. */
export interface Finding {
  readonly kind: Kind;
  /** Which national number. */
  readonly number?: NationalNumber;
  readonly sure: Sureness;
  /** The share of the distinct values that were looked at and fit the kind, 0 to 1. */
  readonly share: number;
  /** Sentences without a full stop. */
  readonly why: readonly string[];
}
