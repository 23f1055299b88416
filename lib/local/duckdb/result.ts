import {
  type DuckDBDataChunk,
  type DuckDBResult,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
  ResultReturnType,
} from '@duckdb/node-api';
import type { SqlColumn, SqlResult, SqlValue } from './sql.ts';
import { readStrings } from './strings.ts';

/** Reads all rows of a statement's result. */
export async function readResult(queryId: number, result: DuckDBResult): Promise<SqlResult> {
  if (result.returnType === ResultReturnType.NOTHING) return { queryId, columns: [], rows: [] };
  const types = result.columnTypes();
  const rows: SqlValue[][] = [];
  for (const chunk of await result.fetchAllChunks()) {
    const columns = readChunk(chunk, types);
    for (let row = 0; row < chunk.rowCount; row += 1) rows.push(columns.map((column) => column[row] ?? null));
  }
  return { queryId, columns: columnsOf(result), rows };
}

/** Returns the columns of a result. */
export function columnsOf(result: DuckDBResult): SqlColumn[] {
  const types = result.columnTypes();
  return result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
}

/** Reads the values of each column of a chunk. */
export function readChunk(chunk: DuckDBDataChunk, types: readonly DuckDBType[]): (readonly SqlValue[])[] {
  return types.map(({ typeId }, index) => readColumn(chunk, index, typeId));
}

function readColumn(chunk: DuckDBDataChunk, index: number, typeId: DuckDBTypeId): readonly SqlValue[] {
  if (typeId === DuckDBTypeId.VARCHAR) return readStrings(chunk, index);
  return chunk.convertColumnValues(index, toSqlValue);
}

/**
 * Converts to DuckDB's JSON form, except an INTERVAL, which becomes DuckDB's text instead of an object of three fields.
 */
const toSqlValue: DuckDBValueConverter<Json> = (value, type, converter) =>
  type.typeId === DuckDBTypeId.INTERVAL && value !== null
    ? String(value)
    : JsonDuckDBValueConverter(value, type, converter);

/** Tells whether a statement has rows for its caller: neither nothing, nor only the number of rows that it wrote. */
export function hasRows({ returnType }: DuckDBResult): boolean {
  return returnType === ResultReturnType.QUERY_RESULT;
}
