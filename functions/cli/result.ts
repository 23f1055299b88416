// The result of a SQL query, as a table for people or as CSV or JSON for programs.
import { stringify } from 'csv-stringify/sync';
import type { SqlResult, SqlValue } from '../../lib/local/duckdb/sql.ts';
import { cellText, count, print, say, styled, table } from './output.ts';

const TABLE_ROWS = 100;

export interface ResultFormat {
  readonly csv?: boolean;
  readonly json?: boolean;
}

export function printResult(result: SqlResult, format: ResultFormat): void {
  if (format.json === true) print(JSON.stringify(toObjects(result)));
  else if (format.csv === true) process.stdout.write(toCsv(result));
  else printTable(result);
}

function printTable({ columns, rows }: SqlResult): void {
  if (columns.length === 0) return say('ok');
  const head = columns.map(({ name }) => name);
  print(
    table(
      head,
      rows.slice(0, TABLE_ROWS).map((row) => row.map(cellText)),
    ),
  );
  const hidden = rows.length - TABLE_ROWS;
  say(
    styled(
      'dim',
      `${count(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}${hidden > 0 ? `, ${hidden} not shown: use --csv or --json` : ''}`,
      process.stderr,
    ),
  );
}

/** RFC 4180 with a header line; NULL is an empty field and an empty text is `""`. */
function toCsv({ columns, rows }: SqlResult): string {
  const records = rows.map((row) =>
    row.map((value) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value)),
  );
  return stringify([columns.map(({ name }) => name), ...records], {
    quoted_match: /^$/,
    cast: { boolean: String },
  });
}

/** A row an object; a column name that comes again gets a number, so that no value is lost. */
function toObjects({ columns, rows }: SqlResult): Record<string, SqlValue>[] {
  const names: string[] = [];
  for (const { name } of columns) {
    let unique = name;
    for (let n = 1; names.includes(unique); n++) unique = `${name}_${n}`;
    names.push(unique);
  }
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value])));
}
