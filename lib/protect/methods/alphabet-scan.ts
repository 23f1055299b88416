import { RefusedError } from '../refusal.ts';
import type { ColumnText } from './column-text.ts';
import type { SymbolTable } from './symbols.ts';

/** What an element tokenizes of a value. */
export interface ScanRules {
  readonly symbols: SymbolTable;
  /** Characters at either end that stay clear, delimiters counted. */
  readonly fromLeft: number;
  readonly fromRight: number;
  readonly minLength: number;
  readonly maxLength: number;
  readonly shortData: 'error' | 'as-is';
}

/** The symbols of a column, row after row: row r has those from `starts[r]` to `starts[r + 1]`, none if it stays as it is. */
export interface Scan {
  readonly rows: number;
  readonly numerals: Uint16Array;
  /** Where each symbol stands among the column's units. */
  readonly positions: Uint32Array;
  readonly starts: Uint32Array;
  /** The units of each row between its clear parts. */
  readonly windowFrom: Uint32Array;
  readonly windowTo: Uint32Array;
}

/** Finds the symbols of every value. Throws `RefusedError` for the first value that the rules do not take. */
export function scanColumn({ units, ends }: ColumnText, rules: ScanRules): Scan {
  const rows = ends.length;
  const numerals = new Uint16Array(units.length);
  const positions = new Uint32Array(units.length);
  const starts = new Uint32Array(rows + 1);
  const windowFrom = new Uint32Array(rows);
  const windowTo = new Uint32Array(rows);
  const { fromLeft, fromRight, minLength, maxLength } = rules;
  const table = rules.symbols.numerals;
  const size = table.length;
  let n = 0;
  let rowFrom = 0;
  for (let row = 0; row < rows; row++) {
    const rowTo = ends[row]!;
    const start = n;
    if (rowTo > rowFrom) {
      const from = fromLeft === 0 ? rowFrom : skipFromLeft(units, rowFrom, rowTo, fromLeft);
      const to = fromRight === 0 ? rowTo : skipFromRight(units, from, rowTo, fromRight);
      for (let i = from; i < to; i++) {
        let point = units[i]!;
        if ((point & 0xfc00) === 0xd800 && i + 1 < to) point = codePointAt(units, i);
        if (point < size && table[point]! >= 0) {
          numerals[n] = table[point]!;
          positions[n++] = i;
        }
        if (point > 0xffff) i++;
      }
      if (n - start < minLength) {
        if (rules.shortData === 'error') throw new RefusedError('INPUT_TOO_SHORT', { row });
        n = start;
      } else if (n - start > maxLength) {
        throw new RefusedError('INPUT_TOO_LONG', { row });
      }
      windowFrom[row] = from;
      windowTo[row] = to;
    }
    starts[row + 1] = n;
    rowFrom = rowTo;
  }
  return {
    rows,
    numerals: numerals.subarray(0, n),
    positions: positions.subarray(0, n),
    starts,
    windowFrom,
    windowTo,
  };
}

function codePointAt(units: Uint16Array, at: number): number {
  const high = units[at]!;
  const low = units[at + 1]!;
  return isLowSurrogate(low) ? 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff) : high;
}

/** Position after `characters` code points. */
function skipFromLeft(units: Uint16Array, from: number, to: number, characters: number): number {
  let at = from;
  for (let i = 0; i < characters && at < to; i++) {
    at += isHighSurrogate(units[at]!) && at + 1 < to && isLowSurrogate(units[at + 1]!) ? 2 : 1;
  }
  return at;
}

/** Position `characters` code points before the end, but not before `least`. */
function skipFromRight(units: Uint16Array, least: number, to: number, characters: number): number {
  let at = to;
  for (let i = 0; i < characters && at > least; i++) {
    at -= isLowSurrogate(units[at - 1]!) && at - 2 >= least && isHighSurrogate(units[at - 2]!) ? 2 : 1;
  }
  return at;
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
