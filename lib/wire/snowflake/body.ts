// Snowflake external functions, body of a request: {"data":[[row number, argument …] …]} (Snowflake documentation,
// "Remote service input and output data formats").

import { type Cell, ExactNumber } from '../../base/cell.ts';
import { parseExactly } from '../../base/json.ts';
import type { AnyColumn } from '../../protect/columns/packed-column.ts';
import { scanBody } from './scan-body.ts';
import { malformed } from '../malformed.ts';

/** The rows of a batch, column by column. */
export interface SnowflakeBody {
  readonly rows: number;
  /** The row numbers as received JSON numbers; undefined for 0, 1, 2 …, which Snowflake sends. */
  readonly rowNumbers: readonly string[] | undefined;
  /** One for each argument of a row; empty for a body without rows. */
  readonly columns: readonly AnyColumn[];
}

/**
 * Parses a body (UTF-8): the standard shape by a scan over the bytes, any other by the general parser. Numbers keep
 * their digits. The columns are valid until the next call. Throws `RefusedError` `EVENT_MALFORMED` for any other body.
 */
export function readSnowflakeBody(bytes: Uint8Array): SnowflakeBody {
  const column = scanBody(bytes);
  return column === undefined ? parseBody(bytes) : { rows: column.length, rowNumbers: undefined, columns: [column] };
}

/** Parses any JSON of the documented form, in any layout. */
export function parseBody(bytes: Uint8Array): SnowflakeBody {
  const document = parseDocument(new TextDecoder().decode(bytes));
  const data = typeof document === 'object' && document !== null && 'data' in document ? document.data : undefined;
  if (!Array.isArray(data)) throw malformed('the body must be {"data": [[row number, value], …]}');
  const rows = data.map(checkRow);
  const width = rows[0]?.cells.length ?? 0;
  const ragged = rows.findIndex(({ cells }) => cells.length !== width);
  if (ragged !== -1) throw malformed(`row ${ragged} has another number of arguments than row 0`);
  const rowNumbers = rows.map(({ number }) => number);
  return {
    rows: rows.length,
    rowNumbers: rowNumbers.every((number, row) => number === String(row)) ? undefined : rowNumbers,
    columns: Array.from({ length: width }, (_, argument) => rows.map(({ cells }) => cells[argument]!)),
  };
}

interface Row {
  readonly number: string;
  readonly cells: readonly Cell[];
}

function checkRow(row: unknown, index: number): Row {
  if (!Array.isArray(row)) throw malformed(`row ${index} is not an array`);
  const [number, ...cells] = row as unknown[];
  if (!(number instanceof ExactNumber)) throw malformed(`row ${index} does not begin with its number`);
  if (cells.length === 0) throw malformed(`row ${index} has no argument`);
  return { number: number.text, cells: cells.map((cell) => checkCell(cell, index)) };
}

function checkCell(cell: unknown, row: number): Cell {
  if (typeof cell === 'string' || typeof cell === 'boolean' || cell === null || cell instanceof ExactNumber)
    return cell;
  throw malformed(`row ${row} holds neither text, number, boolean nor null`);
}

function parseDocument(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    // V8's message would quote the body, and the body holds data.
    throw malformed('the body is not JSON');
  }
}
