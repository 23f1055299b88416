import type { RefusedError } from '../protect/refusal.ts';
import { reasonOf } from '../protect/refusal-text.ts';
import { Flaw } from './spans.ts';

/** A row that is left out of the output. Holds no value. */
export interface Reject {
  /** From 0: of a batch, then of a piece, then of the file. */
  readonly row: number;
  /** Index of the column; -1 for a row that is malformed as a whole. */
  readonly column: number;
  readonly code: string;
  readonly reason: string;
}

const FLAWS: readonly (readonly [code: string, reason: string])[] = [
  ['NONE', ''],
  ['ROW_SHAPE', 'the row has another number of fields than the first one'],
  ['ROW_QUOTES', 'the quotes of a field do not close before its end'],
  ['ROW_JSON', 'the line is not one JSON document'],
  ['ROW_DEPTH', 'the document is nested more than 256 levels deep'],
];

/** Returns the reject of a malformed row. */
export function flawedRow(row: number, flaw: number): Reject {
  const [code, reason] = FLAWS[flaw === Flaw.none ? Flaw.shape : flaw]!;
  return { row, column: -1, code, reason };
}

/** Returns the reject of a row with a refused value. */
export function refusedValue(row: number, column: number, refusal: RefusedError): Reject {
  return { row, column, code: refusal.code, reason: reasonOf(refusal) };
}
