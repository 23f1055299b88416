import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { FilesError } from '../../files/errors.ts';

/** A DuckDB in memory, for the files of a job. */
export interface FileDatabase extends Disposable {
  readonly connection: DuckDBConnection;
  /** For results that are streamed: whatever runs on a connection ends its stream, an appender's flush included. */
  readonly streaming: DuckDBConnection;
}

/** Opens a database that takes so many threads. Nothing is installed or loaded from anywhere. */
export async function openFileDatabase(threads: number): Promise<FileDatabase> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    threads: String(threads),
    // Row groups keep the order of the file.
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  const streaming = await instance.connect();
  return {
    connection,
    streaming,
    [Symbol.dispose]: () => {
      streaming.closeSync();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Quotes a name for SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Quotes a path for SQL functions that take patterns: it names one file, whatever its characters. */
export function sqlPath(path: string): string {
  return sqlText(path.replaceAll(/[[*?]/g, '[$&]'));
}

/** Runs `work`; what DuckDB throws becomes a `FilesError` without its message, which quotes values. */
export async function quietly<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Error' || 'code' in error) throw error;
    throw new FilesError('FILES_LAYOUT', `${what} (${kindOf(error.message)})`);
  }
}

/** `Conversion Error` of `Conversion Error: Could not convert …`. */
function kindOf(message: string): string {
  return /^[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)? (?:Error|Exception)/.exec(message)?.[0] ?? 'DuckDB error';
}
