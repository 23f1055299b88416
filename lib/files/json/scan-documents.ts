// JSON lines: one document a line (RFC 8259). One pass that checks the grammar and notes where the values of the paths lie.
import { Flaw, Kind, type SpanTable } from '../spans.ts';
import type { PathNode } from './paths.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Deeper documents are refused: each level is a call. */
const MAX_DEPTH = 256;
const BAD = -1;
const TOO_DEEP = -2;

/**
 * Scans the lines of `bytes[from … to]` into `table`, one row a document. `bytes[to]` must exist: it is overwritten and restored. Blank
 * lines are no rows. Returns the end of the last whole line; with `isLast` the end of the bytes is one too.
 */
export function scanDocuments(
  bytes: Uint8Array,
  from: number,
  to: number,
  isLast: boolean,
  root: PathNode,
  table: SpanTable,
): number {
  const kept = bytes[to]!;
  bytes[to] = LF;
  const scanner = new DocumentScanner(bytes, table);
  let start = from;
  while (start < to) {
    const end = bytes.indexOf(LF, start);
    if (end >= to && !isLast) break;
    scanner.scanLine(start, end, Math.min(end + 1, to), root);
    start = Math.min(end + 1, to);
  }
  bytes[to] = kept;
  return start;
}

class DocumentScanner {
  readonly #bytes: Uint8Array;
  readonly #table: SpanTable;
  #depth = 0;

  constructor(bytes: Uint8Array, table: SpanTable) {
    this.#bytes = bytes;
    this.#table = table;
  }

  scanLine(start: number, end: number, next: number, root: PathNode): void {
    const first = this.#blanks(start);
    if (first >= end) return;
    const { spans } = this.#table;
    this.#depth = 0;
    let at = this.#value(first, root);
    if (at >= 0) at = this.#blanks(at);
    const flaw = at === TOO_DEEP ? Flaw.tooDeep : at === end ? Flaw.none : Flaw.json;
    this.#table.addRow(start, next, spans, flaw);
  }

  /** Returns the position behind the value, or a negative number. The line feed at the end of a line is part of no value. */
  #value(at: number, node: PathNode | undefined): number {
    const bytes = this.#bytes;
    const byte = bytes[at]!;
    const column = node === undefined ? -1 : node.column;
    if (byte === QUOTE) {
      const end = this.#string(at);
      if (end >= 0 && column >= 0) this.#table.addSpan(column, at, end, this.#isEscaped ? Kind.escaped : Kind.quoted);
      return end;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (column >= 0) this.#table.addSpan(column, at, at + 1, Kind.unfit);
      if (++this.#depth > MAX_DEPTH) return TOO_DEEP;
      const end = byte === OPEN_OBJECT ? this.#object(at, node) : this.#list(at, node);
      this.#depth--;
      return end;
    }
    const word = byte === 0x6e ? 'null' : byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : undefined;
    const end = word === undefined ? this.#number(at) : this.#word(at, word);
    if (end >= 0 && column >= 0) {
      const kind = word === undefined ? Kind.number : word === 'null' ? Kind.null : Kind.unfit;
      this.#table.addSpan(column, at, end, kind);
    }
    return end;
  }

  #object(from: number, node: PathNode | undefined): number {
    const bytes = this.#bytes;
    const members = node?.members;
    let at = this.#blanks(from + 1);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) return BAD;
      const open = at;
      at = this.#string(at);
      if (at < 0) return at;
      const child = members === undefined || members.size === 0 ? undefined : members.get(this.#name(open, at));
      at = this.#blanks(at);
      if (bytes[at] !== COLON) return BAD;
      at = this.#value(this.#blanks(at + 1), child);
      if (at < 0) return at;
      at = this.#blanks(at);
      if (bytes[at] === CLOSE_OBJECT) return at + 1;
      if (bytes[at] !== COMMA) return BAD;
      at = this.#blanks(at + 1);
    }
  }

  #list(from: number, node: PathNode | undefined): number {
    const bytes = this.#bytes;
    let at = this.#blanks(from + 1);
    if (bytes[at] === CLOSE_LIST) return at + 1;
    for (let i = 0; ; i++) {
      at = this.#value(at, node === undefined ? undefined : (node.every ?? node.items.get(i)));
      if (at < 0) return at;
      at = this.#blanks(at);
      if (bytes[at] === CLOSE_LIST) return at + 1;
      if (bytes[at] !== COMMA) return BAD;
      at = this.#blanks(at + 1);
    }
  }

  #isEscaped = false;

  #string(open: number): number {
    const bytes = this.#bytes;
    this.#isEscaped = false;
    let at = open + 1;
    for (;;) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte < 0x20) return BAD;
      if (byte === BACKSLASH) {
        this.#isEscaped = true;
        const letter = bytes[at + 1]!;
        if (letter === 0x75) {
          for (let i = at + 2; i < at + 6; i++) if (!isHexDigit(bytes[i]!)) return BAD;
          at += 6;
        } else {
          if (!ESCAPES.has(letter)) return BAD;
          at += 2;
        }
      } else {
        at++;
      }
    }
  }

  /** Returns the name of a member. Two spellings of a name are one: an escaped letter must not hide a value. */
  #name(open: number, end: number): string {
    const text = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + open, end - open);
    return this.#isEscaped ? (JSON.parse(text.toString()) as string) : text.toString('utf8', 1, end - open - 1);
  }

  #number(from: number): number {
    const bytes = this.#bytes;
    let at = bytes[from] === 0x2d ? from + 1 : from;
    if (bytes[at] === 0x30) at++;
    else if ((at = this.#digits(at)) < 0) return BAD;
    if (bytes[at] === 0x2e && (at = this.#digits(at + 1)) < 0) return BAD;
    if ((bytes[at]! | 0x20) === 0x65) {
      at++;
      if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
      at = this.#digits(at);
    }
    return at;
  }

  #digits(from: number): number {
    let at = from;
    while ((this.#bytes[at]! - 0x30) >>> 0 < 10) at++;
    return at === from ? BAD : at;
  }

  #word(from: number, word: string): number {
    for (let i = 0; i < word.length; i++) if (this.#bytes[from + i] !== word.charCodeAt(i)) return BAD;
    return from + word.length;
  }

  /** Skips blanks; a line feed ends the line. */
  #blanks(from: number): number {
    let at = from;
    for (let byte = this.#bytes[at]!; byte === 0x20 || byte === 0x09 || byte === 0x0d; byte = this.#bytes[at]!) {
      at++;
    }
    return at;
  }
}

const ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));

function isHexDigit(byte: number): boolean {
  return (byte - 0x30) >>> 0 < 10 || ((byte | 0x20) - 0x61) >>> 0 < 6;
}
