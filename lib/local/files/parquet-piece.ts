// A row group of a Parquet file with protected columns. DuckDB decodes and encodes those columns alone; the bytes of all others are
// copied. Texts go from DuckDB's vectors into packed columns and back without a string.
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { type DuckDBAppender, DuckDBDataChunk, type DuckDBResult, VARCHAR } from '@duckdb/node-api';
import { FilesError } from '../../files/errors.ts';
import { inPiece } from '../../files/in-piece.ts';
import type { Filled, RowBatch, RowProtector } from '../../files/protect-batch.ts';
import { type Footer, footerLength, readFooter, type RowGroup, TAIL_BYTES } from '../../files/parquet/footer.ts';
import type { ProtectedGroup } from '../../files/parquet/groups.ts';
import {
  checkSameSchema,
  type ChunkSource,
  leafOfColumn,
  rowGroupOf,
  splicedSchema,
} from '../../files/parquet/splice.ts';
import { structs, writeStruct } from '../../files/parquet/thrift.ts';
import type { Reject } from '../../files/rejects.ts';
import { decodeUtf8, encodeUtf8, MOST_BYTES_OF_UNIT } from '../../files/utf8.ts';
import { scratch } from '../../base/scratch.ts';
import { type AnyColumn, PackedColumn } from '../../protect/columns/packed-column.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { textsOf, type VectorTexts, writeTexts } from '../duckdb/strings.ts';
import { type FileDatabase, openFileDatabase, quietly, sqlName, sqlPath, sqlText } from './database.ts';

/** Reads the footer of a file. Rejects with `FilesError`. */
export async function readFooterOf(path: string): Promise<Footer> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const tail = await bytesAt(file, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
  const length = footerLength(tail, size);
  return readFooter(await bytesAt(file, size - TAIL_BYTES - length, length));
}

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    // oxlint-disable-next-line no-await-in-loop -- each read shows how much is left
    const { bytesRead } = await file.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) throw new FilesError('FILES_DAMAGED', 'the file is cut off');
    done += bytesRead;
  }
  return bytes;
}

/** DuckDB's names of the codecs of parquet.thrift; the old LZ4 and LZO are written as the nearest that exists. */
const CODECS = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw', 'zstd', 'lz4_raw'];

/** Vectors of DuckDB in a batch. Fewer rows cost more a value: names are enciphered by their patterns, of which a batch has many. */
const BATCH_CHUNKS = 8;

export interface ParquetFileOptions {
  readonly path: string;
  /** Names of the protected columns, in the order of the protector's. */
  readonly columns: readonly string[];
  readonly protector: RowProtector;
  /** A path for the files that DuckDB writes, one at a time. */
  readonly temporary: string;
}

/** Protects row groups of one file, one after another. */
export class ParquetFile implements AsyncDisposable {
  readonly #options: ParquetFileOptions;
  readonly #footer: Footer;
  readonly #database: FileDatabase;
  readonly #file: FileHandle;
  readonly #types: readonly string[];
  readonly #leaves: readonly number[];

  private constructor(
    options: ParquetFileOptions,
    footer: Footer,
    database: FileDatabase,
    file: FileHandle,
    types: readonly string[],
  ) {
    this.#options = options;
    this.#footer = footer;
    this.#database = database;
    this.#file = file;
    this.#types = types;
    this.#leaves = options.columns.map((name) => leafOfColumn(footer, name));
  }

  /** Rejects with `FilesError`. */
  static async open(options: ParquetFileOptions): Promise<ParquetFile> {
    const footer = await readFooterOf(options.path);
    for (const name of options.columns) leafOfColumn(footer, name);
    const database = await openFileDatabase(1);
    const described = await quietly('The Parquet file cannot be read', () =>
      database.connection.runAndReadAll(
        `DESCRIBE SELECT ${options.columns.map(sqlName).join(', ')} FROM ${reader(options.path)}`,
      ),
    );
    const types = described.getRowsJson().map((row) => row[1] as string);
    const column = types.findIndex((type) => type === 'BLOB' || /[[(]/.test(type.replace(/^DECIMAL\(.*\)$/, '')));
    if (column !== -1) {
      throw new FilesError(
        'FILES_LAYOUT',
        `column ${options.columns[column]} is of type ${types[column]}, which no element takes`,
      );
    }
    return new ParquetFile(options, footer, database, await open(options.path, 'r'), types);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database[Symbol.dispose]();
    await this.#file.close();
  }

  /** Protects one row group. Rejects as `BatchProtector.run` does, rows counted from the group, and with `FilesError`. */
  async run(index: number): Promise<ProtectedGroup> {
    const group = this.#footer.groups[index]!;
    const { connection, streaming } = this.#database;
    const { columns } = this.#options;
    await connection.run(`CREATE OR REPLACE TABLE tokens (${columns.map((_, i) => `c${i} VARCHAR`).join(', ')})`);
    const appender = await connection.createAppender('tokens');
    const rejects: Reject[] = [];
    let rows = 0;
    const selected = columns.map((name) => `CAST(${sqlName(name)} AS VARCHAR)`).join(', ');
    const result = await quietly('The Parquet file cannot be read', () =>
      streaming.stream(`SELECT ${selected} FROM ${reader(this.#options.path)} WHERE ${rowsOf(group)}`),
    );
    for await (const batch of batchesOf(result, columns.length)) {
      const first = rows;
      rows += batch.rows;
      const { columns: done, rejected } = await inPiece(first, () => this.#options.protector.run(batch));
      for (const reject of rejected.values()) rejects.push({ ...reject, row: reject.row + first });
      append(appender, done, batch.rows - rejected.size);
    }
    appender.closeSync();
    if (rows !== group.rows)
      throw new FilesError('FILES_DAMAGED', 'a row group has another number of rows than its footer says');
    rejects.sort((a, b) => a.row - b.row);
    const written = await this.#written(group, rejects);
    return { ...written, rows, rejects, seen: columns.map(() => rows) };
  }

  async #written(
    group: RowGroup,
    rejects: readonly Reject[],
  ): Promise<Pick<ProtectedGroup, 'bytes' | 'group' | 'schema'>> {
    const { columns, temporary } = this.#options;
    const isWhole = rejects.length > 0;
    const freshOf = new Map(this.#leaves.map((leaf, i) => [leaf, isWhole ? leaf : i]));
    const codec = CODECS[group.chunks[this.#leaves[0]!]!.codec] ?? 'zstd';
    const tokens = columns.map((name, i) => `CAST(c${i} AS ${this.#types[i]}) AS ${sqlName(name)}`);
    const query = isWhole
      ? this.#wholeRows(group, rejects, columns, tokens)
      : `SELECT ${tokens.join(', ')} FROM tokens`;
    const size = Math.max(2048, group.rows);
    await quietly('The protected values do not fit the type of their column', () =>
      this.#database.connection.run(
        `COPY (${query}) TO ${sqlText(temporary)} (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE ${size})`,
      ),
    );
    const bytes = await readFile(temporary);
    await rm(temporary);
    const length = footerLength(bytes.subarray(-TAIL_BYTES), bytes.length);
    const fresh = readFooter(bytes.subarray(bytes.length - TAIL_BYTES - length, -TAIL_BYTES));
    if (isWhole) checkSameSchema(this.#footer, fresh, new Set(this.#leaves));
    const schema = writeStruct(new Map([[2, structs(splicedSchema(this.#footer, fresh, freshOf))]]));
    const [freshGroup] = fresh.groups;
    if (freshGroup === undefined) return { bytes: new Uint8Array(0), group: undefined, schema };
    const chunks = group.chunks.map((chunk, leaf): ChunkSource => {
      const other = isWhole ? leaf : freshOf.get(leaf);
      return other === undefined ? { from: 'source', chunk } : { from: 'fresh', chunk: freshGroup.chunks[other]! };
    });
    const total = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0);
    const joined = new Uint8Array(total);
    let at = 0;
    for (const { from, chunk } of chunks) {
      // oxlint-disable-next-line no-await-in-loop -- one disk
      const part =
        from === 'fresh'
          ? bytes.subarray(chunk.start, chunk.start + chunk.length)
          : await bytesAt(this.#file, chunk.start, chunk.length);
      joined.set(part, at);
      at += chunk.length;
    }
    return { bytes: joined, group: writeStruct(rowGroupOf(group, freshGroup.rows, chunks)), schema };
  }

  /** Selects all columns of the rows that are kept, with the tokens in their places. */
  #wholeRows(
    group: RowGroup,
    rejects: readonly Reject[],
    columns: readonly string[],
    tokens: readonly string[],
  ): string {
    const gone = rejects.map(({ row }) => `(${row + group.firstRow})`).join(', ');
    const source = `SELECT * FROM ${reader(this.#options.path)} WHERE ${rowsOf(group)} AND file_row_number NOT IN (SELECT * FROM (VALUES ${gone}))`;
    const replaced = tokens.join(', ');
    return `SELECT * EXCLUDE (file_row_number, ${columns.map((_, i) => `c${i}`).join(', ')}) REPLACE (${replaced}) FROM (${source}) POSITIONAL JOIN tokens`;
  }
}

function reader(path: string): string {
  return `read_parquet(${sqlPath(path)}, file_row_number = true, binary_as_string = true)`;
}

function rowsOf({ firstRow, rows }: RowGroup): string {
  return `file_row_number BETWEEN ${firstRow} AND ${firstRow + rows - 1}`;
}

async function* batchesOf(result: DuckDBResult, columns: number): AsyncGenerator<VectorBatch> {
  let chunks: DuckDBDataChunk[] = [];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- chunks come one after another
    const chunk = await result.fetchChunk();
    if (chunk !== null && chunk.rowCount > 0) chunks.push(chunk);
    const isOver = chunk === null || chunk.rowCount === 0;
    if (chunks.length > 0 && (isOver || chunks.length === BATCH_CHUNKS)) {
      yield new VectorBatch(chunks, columns);
      chunks = [];
    }
    if (isOver) return;
  }
}

const unitScratch = scratch(Uint16Array);
const endScratch = scratch(Uint32Array);
const rowScratch = scratch(Uint32Array);

/** Chunks of DuckDB as a batch. */
class VectorBatch implements RowBatch {
  readonly rows: number;
  readonly #texts: readonly (readonly VectorTexts[])[];

  constructor(chunks: readonly DuckDBDataChunk[], columns: number) {
    this.rows = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
    this.#texts = Array.from({ length: columns }, (_, column) => chunks.map((chunk) => textsOf(chunk, column)));
  }

  fill(
    column: number,
    rejected: ReadonlyMap<number, Reject>,
    reject: (row: number, refusal: RefusedError) => void,
  ): Filled {
    const parts = this.#texts[column]!;
    const units = unitScratch(
      parts.reduce((sum, { lengths }) => lengths.reduce((all, length) => all + length, sum), 0),
    );
    const ends = endScratch(this.rows);
    const rows = rowScratch(this.rows);
    const nulls = new Uint8Array(this.rows);
    let hasNulls = false;
    let values = 0;
    let n = 0;
    let first = 0;
    for (const { rows: count, nulls: isNull, views, viewOf, starts, lengths } of parts) {
      for (let i = 0; i < count; i++) {
        const row = first + i;
        if (rejected.size > 0 && rejected.has(row)) continue;
        if (isNull[i] === 1) {
          nulls[values] = 1;
          hasNulls = true;
        } else {
          const start = starts[i]!;
          const next = decodeUtf8(views[viewOf[i]!]!, start, start + lengths[i]!, units, n);
          if (next < 0) {
            reject(row, new RefusedError('UNICODE_INVALID', { row }));
            continue;
          }
          n = next;
        }
        ends[values] = n;
        rows[values++] = row;
      }
      first += count;
    }
    const text = { units: units.subarray(0, n), ends: ends.subarray(0, values) };
    return {
      column: new PackedColumn(text, hasNulls ? nulls.subarray(0, values) : undefined),
      rows: rows.subarray(0, values),
    };
  }
}

const VECTOR_ROWS = 2048;
const byteScratch = scratch(Uint8Array);
const byteEndScratch = scratch(Uint32Array);

/** Appends rows to the table of tokens. */
function append(appender: DuckDBAppender, columns: readonly AnyColumn[], rows: number): void {
  for (let first = 0; first < rows; first += VECTOR_ROWS) {
    const count = Math.min(VECTOR_ROWS, rows - first);
    const chunk = DuckDBDataChunk.create(
      columns.map(() => VARCHAR),
      count,
    );
    for (const [index, column] of columns.entries()) writeColumn(chunk, index, column, first, count);
    appender.appendDataChunk(chunk);
  }
}

function writeColumn(chunk: DuckDBDataChunk, index: number, column: AnyColumn, first: number, count: number): void {
  if (!(column instanceof PackedColumn))
    throw new FilesError('FILES_LAYOUT', 'a column of texts came back as something else');
  const { units, ends } = column.text;
  const from = first === 0 ? 0 : ends[first - 1]!;
  const bytes = byteScratch(MOST_BYTES_OF_UNIT * (ends[first + count - 1]! - from));
  const byteEnds = byteEndScratch(count);
  let at = 0;
  let start = from;
  for (let row = 0; row < count; row++) {
    const end = ends[first + row]!;
    at = encodeUtf8(units, start, end, bytes, at);
    byteEnds[row] = at;
    start = end;
  }
  writeTexts(chunk, index, bytes, byteEnds, column.nulls?.subarray(first, first + count));
}
