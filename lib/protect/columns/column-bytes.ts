import type { ByteStrings } from '../../crypto/byte-strings.ts';
import type { Cell, Column } from '../../base/cell.ts';
import { RefusedError } from '../refusal.ts';

/** The values of a column as bytes. Null cells and empty texts have none: they pass through every method as they are. */
export interface ColumnBytes extends ByteStrings {
  /** The row that each byte string is of. */
  readonly rows: Uint32Array;
}

/**
 * The UTF-8 bytes of each text. Throws `RefusedError` for the first cell that is neither text nor null (`WRONG_DATATYPE`),
 * holds a lone surrogate, which UTF-8 has no bytes for (`UNICODE_INVALID`), or has more than `maxBytes` (`INPUT_TOO_LONG`).
 */
export function joinUtf8(column: Column, maxBytes = Number.POSITIVE_INFINITY): ColumnBytes {
  let joined = '';
  const texts = joinTexts(column, (value, row) => {
    if (!value.isWellFormed()) throw new RefusedError('UNICODE_INVALID', { row });
    const bytes = Buffer.byteLength(value);
    if (bytes > maxBytes) throw new RefusedError('INPUT_TOO_LONG', { row });
    joined += value;
    return bytes;
  });
  return { bytes: Buffer.from(joined), ...texts };
}

/** The bytes of each hexadecimal text, of either case. Throws `RefusedError`: `WRONG_DATATYPE`, `BAD_HEX`. */
export function joinHex(column: Column): ColumnBytes {
  let joined = '';
  let oddLength = 0;
  const texts = joinTexts(column, (value) => {
    joined += value;
    oddLength |= value.length & 1;
    return value.length >>> 1;
  });
  const bytes = Buffer.from(joined, 'hex');
  // The decoder stops at what is no digit, but sees only the low byte of a character and so takes š (0161) for a.
  const complete = 2 * bytes.length === joined.length && Buffer.byteLength(joined) === joined.length;
  if (oddLength === 1 || !complete) throw new RefusedError('BAD_HEX', { row: column.findIndex(isBadHex) });
  return { bytes, ...texts };
}

function isBadHex(value: Cell): boolean {
  return value !== null && !/^([0-9A-Fa-f]{2})*$/.test(value as string);
}

/** `take` gives the number of bytes of a text. */
function joinTexts(
  column: Column,
  take: (text: string, row: number) => number,
): { rows: Uint32Array; ends: Uint32Array } {
  const rows = new Uint32Array(column.length);
  const ends = new Uint32Array(column.length);
  let count = 0;
  let end = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (value === null || value === '') continue;
    if (typeof value !== 'string') throw new RefusedError('WRONG_DATATYPE', { row });
    end += take(value, row);
    rows[count] = row;
    ends[count++] = end;
  }
  return { rows: rows.subarray(0, count), ends: ends.subarray(0, count) };
}

/** The column with each byte string as lower-case hexadecimal text in its row. */
export function cutHex(column: Column, { bytes, ends, rows }: ColumnBytes): Cell[] {
  const text = bufferOf(bytes).toString('hex');
  return cut(column, rows, text, (i) => 2 * ends[i]!);
}

/** The column with each byte string as the text of one-byte characters (Latin-1). */
export function cutLatin1(column: Column, { bytes, ends, rows }: ColumnBytes): Cell[] {
  return cut(column, rows, bufferOf(bytes).toString('latin1'), (i) => ends[i]!);
}

/** The column with each byte string, valid UTF-8 by itself, as text. Throws `TypeError` for other bytes. */
export function cutUtf8(column: Column, { bytes, ends, rows }: ColumnBytes): Cell[] {
  // A leading U+FEFF belongs to the value.
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (text.length === bytes.length) return cut(column, rows, text, (i) => ends[i]!);
  let units = 0;
  let at = 0;
  return cut(column, rows, text, (i) => {
    // A character is one UTF-16 unit, or two if it has four bytes; bytes 80–BF continue one.
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
