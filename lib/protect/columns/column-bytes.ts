import type { ByteStrings } from '../../crypto/byte-strings.ts';
import type { Cell, Column } from '../../base/cell.ts';
import { atMost, refuseValue } from '../refusal.ts';

/** The values of a column as bytes. Null cells and empty texts are left out: every method passes them through. */
export interface ColumnBytes extends ByteStrings {
  /** The row of each byte string. */
  readonly rows: Uint32Array;
}

/**
 * Joins the UTF-8 bytes of all texts. Throws `RefusedError` for the first cell that is neither text nor null
 * (`WRONG_DATATYPE`), holds a lone surrogate, which has no UTF-8 (`UNICODE_INVALID`), or has more than `maxBytes` bytes
 * (`INPUT_TOO_LONG`).
 */
export function joinUtf8(column: Column, maxBytes = Number.POSITIVE_INFINITY): ColumnBytes {
  let joined = '';
  const texts = joinTexts(column, (value, row) => {
    if (!value.isWellFormed()) return refuseValue('UNICODE_INVALID', { row });
    const bytes = Buffer.byteLength(value);
    if (bytes > maxBytes) return refuseValue('INPUT_TOO_LONG', { row, limit: atMost(maxBytes, 'byte') });
    joined += value;
    return bytes;
  });
  return { bytes: Buffer.from(joined), ...texts };
}

/** Joins the bytes of all hexadecimal texts, of either case. Throws `RefusedError`: `WRONG_DATATYPE`, `BAD_HEX`. */
export function joinHex(column: Column): ColumnBytes {
  let joined = '';
  let oddLength = 0;
  const texts = joinTexts(column, (value) => {
    joined += value;
    oddLength |= value.length & 1;
    return value.length >>> 1;
  });
  const bytes = Buffer.from(joined, 'hex');
  // The decoder stops at the first character that is no digit, but looks at low bytes only: it takes š (0161) for a
  // (61).
  const complete = 2 * bytes.length === joined.length && Buffer.byteLength(joined) === joined.length;
  if (oddLength === 1 || !complete) return joinHex(column.map(refuseBadHex));
  return { bytes, ...texts };
}

/** Returns null for a refused cell, where refusals are noted. */
function refuseBadHex(value: Cell, row: number): Cell {
  if (typeof value !== 'string' || /^([0-9A-Fa-f]{2})*$/.test(value)) return value;
  refuseValue('BAD_HEX', { row });
  return null;
}

/** Finds the texts of a column. `take` is called with each and returns its number of bytes; undefined for a refused one. */
function joinTexts(
  column: Column,
  take: (text: string, row: number) => number | void,
): { rows: Uint32Array; ends: Uint32Array } {
  const rows = new Uint32Array(column.length);
  const ends = new Uint32Array(column.length);
  let count = 0;
  let end = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (value === null || value === '') continue;
    const bytes = typeof value === 'string' ? take(value, row) : refuseValue('WRONG_DATATYPE', { row });
    if (bytes === undefined) continue;
    end += bytes;
    rows[count] = row;
    ends[count++] = end;
  }
  return { rows: rows.subarray(0, count), ends: ends.subarray(0, count) };
}

/** Returns the column with each byte string as lower-case hexadecimal text in its row. */
export function cutHex(column: Column, { bytes, ends, rows }: ColumnBytes): Cell[] {
  const text = bufferOf(bytes).toString('hex');
  return cut(column, rows, text, (i) => 2 * ends[i]!);
}

/** Returns the column with each byte string as Latin-1 text in its row. */
export function cutLatin1(column: Column, { bytes, ends, rows }: ColumnBytes): Cell[] {
  return cut(column, rows, bufferOf(bytes).toString('latin1'), (i) => ends[i]!);
}

/**
 * Returns the column with each byte string as text. Each must be valid UTF-8 on its own; throws `TypeError` otherwise.
 */
export function cutUtf8(column: Column, { bytes, ends, rows }: ColumnBytes): Cell[] {
  // A leading U+FEFF belongs to the value.
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (text.length === bytes.length) return cut(column, rows, text, (i) => ends[i]!);
  let units = 0;
  let at = 0;
  return cut(column, rows, text, (i) => {
    // A character has one UTF-16 unit, or two if it has four bytes. Bytes 80–BF continue a character.
    for (; at < ends[i]!; at++) units += bytes[at]! >= 0xf0 ? 2 : bytes[at]! < 0x80 || bytes[at]! >= 0xc0 ? 1 : 0;
    return units;
  });
}

function cut(column: Column, rows: Uint32Array, text: string, endOf: (i: number) => number): Cell[] {
  const cells = [...column];
  for (let i = 0, from = 0; i < rows.length; i++) {
    const to = endOf(i);
    cells[rows[i]!] = text.slice(from, to);
    from = to;
  }
  return cells;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
