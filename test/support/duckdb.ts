// DuckDB for tests that make and read files.
import { createRequire } from 'node:module';
import { DuckDBInstance } from '@duckdb/node-api';

/** Runs a statement. Resolves to its rows. */
export async function sql(statement: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(statement)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Returns the path of the native part of DuckDB for this machine. */
export function nativeDuckdb(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('@duckdb/node-bindings'));
  return resolve(`@duckdb/node-bindings-${process.platform}-${process.arch}/duckdb.node`);
}
