// The results of SQL statements: tables for people, CSV or JSON for programs. They are written as they come.
import type { ResultReader, SqlChunk, SqlColumn, SqlValue } from '../../../lib/local/duckdb/sql.ts';
import type { Io } from '../core/io.ts';
import type { QueryOutput } from '../options.ts';
import { csvLines } from '../output/csv.ts';
import { table } from '../output/table.ts';
import { count, jsonText, print, quantity, say, styled } from '../output/text.ts';

const TABLE_ROWS = 100;

/** Takes results in parts and writes them. */
export interface ResultWriter extends ResultReader {
  /** Writes what is left. Called once, after every statement has succeeded. */
  end(): Promise<void>;
}

/** Writes text somewhere. Resolves when there is room for more. */
export type WriteText = (text: string) => Promise<void>;

/** Writes to standard output. */
export function toStdout(io: Io): WriteText {
  return (text) =>
    new Promise((resolve, reject) => {
      io.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
}

/** Returns the writer of a form of results. */
export function resultWriter(io: Io, { csv, json }: QueryOutput, write: WriteText = toStdout(io)): ResultWriter {
  if (json) return new JsonWriter(io, write);
  return csv ? new CsvWriter(io, write) : new TableWriter(io);
}

function rowsOf({ values, rowCount }: SqlChunk): SqlValue[][] {
  return Array.from({ length: rowCount }, (_, row) => values.map((column) => column[row] ?? null));
}

/** Says of a statement without a result what it did. */
function sayChanged(io: Io, changed: number | undefined): void {
  say(io, styled(io.stderr, 'dim', changed === undefined ? 'ok' : quantity(changed, 'row')));
}

/** Keeps the first rows of a result and counts the others. */
class TableWriter implements ResultWriter {
  readonly #io: Io;
  #columns: readonly SqlColumn[] = [];
  #rows: SqlValue[][] = [];
  #count = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  begin(columns: readonly SqlColumn[], changed: number | undefined): void {
    this.#finish();
    this.#columns = columns;
    this.#rows = [];
    this.#count = 0;
    if (columns.length === 0) sayChanged(this.#io, changed);
  }

  rows(chunk: SqlChunk): void {
    const rowCount = Math.min(chunk.rowCount, TABLE_ROWS - this.#rows.length);
    if (rowCount > 0) this.#rows.push(...rowsOf({ ...chunk, rowCount }));
    this.#count += chunk.rowCount;
  }

  end(): Promise<void> {
    this.#finish();
    return Promise.resolve();
  }

  #finish(): void {
    if (this.#columns.length === 0) return;
    const io = this.#io;
    const head = this.#columns.map(({ name }) => name);
    const rows = this.#rows.map((row) => row.map(cellText));
    print(io, table(io.stdout, head, rows));
    const hidden = this.#count - this.#rows.length;
    const rest = hidden > 0 ? `, ${count(hidden)} not shown: use --csv or --json` : '';
    say(io, styled(io.stderr, 'dim', `${quantity(this.#count, 'row')}${rest}`));
  }
}

/** Writes a header line and the rows of each result. A blank line stands between two results. */
class CsvWriter implements ResultWriter {
  readonly #io: Io;
  readonly #write: WriteText;
  #isFirst = true;

  constructor(io: Io, write: WriteText) {
    this.#io = io;
    this.#write = write;
  }

  async begin(columns: readonly SqlColumn[], changed: number | undefined): Promise<void> {
    if (columns.length === 0) return sayChanged(this.#io, changed);
    const head = csvLines([columns.map(({ name }) => name)]);
    await this.#write(this.#isFirst ? head : `\n${head}`);
    this.#isFirst = false;
  }

  async rows(chunk: SqlChunk): Promise<void> {
    const records = rowsOf(chunk).map((row) =>
      row.map((value) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value)),
    );
    if (records.length > 0) await this.#write(csvLines(records));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

/** Writes an array with an object for each row, one line for each result. */
class JsonWriter implements ResultWriter {
  readonly #io: Io;
  readonly #write: WriteText;
  #names: readonly string[] = [];
  #isOpen = false;
  #isFirst = true;

  constructor(io: Io, write: WriteText) {
    this.#io = io;
    this.#write = write;
  }

  async begin(columns: readonly SqlColumn[], changed: number | undefined): Promise<void> {
    await this.#close();
    if (columns.length === 0) return sayChanged(this.#io, changed);
    this.#names = uniqueNames(columns);
    this.#isFirst = true;
    this.#isOpen = true;
    await this.#write('[');
  }

  async rows(chunk: SqlChunk): Promise<void> {
    const objects = rowsOf(chunk).map((row) =>
      jsonText(Object.fromEntries(row.map((value, i) => [this.#names[i], value]))),
    );
    if (objects.length === 0) return;
    await this.#write((this.#isFirst ? '' : ',') + objects.join(','));
    this.#isFirst = false;
  }

  async end(): Promise<void> {
    await this.#close();
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#write(']\n');
  }
}

/** A column name that comes again gets a number, so that no value is lost. */
function uniqueNames(columns: readonly SqlColumn[]): string[] {
  const names = new Set<string>();
  for (const { name } of columns) {
    let unique = name;
    for (let n = 1; names.has(unique); n++) unique = `${name}_${n}`;
    names.add(unique);
  }
  return [...names];
}

/** Formats a SQL value as a cell of a table. */
export function cellText(value: SqlValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
