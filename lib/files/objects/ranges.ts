// An object in ranges. A range holds the rows that begin in it. A task guesses where its first row begins: behind the first line feed, which
// may be inside quotes. Whoever joins the ranges compares each beginning with the end of the range before, which is certain because the first
// range begins where the rows do, and has a range that guessed wrong made again.
import { FilesError, ObjectError } from '../errors.ts';
import { cutPieces, type Piece } from '../cut-pieces.ts';
import type { SourceObjects } from '../ports.ts';
import type { TextShape } from '../text-layout.ts';
import type { RangeFacts, WorkState } from './state.ts';

const LF = 0x0a;
/** A row of more bytes is a file in another dialect. */
const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** The object that is read. */
export interface ReadObject {
  readonly key: string;
  readonly tag: string;
  readonly size: number;
}

/** How the objects of a format are cut into ranges, and protected a range at a time. */
export interface ObjectRanges {
  /** Rejects with `FilesError` for an object of another layout, and for one that is too large. */
  count(object: ReadObject): Promise<number>;
  /** Protects the rows that begin in a range. Rejects with `EndsWork`, `FilesError`, and as object stores and trail do. */
  protect(range: RangeToProtect): Promise<RangeFacts>;
}

export interface RangeToProtect {
  /** The id of the work. */
  readonly work: string;
  readonly state: WorkState;
  readonly index: number;
  /** Where its first row begins, if that is known. */
  readonly from: number | undefined;
  /** What is known of the ranges before. */
  readonly before: readonly RangeFacts[];
}

/** Returns the byte behind a range. */
export function endOfRange({ size, ranges }: WorkState, index: number, rangeBytes: number): number {
  return index === ranges - 1 ? size : (index + 1) * rangeBytes;
}

/** Resolves to the first byte behind a line feed at or behind `from - 1`; undefined where that is not in front of `to`. */
export async function findRowStart(
  source: SourceObjects,
  { key, tag }: ReadObject,
  from: number,
  to: number,
): Promise<number | undefined> {
  let at = from - 1;
  for await (const chunk of source.read(key, tag, at, to)) {
    const found = chunk.indexOf(LF);
    if (found !== -1) return at + found + 1 < to ? at + found + 1 : undefined;
    at += chunk.length;
  }
  return undefined;
}

/** Cuts the rows that begin in `from … to` into pieces; `from` is the beginning of a row. */
export async function* piecesOfRange(
  source: SourceObjects,
  object: ReadObject,
  { from, to, pieceBytes }: { readonly from: number; readonly to: number; readonly pieceBytes: number },
  rowsEnd: TextShape['rowsEnd'],
): AsyncGenerator<Piece> {
  const { key, tag, size } = object;
  let at = from;
  for await (const piece of cutPieces(source.read(key, tag, from, to), pieceBytes, rowsEnd)) {
    at += piece.to;
    if (piece.to === 0) continue;
    if (at < to || to === size) {
      yield piece;
      continue;
    }
    // The bytes of the range end here, its last row perhaps not.
    const whole = rowsEnd(piece.bytes, piece.to);
    yield whole === piece.to ? piece : await completed(source, object, piece, whole, to, rowsEnd);
  }
  if (at < to) throw new ObjectError('FILES_UNAVAILABLE', 'The object store sent less than it was asked for');
}

/** Reads on to the end of the row that begins at `whole`. */
async function completed(
  source: SourceObjects,
  { key, tag, size }: ReadObject,
  piece: Piece,
  whole: number,
  to: number,
  rowsEnd: TextShape['rowsEnd'],
): Promise<Piece> {
  const begun = piece.to - whole;
  /** The row so far, and at least the byte behind it that scanners write to. */
  let row = new Uint8Array(2 * begun + 1);
  row.set(piece.bytes.subarray(whole, piece.to));
  let length = begun;
  /** Line feeds in front of it end no row. */
  let looked = begun;
  for await (const chunk of source.read(key, tag, to, size)) {
    if (length + chunk.length >= row.length) {
      const longer = new Uint8Array(2 * (length + chunk.length) + 1);
      longer.set(row.subarray(0, length));
      row = longer;
    }
    row.set(chunk, length);
    length += chunk.length;
    const isLong = length - begun > MAX_ROW_BYTES;
    // A row is scanned from its beginning each time, so it is looked at again when it has doubled.
    if (looked === begun || length >= 2 * looked || isLong) {
      const end = firstEnd(row, looked, length, rowsEnd);
      if (end !== undefined) return joined(piece, whole, row.subarray(0, end));
      looked = length;
    }
    if (isLong) {
      throw new FilesError(
        'FILES_DAMAGED',
        'a row is longer than 64 MB: the quotes of a field do not close, or the dialect is another',
      );
    }
  }
  return joined(piece, whole, row.subarray(0, firstEnd(row, looked, length, rowsEnd) ?? length));
}

/** Returns the end of the first line in `row[from … to]` that ends the row too; undefined where there is none. */
function firstEnd(row: Uint8Array, from: number, to: number, rowsEnd: TextShape['rowsEnd']): number | undefined {
  if (rowsEnd(row, to) === 0) return undefined;
  const lines: number[] = [];
  for (let at = row.indexOf(LF, from); at !== -1 && at < to; at = row.indexOf(LF, at + 1)) lines.push(at + 1);
  let [least, most] = [0, lines.length];
  while (least < most) {
    const middle = (least + most) >>> 1;
    if (rowsEnd(row, lines[middle]!) === 0) least = middle + 1;
    else most = middle;
  }
  // Where a carriage return alone ended the row, line feeds may still be inside quotes.
  return lines.slice(least).find((end) => rowsEnd(row, end) === end);
}

function joined(piece: Piece, whole: number, row: Uint8Array): Piece {
  const bytes = new Uint8Array(whole + row.length + 1);
  bytes.set(piece.bytes.subarray(0, whole));
  bytes.set(row, whole);
  return { bytes, to: bytes.length - 1 };
}
