import { ProtectorError } from '../../base/errors.ts';

/** A SQL scalar function of one VARCHAR that returns VARCHAR and is answered outside the SQL engine. */
export interface ExternalFunction {
  readonly name: string;
}

/** One batch of rows of one external function: at most 2,048 (a DuckDB vector), in row order, NULL as `null`. */
export interface ExternalCall {
  readonly functionName: string;
  /** The calling statement, as in `SqlResult.queryId`. */
  readonly queryId: number;
  readonly column: readonly (string | null)[];
}

/** A JSON value; types that a number cannot hold exactly (BIGINT, DECIMAL, DATE, TIMESTAMP, …) are DuckDB's text. */
export type SqlValue = null | boolean | number | string | readonly SqlValue[] | { readonly [field: string]: SqlValue };

export interface SqlColumn {
  readonly name: string;
  /** DuckDB's own spelling, such as `DECIMAL(10,2)` or `VARCHAR[]`. */
  readonly type: string;
}

/** The result of one statement. A statement without a result, such as SET, has no columns and no rows. */
export interface SqlResult {
  /** Counts the statements of a session from 1. */
  readonly queryId: number;
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** A part of a result: at most 2,048 rows, as the values of each column. */
export interface SqlChunk {
  readonly values: readonly (readonly SqlValue[])[];
  readonly rowCount: number;
}

/** Takes the results of statements, in parts and in their order. The next part is read when a call has resolved. */
export interface ResultReader {
  /** A statement has begun to answer. One without a result has no columns, and perhaps the number of rows that it changed. */
  begin(columns: readonly SqlColumn[], changed: number | undefined): void | Promise<void>;
  rows(chunk: SqlChunk): void | Promise<void>;
}

/**
 * `SQL_FAILED`: a statement was refused or failed. The message is that of DuckDB or of the external function and may
 * quote SQL and data of the caller: show it to the caller, keep it out of logs. `SQL_SESSION_CLOSED`: the session was
 * closed, or its worker stopped; open another.
 */
export class SqlError extends ProtectorError<'SQL_FAILED' | 'SQL_SESSION_CLOSED'> {}
