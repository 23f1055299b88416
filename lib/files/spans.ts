// Where the values to protect lie in a piece of a text file. Everything beside them is copied byte for byte.

/** How a value is written at its place. */
export const Kind = {
  /** Its bytes are the value. */
  plain: 0,
  /** Its bytes are the value, between quotes that belong to the span. */
  quoted: 1,
  /** As `quoted`, with escapes inside. */
  escaped: 2,
  /** NULL: it stays as it is. */
  null: 3,
  /** A JSON number. */
  number: 4,
  /** No value: a JSON object, array, or truth value. */
  unfit: 5,
} as const;

/** What is wrong with a whole row. */
export const Flaw = { none: 0, shape: 1, quotes: 2, json: 3, tooDeep: 4 } as const;

/** The rows of a piece and, in their order, the spans of the values to protect. All positions are bytes of the piece. */
export class SpanTable {
  rows = 0;
  spans = 0;
  /** The first byte of each row; what lies between two rows (blank lines, comments) belongs to neither. */
  rowStart = new Uint32Array(1024);
  /** The byte behind each row, its line end included. */
  rowEnd = new Uint32Array(1024);
  flaw = new Uint8Array(1024);
  /** The first span of each row. */
  firstSpan = new Uint32Array(1024);
  column = new Uint16Array(4096);
  start = new Uint32Array(4096);
  end = new Uint32Array(4096);
  kind = new Uint8Array(4096);

  /** Forgets all rows, and keeps the memory. */
  clear(): void {
    this.rows = 0;
    this.spans = 0;
  }

  addSpan(column: number, start: number, end: number, kind: number): void {
    if (this.spans === this.start.length) this.#growSpans();
    const at = this.spans++;
    this.column[at] = column;
    this.start[at] = start;
    this.end[at] = end;
    this.kind[at] = kind;
  }

  /** Adds the row whose spans began at `firstSpan`. A row with a flaw has no spans. */
  addRow(start: number, end: number, firstSpan: number, flaw: number): void {
    if (this.rows === this.rowStart.length) this.#growRows();
    if (flaw !== Flaw.none) this.spans = firstSpan;
    const row = this.rows++;
    this.rowStart[row] = start;
    this.rowEnd[row] = end;
    this.flaw[row] = flaw;
    this.firstSpan[row] = firstSpan;
  }

  /** Returns the byte behind the spans of a row. */
  lastSpan(row: number): number {
    return row + 1 < this.rows ? this.firstSpan[row + 1]! : this.spans;
  }

  #growSpans(): void {
    const length = 2 * this.start.length;
    this.column = grown(this.column, new Uint16Array(length));
    this.start = grown(this.start, new Uint32Array(length));
    this.end = grown(this.end, new Uint32Array(length));
    this.kind = grown(this.kind, new Uint8Array(length));
  }

  #growRows(): void {
    const length = 2 * this.rowStart.length;
    this.rowStart = grown(this.rowStart, new Uint32Array(length));
    this.rowEnd = grown(this.rowEnd, new Uint32Array(length));
    this.flaw = grown(this.flaw, new Uint8Array(length));
    this.firstSpan = grown(this.firstSpan, new Uint32Array(length));
  }
}

function grown<T extends { set(values: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
