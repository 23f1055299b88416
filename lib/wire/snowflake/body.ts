// Snowflake external functions, body of a request: {"data":[[row number, argument …] …]} (Snowflake documentation,
// "Remote service input and output data formats").

import { type Cell, ExactNumber } from '../../base/cell.ts';
import { parseExactly } from '../../base/json.ts';
import type { AnyColumn } from '../../protect/columns/packed-column.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { malformed } from '../malformed.ts';
import { MAX_REPLY_BYTES } from '../limits.ts';
import { scanBody } from './scan-body.ts';
import { type Tally, tallyBody } from './tally.ts';

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
 * their digits. The columns are valid until the next call. Throws `RefusedError`: `EVENT_MALFORMED` for any other body,
 * `REPLY_TOO_LARGE` for one that no reply has room for, before the general parser takes it.
 */
export function readSnowflakeBody(bytes: Uint8Array): SnowflakeBody {
  const column = scanBody(bytes);
  if (column !== undefined) return { rows: column.length, rowNumbers: undefined, columns: [column] };
  checkAnswerable(tallyBody(bytes));
  return parseBody(bytes);
}

/** The shortest row and cell of a reply: `[0,],` around `""`. */
const LEAST_ROW_BYTES = 5;
const LEAST_CELL_BYTES = 2;

/** Throws `RefusedError` `REPLY_TOO_LARGE` for more rows and cells than a reply has room for, whatever they hold. */
function checkAnswerable({ rows, cells }: Tally): void {
  const least = LEAST_ROW_BYTES * rows + LEAST_CELL_BYTES * cells;
  if (least > MAX_REPLY_BYTES) throw new RefusedError('REPLY_TOO_LARGE');
}

/** Parses any JSON of the documented form, in any layout. */
export function parseBody(bytes: Uint8Array): SnowflakeBody {
  const document = parseDocument(new TextDecoder().decode(bytes));
  const data = typeof document === 'object' && document !== null && 'data' in document ? document.data : undefined;
  if (!Array.isArray(data)) throw malformed('the body must be {"data": [[row number, value], …]}');
  const rows = data.map(checkRow);
  const [first = []] = rows;
  const ragged = rows.findIndex(({ length }) => length !== first.length);
  if (ragged !== -1) throw malformed(`row ${ragged} has another number of arguments than row 0`);
  const inOrder = rows.every(([number], row) => (number as ExactNumber).text === String(row));
  return {
    rows: rows.length,
    rowNumbers: inOrder ? undefined : rows.map(([number]) => (number as ExactNumber).text),
    columns: first.slice(1).map((_, argument) => rows.map((row) => row[argument + 1] as Cell)),
  };
}

/** Returns the row: its number, and at least one cell. */
function checkRow(row: unknown, index: number): readonly unknown[] {
  if (!Array.isArray(row)) throw malformed(`row ${index} is not an array`);
  if (!(row[0] instanceof ExactNumber)) throw malformed(`row ${index} does not begin with its number`);
  if (row.length === 1) throw malformed(`row ${index} has no argument`);
  for (let i = 1; i < row.length; i++) checkCell(row[i], index);
  return row;
}

function checkCell(cell: unknown, row: number): void {
  const isCell = typeof cell === 'string' || typeof cell === 'boolean' || cell === null || cell instanceof ExactNumber;
  if (!isCell) throw malformed(`row ${row} holds neither text, number, boolean nor null`);
}

function parseDocument(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    // V8's message would quote the body, and the body holds data.
    throw malformed('the body is not JSON');
  }
}
