// DuckDB C API, `duckdb_string_t`: 16 bytes, a 32-bit length, then the UTF-8 text itself when it has at most 12 bytes,
// else its first 4 bytes and a 64-bit pointer to all of it. Node runs on little-endian machines only.
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

const STRING_BYTES = 16;
const WORDS = STRING_BYTES / 4;
const MAX_INLINE_BYTES = 12;

/** Strings at most this far apart share one view; the bytes between them are not read. */
const MAX_GAP_BYTES = 4096;

/**
 * Reads a VARCHAR column of a chunk, NULL as `null`. The reader of node-api makes one native view per string, which
 * costs more than the rest of an external call (1.2 µs a value, against 0.3 µs here), and drops a leading U+FEFF.
 */
export function readStrings(chunk: DuckDBDataChunk, columnIndex: number): (string | null)[] {
  const { rowCount } = chunk;
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, columnIndex);
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, rowCount * STRING_BYTES);
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('A DuckDB vector is not an ArrayBuffer');
  const validity = duckdb.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
  const strings = Buffer.from(buffer, byteOffset, rowCount * STRING_BYTES);
  const words = new Uint32Array(buffer, byteOffset, rowCount * WORDS);
  const values = Array.from<string | null>({ length: rowCount }).fill(null);

  // Strings of neighbouring rows are mostly adjacent, in either direction: those of `rows` lie between `low` and
  // `high`.
  let rows: number[] = [];
  let low = 0;
  let high = 0;
  let lowRow = 0;
  const addressOf = (row: number): number => (words[row * WORDS + 3] ?? 0) * 2 ** 32 + (words[row * WORDS + 2] ?? 0);
  const readRows = (): void => {
    if (rows.length === 0) return;
    const pointer = byteOffset + lowRow * STRING_BYTES + 8;
    const view = duckdb.get_data_from_pointer(buffer, pointer, high - low);
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    for (const row of rows) {
      const start = addressOf(row) - low;
      values[row] = bytes.toString('utf8', start, start + (words[row * WORDS] ?? 0));
    }
  };

  for (let row = 0; row < rowCount; row += 1) {
    const isNull = validity !== null && (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;
    if (isNull) continue;
    const length = words[row * WORDS] ?? 0;
    if (length <= MAX_INLINE_BYTES) {
      const start = row * STRING_BYTES + 4;
      values[row] = strings.toString('utf8', start, start + length);
      continue;
    }
    const address = addressOf(row);
    if (rows.length === 0 || address > high + MAX_GAP_BYTES || address + length + MAX_GAP_BYTES < low) {
      readRows();
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
  readRows();
  return values;
}
