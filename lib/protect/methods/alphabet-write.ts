import type { Cell, Column } from '../batch.ts';
import { isHighSurrogate, type Scan } from './alphabet-scan.ts';
import type { SymbolTable } from './symbols.ts';

/**
 * Puts a column back together: each value with its symbols replaced by those of `numerals` and everything else in place.
 * All values are written into one buffer, turned into one string and cut, which costs far less than a string a value.
 */
export function writeColumn(column: Column, scan: Scan, numerals: Uint16Array, symbols: SymbolTable): Cell[] {
  const ends = new Uint32Array(scan.rows);
  if (symbols.latin) {
    const bytes = new Uint8Array(scan.units);
    const seen = write(column, scan, numerals, symbols, bytes, ends);
    if (seen < 256) return cut(column, Buffer.from(bytes.buffer).toString('latin1', 0, ends.at(-1)), ends);
    // A delimiter beyond Latin-1 was cut to a byte: the column is written again in 16-bit units.
  }
  // A symbol below U+10000 may become one above it, which takes two units.
  const units = new Uint16Array(symbols.codePoints.at(-1)! > 0xffff ? 2 * scan.units : scan.units);
  write(column, scan, numerals, symbols, units, ends);
  return cut(column, Buffer.from(units.buffer).toString('utf16le', 0, 2 * (ends.at(-1) ?? 0)), ends);
}

/** Fills `out` and the end position of each value; returns the bitwise or of all units written. */
function write(
  column: Column,
  scan: Scan,
  numerals: Uint16Array,
  symbols: SymbolTable,
  out: Uint8Array | Uint16Array,
  ends: Uint32Array,
): number {
  const { codePoints, numerals: table } = symbols;
  const size = table.length;
  let next = 0;
  let end = 0;
  let seen = 0;
  for (let row = 0; row < scan.rows; row++) {
    const value = column[row];
    if (typeof value === 'string') {
      const from = scan.windowFrom[row]!;
      const to = scan.windowTo[row]!;
      for (let i = 0; i < value.length; i++) {
        let point = value.charCodeAt(i);
        if (i >= from && i < to) {
          if (isHighSurrogate(point) && i + 1 < to) {
            point = value.codePointAt(i)!;
            if (point > 0xffff) i++;
          }
          if (point < size && table[point]! >= 0) point = codePoints[numerals[next++]!]!;
        }
        seen |= point;
        if (point > 0xffff) {
          out[end++] = 0xd7c0 + (point >>> 10);
          out[end++] = 0xdc00 | (point & 0x3ff);
        } else {
          out[end++] = point;
        }
      }
    }
    ends[row] = end;
  }
  return seen;
}

function cut(column: Column, text: string, ends: Uint32Array): Cell[] {
  const values = new Array<Cell>(column.length);
  let from = 0;
  for (let row = 0; row < column.length; row++) {
    const to = ends[row]!;
    values[row] = column[row] === null ? null : text.substring(from, to);
    from = to;
  }
  return values;
}
