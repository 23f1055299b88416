import { stringify } from 'csv-stringify/sync';
import type { SqlResult, SqlValue } from '../../../lib/local/duckdb/sql.ts';
import { openLocalSql, type Warehouse } from '../local-sql.ts';
import { cellText, count, print, say, styled, table } from '../output.ts';
import { workspace } from '../workspace.ts';

const TABLE_ROWS = 100;

export interface QueryOptions {
  readonly dir: string;
  readonly user: string;
  readonly via: Warehouse;
  readonly csv?: boolean;
  readonly json?: boolean;
}

/** `protector query SQL`: DuckDB SQL with the functions of the policy, each answered by the Redshift or the Snowflake function. */
export async function query(sql: string, options: QueryOptions): Promise<void> {
  const local = await openLocalSql(workspace(options.dir), { user: options.user, via: options.via, sql });
  try {
    const result = await local.session.run(sql);
    if (options.json === true) print(JSON.stringify(toObjects(result)));
    else if (options.csv === true) process.stdout.write(toCsv(result));
    else printTable(result);
  } finally {
    await local.close();
  }
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
