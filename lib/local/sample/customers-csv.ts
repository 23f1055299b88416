import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CustomerChunk, type CustomersOptions, customers, SENSITIVE_COLUMNS } from './customers.ts';

// A CSV file, and not DuckDB's appender: the appender crosses into native code for every value (1.1 million for 100,000
// rows) on the one thread that also answers SQL, a file can be looked at, and the CSV reader uses all cores.

/** Writes customers as CSV (RFC 4180, UTF-8, header line). NULL is an empty field, an empty string is `""`. */
export async function writeCustomers(path: string, options: CustomersOptions): Promise<void> {
  await pipeline(Readable.from(customersCsv(options)), createWriteStream(path));
}

/** The file's text in pieces of whole lines: the header, then one piece per chunk. */
export function* customersCsv(options: CustomersOptions): Generator<string> {
  yield `customer_id,${SENSITIVE_COLUMNS.join(',')}\n`;
  for (const chunk of customers(options)) yield chunkCsv(chunk);
}

function chunkCsv({ customerIds, columns }: CustomerChunk): string {
  let lines = '';
  for (const [row, id] of customerIds.entries()) {
    lines += id;
    for (const column of SENSITIVE_COLUMNS) lines += `,${csvField(columns[column][row] ?? null)}`;
    lines += '\n';
  }
  return lines;
}

function csvField(value: string | null): string {
  if (value === null) return '';
  return value.includes('"') ? `"${value.replaceAll('"', '""')}"` : `"${value}"`;
}

/**
 * The SQL that makes `table` from such a file: `customer_id` BIGINT, all else VARCHAR. Reading the file by its bare
 * name works too, but DuckDB then guesses types and takes `""` for NULL.
 */
export function createCustomersSql(path: string, table = 'customers'): string {
  const types = SENSITIVE_COLUMNS.map((column) => `'${column}': 'VARCHAR'`).join(', ');
  const format = `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false`;
  return (
    `CREATE OR REPLACE TABLE "${table.replaceAll('"', '""')}" AS FROM read_csv('${path.replaceAll("'", "''")}', ` +
    `${format}, columns = {'customer_id': 'BIGINT', ${types}})`
  );
}
