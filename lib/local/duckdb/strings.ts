// DuckDB C API, `duckdb_string_t`: 16 bytes, a 32-bit length, then the UTF-8 text itself when it has at most 12 bytes,
// else its first 4 bytes and a 64-bit pointer to all of it. Node runs on little-endian machines only.
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { scratch } from '../../base/scratch.ts';

const STRING_BYTES = 16;
const WORDS = STRING_BYTES / 4;
const MAX_INLINE_BYTES = 12;

/** Strings at most this far apart share one view; the bytes between them are not read. */
const MAX_GAP_BYTES = 4096;

/** Where the texts of a VARCHAR column lie: valid as long as `chunk` is kept. */
export interface VectorTexts {
  readonly chunk: DuckDBDataChunk;
  readonly rows: number;
  /** 1 for each NULL. */
  readonly nulls: Uint8Array;
  /** The bytes of each row's text: a part of the view that `viewOf` names. */
  readonly views: readonly Uint8Array[];
  readonly viewOf: Uint16Array;
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
}

/**
 * Finds the texts of a VARCHAR column of a chunk, and copies none. The reader of node-api makes one native view per string, which
 * costs more than the rest of an external call (1.2 µs a value, against 0.3 µs here), and drops a leading U+FEFF.
 */
export function textsOf(chunk: DuckDBDataChunk, columnIndex: number): VectorTexts {
  const { rowCount } = chunk;
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, columnIndex);
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, rowCount * STRING_BYTES);
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('A DuckDB vector is not an ArrayBuffer');
  const validity = duckdb.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
  const words = new Uint32Array(buffer, byteOffset, rowCount * WORDS);
  const nulls = new Uint8Array(rowCount);
  const views: Uint8Array[] = [new Uint8Array(buffer, byteOffset, rowCount * STRING_BYTES)];
  const viewOf = new Uint16Array(rowCount);
  const starts = new Uint32Array(rowCount);
  const lengths = new Uint32Array(rowCount);

  // Strings of neighbouring rows are mostly adjacent, in either direction: those of `rows` lie between `low` and
  // `high`.
  let rows: number[] = [];
  let low = 0;
  let high = 0;
  let lowRow = 0;
  const addressOf = (row: number): number => (words[row * WORDS + 3] ?? 0) * 2 ** 32 + (words[row * WORDS + 2] ?? 0);
  const view = (): void => {
    if (rows.length === 0) return;
    const pointer = byteOffset + lowRow * STRING_BYTES + 8;
    const index = views.push(duckdb.get_data_from_pointer(buffer, pointer, high - low)) - 1;
    for (const row of rows) {
      viewOf[row] = index;
      starts[row] = addressOf(row) - low;
    }
  };

  for (let row = 0; row < rowCount; row += 1) {
    const isNull = validity !== null && (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;
    if (isNull) {
      nulls[row] = 1;
      continue;
    }
    const length = words[row * WORDS] ?? 0;
    lengths[row] = length;
    if (length <= MAX_INLINE_BYTES) {
      starts[row] = row * STRING_BYTES + 4;
      continue;
    }
    const address = addressOf(row);
    if (rows.length === 0 || address > high + MAX_GAP_BYTES || address + length + MAX_GAP_BYTES < low) {
      view();
      rows = [];
      low = Number.POSITIVE_INFINITY;
      high = 0;
    }
    rows.push(row);
    if (address < low) {
      low = address;
      lowRow = row;
    }
    high = Math.max(high, address + length);
  }
  view();
  return { chunk, rows: rowCount, nulls, views, viewOf, starts, lengths };
}

/** Reads a VARCHAR column of a chunk, NULL as `null`. */
export function readStrings(chunk: DuckDBDataChunk, columnIndex: number): (string | null)[] {
  const { rows, nulls, views, viewOf, starts, lengths } = textsOf(chunk, columnIndex);
  const buffers = views.map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength));
  return Array.from({ length: rows }, (_, row) => {
    if (nulls[row] === 1) return null;
    const start = starts[row]!;
    return buffers[viewOf[row]!]!.toString('utf8', start, start + lengths[row]!);
  });
}

const wordScratch = scratch(Uint32Array);

/**
 * Writes texts into a VARCHAR column of a new chunk: `bytes[ends[row - 1] … ends[row]]` is the text of a row, `nulls` is 1 for NULL. Long
 * texts are handed over in one call: DuckDB copies them as one string of row 0, and each row then points into it.
 */
export function writeTexts(
  chunk: DuckDBDataChunk,
  columnIndex: number,
  bytes: Uint8Array,
  ends: Uint32Array,
  nulls: Uint8Array | undefined,
): void {
  const rows = ends.length;
  if (rows === 0) return;
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, columnIndex);
  const words = wordScratch(rows * WORDS);
  words.fill(0);
  const inline = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  let base = 0n;
  if (hasLong(ends)) {
    duckdb.vector_assign_string_element_len(vector, 0, bytes.subarray(0, ends[rows - 1]));
    const { buffer, byteOffset } = duckdb.vector_get_data(vector, STRING_BYTES);
    base = new DataView(buffer, byteOffset, STRING_BYTES).getBigUint64(8, true);
  }
  for (let row = 0, from = 0; row < rows; row += 1) {
    const to = ends[row] ?? 0;
    const length = to - from;
    const at = row * STRING_BYTES;
    words[row * WORDS] = length;
    // The first four bytes of a long text are repeated beside its address.
    const copied = length <= MAX_INLINE_BYTES ? length : 4;
    for (let i = 0; i < copied; i += 1) inline[at + 4 + i] = bytes[from + i] ?? 0;
    if (length > MAX_INLINE_BYTES) {
      const low = Number(base & 0xffffffffn) + from;
      words[row * WORDS + 2] = low % 2 ** 32;
      words[row * WORDS + 3] = Number(base >> 32n) + Math.floor(low / 2 ** 32);
    }
    from = to;
  }
  duckdb.copy_data_to_vector(vector, 0, words.buffer, words.byteOffset, words.byteLength);
  if (nulls === undefined) return;
  const validity = new Uint8Array(Math.ceil(rows / 64) * 8).fill(0xff);
  for (let row = 0; row < rows; row += 1) {
    if (nulls[row] === 1) validity[row >> 3] = (validity[row >> 3] ?? 0) & ~(1 << (row & 7));
  }
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer, 0, validity.byteLength);
}

function hasLong(ends: Uint32Array): boolean {
  for (let row = 0, from = 0; row < ends.length; row += 1) {
    const to = ends[row] ?? 0;
    if (to - from > MAX_INLINE_BYTES) return true;
    from = to;
  }
  return false;
}
