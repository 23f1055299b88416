// The first lines of a CSV file: what stands in front of the rows, and the names of the columns.
import { FilesError } from '../errors.ts';
import { Kind, SpanTable } from '../spans.ts';
import { type Dialect, dialectBytes } from './dialect.ts';
import { csvFormat } from './format.ts';
import { scanRecords } from './scan-records.ts';

export interface CsvHeader {
  /** Where the rows begin: the bytes before are copied. */
  readonly prefix: number;
  /** The columns by name; `column0`, `column1` … without a header. */
  readonly names: readonly string[];
}

const LF = 0x0a;
const CR = 0x0d;
const BOM = [0xef, 0xbb, 0xbf] as const;
/** More columns than any table has. */
const MAX_FIELDS = 0x7fff;
const ALL = { fields: -1, columnOf: Int16Array.from({ length: MAX_FIELDS }, (_, i) => i) };

/**
 * Reads the names from the beginning of a file. `bytes[to]` must exist; with `isWhole` there is nothing behind `to`. Throws `FilesError`
 * `FILES_LAYOUT` where the first record does not end within the bytes.
 */
export function readCsvHeader(bytes: Uint8Array, to: number, isWhole: boolean, dialect: Dialect): CsvHeader {
  const from = afterLines(bytes, BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0, to, dialect.skip);
  const table = new SpanTable();
  const raw = dialectBytes({ ...dialect, nulls: [] });
  // Records are scanned until the first one is there: a sample may be a megabyte.
  let end = from;
  for (let part = Math.min(to, from + 65_536); table.rows === 0; part = Math.min(to, 4 * part)) {
    table.clear();
    end = scanRecords(bytes, from, part, isWhole && part === to, raw, ALL, table);
    if (part === to) break;
  }
  if (table.rows === 0) {
    if (isWhole) return { prefix: end, names: [] };
    throw new FilesError(
      'FILES_LAYOUT',
      'The first record does not end within the first megabyte: name the dialect with --delimiter',
    );
  }
  const spans = table.lastSpan(0);
  const { unescape } = csvFormat(dialect, ALL);
  const names = Array.from({ length: spans }, (_, span) => {
    if (!dialect.header) return `column${span}`;
    const [start, stop] = [table.start[span]!, table.end[span]!];
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString();
    if (table.kind[span] === Kind.escaped) return unescape(text);
    return table.kind[span] === Kind.quoted ? text.slice(1, -1) : text;
  });
  return { prefix: dialect.header ? table.rowEnd[0]! : from, names };
}

/** Returns the place behind so many lines. */
function afterLines(bytes: Uint8Array, from: number, to: number, lines: number): number {
  let at = from;
  for (let line = 0; line < lines && at < to; line++) {
    while (at < to && bytes[at] !== LF && bytes[at] !== CR) at++;
    at += bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1;
  }
  return Math.min(at, to);
}

/** Returns for each field the column to protect, or -1. Throws `FilesError` `FILES_LAYOUT` for a column that is not there, or twice. */
export function columnsOfFields(names: readonly string[], wanted: readonly string[]): Int16Array {
  const columnOf = new Int16Array(names.length).fill(-1);
  for (const [column, name] of wanted.entries()) {
    const field = names.indexOf(name);
    if (field === -1) {
      throw new FilesError(
        'FILES_LAYOUT',
        `there is no column ${name}: the columns are ${names.slice(0, 40).join(', ')}`,
      );
    }
    if (names.includes(name, field + 1)) throw new FilesError('FILES_LAYOUT', `there are two columns ${name}`);
    columnOf[field] = column;
  }
  return columnOf;
}
