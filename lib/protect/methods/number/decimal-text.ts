// The text form of decimals (§4.6): an optional sign, digits, and at most one point or comma before, among or after
// them.

import { scratch } from '../../../base/scratch.ts';
import type { ColumnText } from '../../columns/column-text.ts';

const ZERO = 0x30;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;

/** The values of a column with equally many digits, and the number of digits to write. */
export interface DecimalGroup {
  readonly digits: number;
  readonly outDigits: number;
  readonly rows: number[];
  readonly starts: number[];
}

const unitScratch = scratch(Uint16Array);
const endScratch = scratch(Uint32Array);

/** Counts the digits in `units[start … end]`. Returns 0 for a text that is no decimal of digits from `least` to 9. */
export function countDigits(units: Uint16Array, start: number, end: number, least: 0 | 1): number {
  let digits = 0;
  let separators = 0;
  for (let at = firstAfterSign(units, start); at < end; at++) {
    const unit = units[at]!;
    if (unit === POINT || unit === COMMA) separators++;
    else if (unit >= ZERO + least && unit <= ZERO + 9) digits++;
    else return 0;
  }
  return separators > 1 ? 0 : digits;
}

/** Counts the digits before the separator of a decimal, or all digits if it has none. */
export function integerDigits(units: Uint16Array, start: number, end: number): number {
  const first = firstAfterSign(units, start);
  let at = first;
  while (at < end && units[at]! >= ZERO) at++;
  return at - first;
}

/** Reads the digits of each value of a group, minus `least`, row after row. */
export function readDigits(units: Uint16Array, { digits, starts }: DecimalGroup, least: 0 | 1): Uint16Array {
  const numerals = new Uint16Array(starts.length * digits);
  let at = 0;
  for (const start of starts) {
    const end = at + digits;
    for (let i = start; at < end; i++) if (units[i]! >= ZERO) numerals[at++] = units[i]! - ZERO - least;
  }
  return numerals;
}

/** Lays out a column in which the values of each group have `outDigits` digits. Valid until the next call. */
export function roomFor({ ends }: ColumnText, groups: readonly DecimalGroup[]): ColumnText {
  const outEnds = endScratch(ends.length);
  for (let row = 0, start = 0; row < ends.length; row++) {
    outEnds[row] = ends[row]! - start;
    start = ends[row]!;
  }
  for (const { digits, outDigits, rows } of groups) for (const row of rows) outEnds[row]! += outDigits - digits;
  for (let row = 1; row < ends.length; row++) outEnds[row]! += outEnds[row - 1]!;
  return { units: unitScratch(outEnds.at(-1) ?? 0), ends: outEnds };
}

/**
 * Writes each value of a group with the digits of `numerals`, plus `least`. The number of digits after the separator
 * stays.
 */
export function writeDigits(
  text: ColumnText,
  { outDigits, rows, starts }: DecimalGroup,
  numerals: Uint16Array,
  least: 0 | 1,
  out: ColumnText,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const start = starts[i]!;
    const first = firstAfterSign(text.units, start);
    const from = i * outDigits;
    let next = from + outDigits;
    let to = out.ends[row]!;
    // From the end, so that the front grows or shrinks.
    for (let at = text.ends[row]! - 1; at >= first; at--) {
      const unit = text.units[at]!;
      if (unit < ZERO) out.units[--to] = unit;
      else if (next > from) out.units[--to] = ZERO + least + numerals[--next]!;
    }
    while (next > from) out.units[--to] = ZERO + least + numerals[--next]!;
    if (first > start) out.units[--to] = text.units[start]!;
  }
}

function firstAfterSign(units: Uint16Array, start: number): number {
  return units[start] === MINUS || units[start] === PLUS ? start + 1 : start;
}
