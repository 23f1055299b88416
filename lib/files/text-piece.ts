// A piece of a text file: the values of the columns are replaced where they stand, and every other byte is copied.
import { type Cell, ExactNumber } from '../base/cell.ts';
import { scratch } from '../base/scratch.ts';
import { type AnyColumn, PackedColumn } from '../protect/columns/packed-column.ts';
import { RefusedError } from '../protect/refusal.ts';
import { FlawedRowError, inPiece } from './in-piece.ts';
import type { Filled, RowBatch, RowProtector } from './protect-batch.ts';
import { flawedRow, type Reject } from './rejects.ts';
import { Flaw, Kind, SpanTable } from './spans.ts';
import { decodeUtf8, encodeUtf8, MOST_BYTES_OF_UNIT } from './utf8.ts';

/** How a text format finds values and spells them. */
export interface TextFormat {
  /** Scans whole rows into `table`, and returns where they end. `bytes[to]` exists and may be overwritten for the time of the call. */
  scan(bytes: Uint8Array, from: number, to: number, isLast: boolean, table: SpanTable): number;
  /** Returns the value of a span with escapes. */
  readonly unescape: (text: string) => string;
  /** Returns the bytes of a value that cannot stand as it is; `kind` is how the former one was written. */
  readonly spell: (cell: Cell, kind: number) => string;
  /** 1 for UTF-16 units that stand for themselves between quotes. */
  readonly inQuotes: Uint8Array;
  /** 1 for UTF-16 units that stand for themselves without quotes. */
  readonly bare: Uint8Array;
  /** 1 for UTF-16 units that a value without quotes may begin with. */
  readonly bareFirst: Uint8Array;
  /** The byte of a quote. A value that was written between quotes keeps them. */
  readonly quote: number;
  /** True if every text is written between quotes. */
  readonly quotesText: boolean;
  /** Tells whether a text without quotes would be read as something else: as NULL. */
  readonly isOther: ((text: string) => boolean) | undefined;
}

export interface ProtectedPiece {
  /** Bytes of the output. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  /** Rows of the piece. */
  readonly rejects: readonly Reject[];
  /** How many values of each column were seen, NULL included. */
  readonly seen: readonly number[];
}

/** Fewer rows a batch cost more a value: names are enciphered by their patterns, of which a batch has many. */
const BATCH_ROWS = 16_384;

const unitScratch = scratch(Uint16Array);
const endScratch = scratch(Uint32Array);
const rowScratch = scratch(Uint32Array);

const NO_QUOTE = -1;

/** Protects pieces of one file, one after another. */
export class TextPieces {
  readonly #format: TextFormat;
  readonly #protector: RowProtector;
  readonly #columns: number;
  readonly #mayReject: boolean;
  readonly #table = new SpanTable();

  constructor(format: TextFormat, protector: RowProtector, columns: number, mayReject: boolean) {
    this.#format = format;
    this.#protector = protector;
    this.#columns = columns;
    this.#mayReject = mayReject;
  }

  /**
   * Protects the rows of `bytes[0 … to]`, all of which are whole; `bytes[to]` exists. Rejects with what `BatchProtector.run` rejects with,
   * rows counted from the piece, and with `FlawedRowError` for a malformed row where rows may not be rejected.
   */
  async run(bytes: Uint8Array, to: number): Promise<ProtectedPiece> {
    const table = this.#table;
    table.clear();
    this.#format.scan(bytes, 0, to, true, table);
    const out = new Output(to + (to >>> 2) + 1024);
    const rejects: Reject[] = [];
    const seen = new Array<number>(this.#columns).fill(0);
    let copied = 0;
    for (let first = 0; first < table.rows; first += BATCH_ROWS) {
      const last = Math.min(table.rows, first + BATCH_ROWS);
      const batch = new SpanBatch(this.#format, table, bytes, first, last);
      for (const reject of batch.flawed()) {
        if (!this.#mayReject) throw new FlawedRowError({ ...reject, row: reject.row + first });
        rejects.push({ ...reject, row: reject.row + first });
      }
      // oxlint-disable-next-line no-await-in-loop -- batches share the buffers of the methods
      const { columns, rejected } = await inPiece(first, () => this.#protector.run(batch));
      for (const reject of rejected.values()) rejects.push({ ...reject, row: reject.row + first });
      copied = this.#write(batch, columns, rejected, out, copied, first, last);
      for (let span = table.firstSpan[first]!; span < table.lastSpan(last - 1); span++) seen[table.column[span]!]!++;
    }
    out.copy(bytes, copied, to);
    rejects.sort((a, b) => a.row - b.row);
    return { bytes: out.taken(), rows: table.rows, rejects, seen };
  }

  /** Writes the rows `first … last` and what lies in front of them from `copied` on. Returns the position behind them. */
  #write(
    batch: SpanBatch,
    columns: readonly AnyColumn[],
    rejected: ReadonlyMap<number, Reject>,
    out: Output,
    from: number,
    first: number,
    last: number,
  ): number {
    const { rowStart, rowEnd, flaw, firstSpan, column, start, end, kind } = this.#table;
    const { bytes } = batch;
    const at = new Uint32Array(columns.length);
    let copied = from;
    for (let row = first; row < last; row++) {
      if (flaw[row] !== Flaw.none || rejected.has(row - first)) {
        out.copy(bytes, copied, rowStart[row]!);
        copied = rowEnd[row]!;
        continue;
      }
      const until = this.#table.lastSpan(row);
      for (let span = firstSpan[row]!; span < until; span++) {
        const c = column[span]!;
        const value = at[c]!++;
        out.copy(bytes, copied, start[span]!);
        copied = end[span]!;
        this.#writeValue(columns[c]!, value, kind[span]!, bytes, start[span]!, copied, out);
      }
    }
    const behind = rowEnd[last - 1]!;
    if (behind > copied) out.copy(bytes, copied, behind);
    return Math.max(behind, copied);
  }

  #writeValue(
    column: AnyColumn,
    value: number,
    kind: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Output,
  ): void {
    if (!(column instanceof PackedColumn)) {
      const cell = column[value]!;
      // NULL stays NULL, in its own spelling.
      if (cell === null && kind === Kind.null) out.copy(bytes, start, end);
      else out.text(this.#spelled(cell, kind));
      return;
    }
    const { text, nulls } = column;
    if (nulls?.[value] === 1) {
      if (kind === Kind.null) out.copy(bytes, start, end);
      else out.text(this.#format.spell(null, kind));
      return;
    }
    const from = value === 0 ? 0 : text.ends[value - 1]!;
    const to = text.ends[value]!;
    const { bare, bareFirst, inQuotes, quote, isOther } = this.#format;
    if (this.#isQuoted(kind)) {
      if (out.plain(text.units, from, to, inQuotes, quote)) return;
    } else if (to > from && bareFirst[text.units[from]!] === 1 && isOther?.(textOf(text.units, from, to)) !== true) {
      if (out.plain(text.units, from, to, bare, NO_QUOTE)) return;
    }
    out.text(this.#format.spell(textOf(text.units, from, to), kind));
  }

  #isQuoted(kind: number): boolean {
    return this.#format.quotesText || kind === Kind.quoted || kind === Kind.escaped;
  }

  /** Spells a cell of a column that is not packed, as a packed one would be. */
  #spelled(cell: Cell, kind: number): string {
    const { bare, bareFirst, inQuotes, quote, isOther, spell } = this.#format;
    if (typeof cell !== 'string') return spell(cell, kind);
    const isQuoted = this.#isQuoted(kind);
    const table = isQuoted ? inQuotes : bare;
    if (!isQuoted && (isOther?.(cell) === true || bareFirst[cell.charCodeAt(0)] !== 1)) return spell(cell, kind);
    for (let i = 0; i < cell.length; i++) if (table[cell.charCodeAt(i)] !== 1) return spell(cell, kind);
    const around = isQuoted ? String.fromCharCode(quote) : '';
    return around + cell + around;
  }
}

function textOf(units: Uint16Array, from: number, to: number): string {
  return Buffer.from(units.buffer, units.byteOffset + 2 * from, 2 * (to - from)).toString('utf16le');
}

/** Rows `first … last` of a table as a batch: its columns are read from their spans. */
class SpanBatch implements RowBatch {
  readonly rows: number;
  readonly bytes: Uint8Array;
  readonly #format: TextFormat;
  readonly #table: SpanTable;
  readonly #first: number;
  readonly #last: number;

  constructor(format: TextFormat, table: SpanTable, bytes: Uint8Array, first: number, last: number) {
    this.#format = format;
    this.#table = table;
    this.bytes = bytes;
    this.#first = first;
    this.#last = last;
    this.rows = last - first;
  }

  *flawed(): Generator<Reject> {
    const { flaw } = this.#table;
    for (let row = this.#first; row < this.#last; row++) {
      if (flaw[row] !== Flaw.none) yield flawedRow(row - this.#first, flaw[row]!);
    }
  }

  fill(
    wanted: number,
    rejected: ReadonlyMap<number, Reject>,
    reject: (row: number, refusal: RefusedError) => void,
  ): Filled {
    const { firstSpan, column, start, end, kind, flaw } = this.#table;
    const { bytes } = this;
    const firstOf = firstSpan[this.#first]!;
    const until = this.#table.lastSpan(this.#last - 1);
    const most = until - firstOf;
    const size = most === 0 ? 0 : end[until - 1]! - start[firstOf]!;
    const units = unitScratch(size);
    const ends = endScratch(most);
    const rows = rowScratch(most);
    let nulls: Uint8Array | undefined;
    let numbers: (Cell | undefined)[] | undefined;
    let values = 0;
    let n = 0;
    for (let row = this.#first; row < this.#last; row++) {
      if (flaw[row] !== Flaw.none || rejected.has(row - this.#first)) continue;
      const before = values;
      const unitsBefore = n;
      const spanEnd = this.#table.lastSpan(row);
      for (let span = firstSpan[row]!; span < spanEnd; span++) {
        if (column[span] !== wanted) continue;
        const from = start[span]!;
        const to = end[span]!;
        let next = n;
        switch (kind[span]) {
          case Kind.plain:
            next = decodeUtf8(bytes, from, to, units, n);
            break;
          case Kind.quoted:
            next = decodeUtf8(bytes, from + 1, to - 1, units, n);
            break;
          case Kind.escaped:
            next = this.#unescape(from, to, units, n);
            break;
          case Kind.null:
            nulls ??= new Uint8Array(most);
            nulls[values] = 1;
            break;
          case Kind.number:
            numbers ??= [];
            numbers[values] = new ExactNumber(latin1(bytes, from, to));
            break;
          default:
            next = -2;
        }
        if (next < 0) {
          const code = next === -1 ? 'UNICODE_INVALID' : 'WRONG_DATATYPE';
          reject(row - this.#first, new RefusedError(code, { row: row - this.#first }));
          // The row is left out: so are its values in front of this one.
          nulls?.fill(0, before, values + 1);
          if (numbers !== undefined) numbers.length = Math.min(numbers.length, before);
          values = before;
          n = unitsBefore;
          break;
        }
        n = next;
        ends[values] = n;
        rows[values++] = row - this.#first;
      }
    }
    const text = { units: units.subarray(0, n), ends: ends.subarray(0, values) };
    const packed = new PackedColumn(text, nulls?.subarray(0, values));
    return { column: numbers === undefined ? packed : mixed(packed, numbers), rows: rows.subarray(0, values) };
  }

  #unescape(from: number, to: number, units: Uint16Array, n: number): number {
    const checked = new Uint16Array(to - from);
    // The bytes must be UTF-8 before a string is made of them, which would hide those that are not.
    if (decodeUtf8(this.bytes, from, to, checked, 0) < 0) return -1;
    const text = this.#format.unescape(
      Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, to - from).toString(),
    );
    for (let i = 0; i < text.length; i++) units[n + i] = text.charCodeAt(i);
    return n + text.length;
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

/** Returns texts and numbers as cells. */
function mixed(packed: PackedColumn, numbers: readonly (Cell | undefined)[]): Cell[] {
  return packed.cells().map((cell, i) => numbers[i] ?? cell);
}

/** Bytes that grow. */
class Output {
  #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  copy(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length <= 0) return;
    this.#room(length);
    const bytes = this.#bytes;
    if (length > 64) {
      bytes.set(from.subarray(start, end), this.#at);
      this.#at += length;
      return;
    }
    let at = this.#at;
    for (let i = start; i < end; i++) bytes[at++] = from[i]!;
    this.#at = at;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#room(length);
    Buffer.from(this.#bytes.buffer, this.#at, length).write(text);
    this.#at += length;
  }

  /** Writes units between quotes, if there are any; returns false, having written nothing, where a unit is not plain. */
  plain(units: Uint16Array, from: number, to: number, plain: Uint8Array, quote: number): boolean {
    this.#room(MOST_BYTES_OF_UNIT * (to - from) + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    if (quote !== NO_QUOTE) bytes[at++] = quote;
    let isAscii = true;
    for (let i = from; i < to; i++) {
      const unit = units[i]!;
      if (plain[unit] !== 1) return false;
      if (unit >= 0x80) {
        isAscii = false;
        break;
      }
      bytes[at++] = unit;
    }
    if (!isAscii) {
      for (let i = from; i < to; i++) if (plain[units[i]!] !== 1) return false;
      at = encodeUtf8(units, from, to, bytes, this.#at + (quote === NO_QUOTE ? 0 : 1));
    }
    if (quote !== NO_QUOTE) bytes[at++] = quote;
    this.#at = at;
    return true;
  }

  taken(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * this.#bytes.length + length);
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
}
