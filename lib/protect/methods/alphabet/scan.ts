import { scratch } from '../../../base/scratch.ts';
import { atLeast, atMost, type RefusalCode, refuseValue } from '../../refusal.ts';
import type { Direction } from '../../../crypto/direction.ts';
import type { OtherCharacters } from '../../../policy/elements/other-characters.ts';
import { LOOK_AT, PERHAPS_OUTSIDE, refuseOutside } from '../outside.ts';
import { codePointAt, isPair } from '../../columns/code-points.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import type { SymbolTable } from './symbols.ts';

/** The part of a value that an element tokenizes. */
export interface ScanRules {
  readonly symbols: SymbolTable;
  /** Characters at either end that stay clear; delimiters count. */
  readonly fromLeft: number;
  readonly fromRight: number;
  /** The least number of symbols that is not short, at least 1. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly shortData: 'error' | 'as-is' | 'weak-token';
  readonly otherCharacters: OtherCharacters;
  /** One code for every fault of a value. By default, each fault has its own. */
  readonly refusal?: RefusalCode;
}

/** The symbols of a column, row after row. Row r has the symbols from `starts[r]` to `starts[r + 1]`. */
export interface Scan {
  readonly numerals: Uint16Array;
  readonly starts: Uint32Array;
  /** The window of each row: its units between the clear parts. Empty if the row stays as it is. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Rows that stay as they are, without the empty ones. */
  readonly clearCount: number;
}

const numeralScratch = scratch(Uint16Array);
const rowScratch = scratch(Uint32Array);

/**
 * Finds the symbols of every value, up to `limits[row]` if limits are given. A value without symbols stays as it is,
 * unless short data is an error. Throws `RefusedError` for the first value that the rules do not allow:
 * `INPUT_TOO_SHORT`, `INPUT_TOO_LONG`, or `rules.refusal`, and when encrypting `LETTERS_OUTSIDE`, `DIGITS_OUTSIDE` or
 * `DIGITS_OF_ANOTHER_SCRIPT`. The result is valid until the next call.
 */
export function scanColumn(
  direction: Direction,
  { units, ends }: ColumnText,
  rules: ScanRules,
  limits: Uint32Array = ends,
): Scan {
  const rows = ends.length;
  // Room for one more: a numeral is written before it is known to be one.
  const numerals = numeralScratch(units.length + 1);
  const perRow = rowScratch(3 * rows + 1);
  const from = perRow.subarray(0, rows);
  const to = perRow.subarray(rows, 2 * rows);
  const starts = perRow.subarray(2 * rows);
  const { fromLeft, fromRight, maxLength } = rules;
  const minLength = rules.shortData === 'weak-token' ? 1 : rules.minLength;
  const refuseShort = rules.shortData === 'error';
  const { numerals: table, astral, of } = rules.symbols;
  const lookAt = LOOK_AT[direction === 'encrypt' ? rules.otherCharacters : 'nothing'];
  const beside = fromLeft + fromRight > 0;
  const most = atMost(maxLength, of, beside);
  const least = atLeast(minLength, of, beside);
  let clearCount = 0;
  const isSymbol = (point: number): boolean => point < table.length && table[point]! >= 0;
  starts[0] = 0;
  for (let row = 0, rowFrom = 0, start = 0; row < rows; row++) {
    const rowTo = ends[row]!;
    const limit = limits[row]!;
    const left = fromLeft === 0 ? rowFrom : skipFromLeft(units, rowFrom, limit, fromLeft);
    const right = fromRight === 0 ? limit : skipFromRight(units, left, limit, fromRight);
    const end = astral
      ? scanAstral(units, left, right, table, numerals, start, lookAt)
      : scanUnits(units, left, right, table, numerals, start, lookAt);
    let count = end - start;
    if (sawOutside && refuseOutside(units, left, right, row, rules.otherCharacters, isSymbol)) count = 0;
    else if (count > maxLength) {
      refuseValue(rules.refusal ?? 'INPUT_TOO_LONG', { row, limit: most });
      count = 0;
    } else if (count < minLength && rowTo > rowFrom && refuseShort) {
      refuseValue(rules.refusal ?? 'INPUT_TOO_SHORT', { row, limit: least });
    }
    const tokenized = count >= minLength;
    from[row] = tokenized ? left : rowTo;
    to[row] = tokenized ? right : rowTo;
    if (tokenized) start = end;
    else if (rowTo > rowFrom) clearCount++;
    starts[row + 1] = start;
    rowFrom = rowTo;
  }
  return { numerals: numerals.subarray(0, starts[rows]), starts, from, to, clearCount };
}

/** Whether the last scan saw a character to look at. A scan returns two facts, and an object a row would cost more. */
let sawOutside = false;

/**
 * Scans an alphabet without astral symbols, in which surrogates are delimiters. Branch-free: delimiters would
 * mispredict.
 */
function scanUnits(
  units: Uint16Array,
  from: number,
  to: number,
  table: Int32Array,
  numerals: Uint16Array,
  start: number,
  lookAt: number,
): number {
  let n = start;
  let sign = 0;
  for (let i = from; i < to; i++) {
    const numeral = table[units[i]!]!;
    numerals[n] = numeral;
    n = (n + 1 + (numeral >> 31)) | 0;
    sign |= numeral + lookAt;
  }
  sawOutside = sign < 0;
  return n;
}

function scanAstral(
  units: Uint16Array,
  from: number,
  to: number,
  table: Int32Array,
  numerals: Uint16Array,
  start: number,
  lookAt: number,
): number {
  let n = start;
  let sign = 0;
  for (let i = from; i < to; i++) {
    const point = codePointAt(units, i, to);
    const numeral = point < table.length ? table[point]! : PERHAPS_OUTSIDE;
    if (numeral >= 0) numerals[n++] = numeral;
    sign |= numeral + lookAt;
    if (point > 0xffff) i++;
  }
  sawOutside = sign < 0;
  return n;
}

/** Returns the position after `characters` code points. */
function skipFromLeft(units: Uint16Array, from: number, to: number, characters: number): number {
  let at = from;
  for (let i = 0; i < characters && at < to; i++) at += isPair(units, at, to) ? 2 : 1;
  return at;
}

/** Returns the position `characters` code points before the end, but not before `least`. */
function skipFromRight(units: Uint16Array, least: number, to: number, characters: number): number {
  let at = to;
  for (let i = 0; i < characters && at > least; i++) at -= at - 2 >= least && isPair(units, at - 2, at) ? 2 : 1;
  return at;
}
