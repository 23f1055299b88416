// Tests and statements with every name resolved.

import type { Act, OutcomeWord } from './schema.ts';
import type { Users } from './users.ts';

/** Elements by their own names. */
export interface Elements {
  readonly names: readonly string[];
  /** Named by a pattern: what an element cannot offer is then not asked of it. */
  readonly isPattern: boolean;
}

export type Expected =
  | { readonly word: Exclude<OutcomeWord, 'masked' | 'refused'> }
  /** `mask`: by name, if it matters which. */
  | { readonly word: 'masked'; readonly mask?: string | undefined }
  | { readonly word: 'refused'; readonly code?: number | undefined }
  /** What the user sees of the value, or of any value that fits the text where the test has none. */
  | { readonly word: 'text'; readonly text: string };

/** When an entry is decided: `now`, the time of the run, or at a time in epoch milliseconds. */
export type When = 'now' | number;

interface Entry {
  /** Where it is in the document: `$.tests[0]`. */
  readonly path: string;
  /** The sentence. */
  readonly text: string;
  /** Absent: a test now, a statement now and at every later time at which the policy decides otherwise. */
  readonly when?: When | undefined;
}

export interface PolicyTest extends Entry {
  readonly kind: 'test';
  readonly operation: 'Protect' | 'Unprotect' | 'Reprotect';
  /** As the policy spells it. Absent: the test holds for every user. */
  readonly user: string | undefined;
  readonly element: string;
  readonly to: string | undefined;
  readonly value: string | undefined;
  readonly expected: Expected;
}

export interface ActOn {
  readonly act: Act;
  readonly elements: Elements;
}

export type Deed =
  | ({ readonly kind: 'one' } & ActOn)
  | { readonly kind: 'anything'; readonly elements: Elements }
  /** Both with the same element. */
  | { readonly kind: 'both'; readonly acts: readonly [Act, Act]; readonly elements: Elements }
  /** Each with an element of its own. */
  | { readonly kind: 'apart'; readonly parts: readonly [ActOn, ActOn] };

export type Statement = Entry &
  (
    | { readonly kind: 'denied'; readonly users: Users; readonly deed: Deed }
    | { readonly kind: 'granted'; readonly users: Users; readonly deed: Deed }
    | { readonly kind: 'count'; readonly bound: 'at least' | 'at most'; readonly number: number; readonly deed: Deed }
    | {
        readonly kind: 'grants';
        readonly roles: readonly string[];
        readonly only: boolean;
        readonly outcomes: readonly OutcomeWord[];
      }
    | {
        readonly kind: 'path';
        readonly elements: Elements;
        readonly viewers: Users;
        readonly movers: Users;
        readonly sight: 'clear' | 'anything';
      }
  );

/** What a statement does not hold for. */
export interface Counterexample {
  /** In one sentence. */
  readonly says: string;
  /** Why the policy gives that, as `policy explain` says it. */
  readonly because?: string;
}

/** Something that is allowed and may be a mistake. */
export interface Note {
  readonly path: string;
  readonly message: string;
}

export interface PolicyTests {
  readonly tests: readonly PolicyTest[];
  readonly statements: readonly Statement[];
  readonly notes: readonly Note[];
}
