import type { Column } from '../batch.ts';
import { RefusedError } from '../refusal.ts';
import type { SymbolTable } from './symbols.ts';

/** What an element tokenizes of a value. */
export interface ScanRules {
  readonly symbols: SymbolTable;
  readonly fromLeft: number;
  readonly fromRight: number;
  readonly minLength: number;
  readonly maxLength: number;
  readonly shortData: 'error' | 'as-is';
}

/** A column taken apart: the symbols of all values one after the other, and where each value's window lies. */
export interface Scan {
  readonly rows: number;
  /** Numerals of the symbols inside the windows, row after row; row r has those from `starts[r]` to `starts[r + 1]`. */
  readonly numerals: Uint16Array;
  readonly starts: Uint32Array;
  /** UTF-16 window of each value that is tokenized; empty where the value stays as it is. */
  readonly windowFrom: Uint32Array;
  readonly windowTo: Uint32Array;
  /** UTF-16 units of all values together. */
  readonly units: number;
}

/** Finds the symbols of every value. Throws `RefusedError` for the first value that the rules do not take. */
export function scanColumn(column: Column, rules: ScanRules): Scan {
  const rows = column.length;
  const units = countUnits(column);
  const numerals = new Uint16Array(units);
  const starts = new Uint32Array(rows + 1);
  const windowFrom = new Uint32Array(rows);
  const windowTo = new Uint32Array(rows);
  const clearParts = rules.fromLeft > 0 || rules.fromRight > 0;
  let end = 0;
  for (let row = 0; row < rows; row++) {
    const value = column[row];
    if (typeof value === 'string' && value.length > 0) {
      const from = clearParts ? skipFromLeft(value, rules.fromLeft) : 0;
      const to = clearParts ? skipFromRight(value, rules.fromRight, from) : value.length;
      const start = end;
      end = scanValue(value, from, to, rules.symbols.numerals, numerals, end);
      if (end - start < rules.minLength) {
        if (rules.shortData === 'error') throw new RefusedError('INPUT_TOO_SHORT', { row });
        end = start;
      } else if (end - start > rules.maxLength) {
        throw new RefusedError('INPUT_TOO_LONG', { row });
      } else {
        windowFrom[row] = from;
        windowTo[row] = to;
      }
    }
    starts[row + 1] = end;
  }
  return { rows, numerals: numerals.subarray(0, end), starts, windowFrom, windowTo, units };
}

function countUnits(column: Column): number {
  let units = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (typeof value === 'string') units += value.length;
    else if (value !== null) throw new RefusedError('WRONG_DATATYPE', { row });
  }
  return units;
}

/** Appends the numerals of the symbols between two UTF-16 positions; returns the new end of `out`. */
function scanValue(text: string, from: number, to: number, table: Int32Array, out: Uint16Array, end: number): number {
  const size = table.length;
  let n = end;
  for (let i = from; i < to; i++) {
    let point = text.charCodeAt(i);
    if (isHighSurrogate(point) && i + 1 < to) {
      point = text.codePointAt(i)!;
      if (point > 0xffff) i++;
    }
    if (point < size) {
      const numeral = table[point]!;
      if (numeral >= 0) out[n++] = numeral;
    }
  }
  return n;
}

/** UTF-16 position after `characters` code points. */
function skipFromLeft(text: string, characters: number): number {
  let at = 0;
  for (let i = 0; i < characters && at < text.length; i++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

/** UTF-16 position `characters` code points before the end, but not before `least`. */
function skipFromRight(text: string, characters: number, least: number): number {
  let at = text.length;
  for (let i = 0; i < characters && at > least; i++) {
    at -= at >= 2 && isHighSurrogate(text.charCodeAt(at - 2)) && isLowSurrogate(text.charCodeAt(at - 1)) ? 2 : 1;
  }
  return Math.max(at, least);
}

export function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
