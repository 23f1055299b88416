// The result of a SQL query, as a table for people or as CSV or JSON for programs.
import type { SqlResult, SqlValue } from '../../../lib/local/duckdb/sql.ts';
import type { Io } from '../core/io.ts';
import type { QueryOutput } from '../options.ts';
import { csvLines } from '../output/csv.ts';
import { table } from '../output/table.ts';
import { count, printJson, say, print, styled } from '../output/text.ts';

const TABLE_ROWS = 100;

export function printResult(io: Io, result: SqlResult, { csv, json }: QueryOutput): void {
  if (json) printJson(io, toObjects(result));
  else if (csv) io.stdout.write(toCsv(result));
  else printTable(io, result);
}

function printTable(io: Io, { columns, rows }: SqlResult): void {
  if (columns.length === 0) return say(io, 'ok');
  const head = columns.map(({ name }) => name);
  print(
    io,
    table(
      io.stdout,
      head,
      rows.slice(0, TABLE_ROWS).map((row) => row.map(cellText)),
    ),
  );
  const hidden = rows.length - TABLE_ROWS;
  say(
    io,
    styled(
      io.stderr,
      'dim',
      `${count(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}${hidden > 0 ? `, ${hidden} not shown: use --csv or --json` : ''}`,
    ),
  );
}

/** Formats a SQL value as a cell of a table. */
export function cellText(value: SqlValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Formats rows as CSV with a header line. */
function toCsv({ columns, rows }: SqlResult): string {
  const records = rows.map((row) =>
    row.map((value) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value)),
  );
  return csvLines([columns.map(({ name }) => name), ...records]);
}

/** Makes an object of each row. A column name that comes again gets a number, so that no value is lost. */
function toObjects({ columns, rows }: SqlResult): Record<string, SqlValue>[] {
  const names: string[] = [];
  for (const { name } of columns) {
    let unique = name;
    for (let n = 1; names.includes(unique); n++) unique = `${name}_${n}`;
    names.push(unique);
  }
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value])));
}
