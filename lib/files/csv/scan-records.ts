// Records of CSV (RFC 4180, and the dialects of CSV on the Web): one pass over bytes that copies nothing.
import { Flaw, Kind, type SpanTable } from '../spans.ts';
import type { DialectBytes } from './dialect.ts';

const LF = 0x0a;
const CR = 0x0d;
const ANY = -1;

/** What to look for in each record. */
export interface RecordShape {
  /**
   * Fields of every row. Another number is a flaw: a stray delimiter moves values into columns that are not protected. -1 takes any
   * number.
   */
  readonly fields: number;
  /** For each field the column to protect, or -1. */
  readonly columnOf: Int16Array;
}

/**
 * Scans the records of `bytes[from … to]`, which begins at a record, into `table`. `bytes[to]` must exist: it is overwritten with a
 * line feed and restored. Returns the end of the last whole record; with `isLast` the end of the bytes is one too.
 */
export function scanRecords(
  bytes: Uint8Array,
  from: number,
  to: number,
  isLast: boolean,
  dialect: DialectBytes,
  shape: RecordShape,
  table: SpanTable,
): number {
  const kept = bytes[to]!;
  bytes[to] = LF;
  const end = new RecordScanner(bytes, to, dialect, shape, table).scan(from, isLast);
  bytes[to] = kept;
  return end;
}

/** Returns the end of the last whole record of `bytes[from … to]`, or `from` where there is none. */
export function lastRecordEnd(bytes: Uint8Array, from: number, to: number, dialect: DialectBytes): number {
  if (dialect.quote > 255 || bytes.subarray(from, to).indexOf(dialect.quote) === -1)
    return lastLineEnd(bytes, from, to);
  const kept = bytes[to]!;
  bytes[to] = LF;
  const end = new RecordScanner(bytes, to, dialect, NO_SHAPE, undefined).scan(from, false);
  bytes[to] = kept;
  return end;
}

const NO_SHAPE: RecordShape = { fields: 0, columnOf: new Int16Array(0) };

function lastLineEnd(bytes: Uint8Array, from: number, to: number): number {
  const part = bytes.subarray(from, to);
  const lf = part.lastIndexOf(LF);
  if (lf !== -1) return from + lf + 1;
  // A carriage return at the very end may be half of a line end.
  const cr = part.subarray(0, -1).lastIndexOf(CR);
  return cr === -1 ? from : from + cr + 1;
}

class RecordScanner {
  readonly #bytes: Uint8Array;
  readonly #to: number;
  readonly #dialect: DialectBytes;
  readonly #shape: RecordShape;
  readonly #table: SpanTable | undefined;

  constructor(bytes: Uint8Array, to: number, dialect: DialectBytes, shape: RecordShape, table: SpanTable | undefined) {
    this.#bytes = bytes;
    this.#to = to;
    this.#dialect = dialect;
    this.#shape = shape;
    this.#table = table;
  }

  scan(from: number, isLast: boolean): number {
    const bytes = this.#bytes;
    const to = this.#to;
    const table = this.#table;
    const { stops, quote, escape, comment, delimiter } = this.#dialect;
    const { columnOf, fields } = this.#shape;
    const first = delimiter[0]!;
    const width = delimiter.length;
    let at = from;
    while (at < to) {
      const start = at;
      const byte = bytes[at]!;
      if (byte === comment || byte === LF || byte === CR) {
        while (bytes[at] !== LF && bytes[at] !== CR) at++;
        const end = this.#lineEnd(at, isLast);
        if (end < 0) return start;
        at = end;
        continue;
      }
      const firstSpan = table === undefined ? 0 : table.spans;
      let flaw: number = Flaw.none;
      let field = 0;
      for (;;) {
        const column = field < columnOf.length ? columnOf[field]! : -1;
        field++;
        if (bytes[at] === quote) {
          const open = at++;
          let isEscaped = false;
          for (;;) {
            while (bytes[at] !== quote && bytes[at] !== escape && at < to) at++;
            if (at >= to) break;
            if (bytes[at] === escape && (escape !== quote || (bytes[at + 1] === quote && at + 1 < to))) {
              isEscaped = true;
              at += 2;
              continue;
            }
            break;
          }
          if (at >= to) {
            // The quotes do not close within these bytes.
            if (!isLast) return start;
            table?.addRow(start, to, firstSpan, Flaw.quotes);
            return to;
          }
          at++;
          if (column >= 0) table?.addSpan(column, open, at, isEscaped ? Kind.escaped : Kind.quoted);
          if (stops[bytes[at]!] !== 1) flaw = Flaw.quotes;
        } else if (column >= 0) {
          const value = at;
          at = this.#fieldEnd(at, stops, first, width);
          table?.addSpan(column, value, at, this.#isNull(value, at) ? Kind.null : Kind.plain);
        }
        at = this.#fieldEnd(at, stops, first, width);
        if (bytes[at] !== LF && bytes[at] !== CR) {
          at += width;
          continue;
        }
        break;
      }
      if (at >= to && !isLast) return start;
      const end = this.#lineEnd(at, isLast);
      if (end < 0) return start;
      if (flaw === Flaw.none && fields !== ANY && field !== fields) flaw = Flaw.shape;
      table?.addRow(start, end, firstSpan, flaw);
      at = end;
    }
    return at;
  }

  /** Returns the place of the next delimiter or line end. */
  #fieldEnd(from: number, stops: Uint8Array, first: number, width: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (;;) {
      while (stops[bytes[at]!] !== 1) at++;
      if (bytes[at] !== first || width === 1 || this.#isDelimiter(at)) return at;
      at++;
    }
  }

  #isDelimiter(at: number): boolean {
    const { delimiter } = this.#dialect;
    for (let i = 1; i < delimiter.length; i++) if (this.#bytes[at + i] !== delimiter[i]) return false;
    return at + delimiter.length <= this.#to;
  }

  #isNull(from: number, to: number): boolean {
    if (from === to) return true;
    const { nulls } = this.#dialect;
    if (nulls.length === 0) return false;
    return nulls.some((text) => {
      if (text.length !== to - from) return false;
      for (let i = 0; i < text.length; i++) if (this.#bytes[from + i] !== text[i]) return false;
      return true;
    });
  }

  /** Returns the position behind the line end at `at`; -1 where it may go on in the next bytes. */
  #lineEnd(at: number, isLast: boolean): number {
    const to = this.#to;
    if (at >= to) return isLast ? to : -1;
    if (this.#bytes[at] === LF) return at + 1;
    if (at + 1 >= to) return isLast ? to : -1;
    return this.#bytes[at + 1] === LF ? at + 2 : at + 1;
  }
}
