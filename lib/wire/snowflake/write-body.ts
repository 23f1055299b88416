import { ExactNumber } from '../../base/cell.ts';
import { scratch } from '../../base/scratch.ts';
import { type AnyColumn, cellsOf, PackedColumn, packedOf } from '../../protect/columns/packed-column.ts';

/**
 * Writes the body of a reply, `{"data":[[row number, value] …]}`, with the row numbers of the request (default 0, 1, 2
 * …). Writes texts in one pass over their characters; columns with numbers or booleans go through `JSON.stringify`,
 * with the same result.
 */
export function writeSnowflakeBody(column: AnyColumn, rowNumbers: readonly string[] | undefined): string {
  const packed = rowNumbers === undefined ? packedOf(column) : column;
  return packed instanceof PackedColumn && rowNumbers === undefined
    ? writePacked(packed)
    : writeCells(column, rowNumbers);
}

/**
 * Writes the body of a reply whose rows are arrays of the values of several columns, for functions that return ARRAY or
 * VARIANT.
 */
export function writeSnowflakeArrays(columns: readonly AnyColumn[], rowNumbers: readonly string[] | undefined): string {
  const cells = columns.map(cellsOf);
  const rows = Array.from({ length: cells[0]?.length ?? 0 }, (_, row) => cells.map((column) => column[row]));
  return stringify(rows, rowNumbers);
}

function writeCells(column: AnyColumn, rowNumbers: readonly string[] | undefined): string {
  return stringify(cellsOf(column), rowNumbers);
}

function stringify(values: readonly unknown[], rowNumbers: readonly string[] | undefined): string {
  const data = values.map((value, row) => [rowNumbers === undefined ? row : new ExactNumber(rowNumbers[row]!), value]);
  return JSON.stringify({ data });
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const NULL = [0x6e, 0x75, 0x6c, 0x6c] as const;

/**
 * A UTF-16 unit takes at most 6 bytes of JSON (`\u001f`); a row takes at most 15 more, with a number of up to 8 digits.
 */
const MOST_UNIT_BYTES = 6;
const MOST_ROW_BYTES = 16;

const byteScratch = scratch(Uint8Array);

function writePacked({ text: { units, ends }, nulls }: PackedColumn): string {
  const rows = ends.length;
  const out = byteScratch(MOST_UNIT_BYTES * (ends[rows - 1] ?? 0) + MOST_ROW_BYTES * rows + 16);
  let at = ascii(out, 0, '{"data":[');
  const digits = new Uint8Array(10).fill(ZERO);
  let first = 9;
  let longerFrom = 10;
  let allPlain = true;
  for (let row = 0, from = 0; row < rows; row++) {
    const to = ends[row]!;
    if (row > 0) out[at++] = COMMA;
    out[at++] = OPEN;
    if (row === longerFrom) {
      longerFrom *= 10;
      first--;
    }
    for (let i = first; i < 10; i++) out[at++] = digits[i]!;
    countUp(digits);
    out[at++] = COMMA;
    if (nulls?.[row] === 1) {
      for (const letter of NULL) out[at++] = letter;
    } else {
      out[at++] = QUOTE;
      const end = writePlain(out, at, units, from, to);
      if (end === NOT_PLAIN) allPlain = false;
      at = end === NOT_PLAIN ? writeEscaped(out, at, units, from, to) : end;
      out[at++] = QUOTE;
    }
    out[at++] = CLOSE;
    from = to;
  }
  at = ascii(out, at, ']}');
  const bytes = Buffer.from(out.buffer, out.byteOffset, at);
  return bytes.toString(allPlain ? 'latin1' : 'utf8');
}

const NOT_PLAIN = -1;

/** 1 for units that JSON writes as themselves, in one byte. */
const PLAIN = Uint8Array.from({ length: 0x10000 }, (_, unit) =>
  unit >= 0x20 && unit < 0x80 && unit !== QUOTE && unit !== BACKSLASH ? 1 : 0,
);

/** The JSON escapes of control characters. */
const CONTROLS = Array.from({ length: 0x20 }, (_, unit) => JSON.stringify(String.fromCharCode(unit)).slice(1, -1));

/** Writes units that JSON writes as themselves in ASCII; returns `NOT_PLAIN` at the first other unit. */
function writePlain(out: Uint8Array, start: number, units: Uint16Array, from: number, to: number): number {
  let at = start;
  for (let i = from; i < to; i++) {
    const unit = units[i]!;
    if (PLAIN[unit] !== 1) return NOT_PLAIN;
    out[at++] = unit;
  }
  return at;
}

/** Writes any units as `JSON.stringify` and UTF-8 do: lone surrogates become escapes. */
function writeEscaped(out: Uint8Array, start: number, units: Uint16Array, from: number, to: number): number {
  let at = start;
  for (let i = from; i < to; i++) {
    const unit = units[i]!;
    if (unit === QUOTE || unit === BACKSLASH) {
      out[at++] = BACKSLASH;
      out[at++] = unit;
    } else if (unit < 0x20) {
      at = ascii(out, at, CONTROLS[unit]!);
    } else if (unit < 0x80) {
      out[at++] = unit;
    } else if (unit < 0x800) {
      out[at++] = 0xc0 | (unit >>> 6);
      out[at++] = 0x80 | (unit & 0x3f);
    } else if ((unit & 0xf800) !== 0xd800) {
      at = writeThree(out, at, unit);
    } else if (unit < 0xdc00 && i + 1 < to && (units[i + 1]! & 0xfc00) === 0xdc00) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (units[++i]! & 0x3ff);
      out[at++] = 0xf0 | (point >>> 18);
      out[at++] = 0x80 | ((point >>> 12) & 0x3f);
      out[at++] = 0x80 | ((point >>> 6) & 0x3f);
      out[at++] = 0x80 | (point & 0x3f);
    } else {
      at = ascii(out, at, `\\u${unit.toString(16)}`);
    }
  }
  return at;
}

function writeThree(out: Uint8Array, start: number, unit: number): number {
  out[start] = 0xe0 | (unit >>> 12);
  out[start + 1] = 0x80 | ((unit >>> 6) & 0x3f);
  out[start + 2] = 0x80 | (unit & 0x3f);
  return start + 3;
}

/** Increments a number of 10 decimal digits, at a quarter of the cost of converting each row number. */
function countUp(digits: Uint8Array): void {
  let i = 9;
  for (; digits[i] === NINE; i--) digits[i] = ZERO;
  digits[i]!++;
}

function ascii(out: Uint8Array, start: number, text: string): number {
  let at = start;
  for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
  return at;
}
