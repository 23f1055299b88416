// Samples of files and queries, drawn by DuckDB. Its messages may quote data, so of most only the kind is shown.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { SampledColumn, SampledTable } from '../../../lib/discovery/column.ts';
import { plainLiteral } from '../../../lib/ddl/script.ts';
import { openSqlSession, type SqlSession } from '../../../lib/local/duckdb/session.ts';
import { SqlError, type SqlResult } from '../../../lib/local/duckdb/sql.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';

/** A sample, and how SQL reads all of its table. */
export interface Sample extends SampledTable {
  /** What stands after FROM. Every column of a CSV file is text. */
  readonly from: string;
  readonly rows: number;
}

const MOST_ROWS = 100_000;
/** Characters of a value that are looked at. */
const MOST_CHARACTERS = 4000;
/** One thread and one seed: the same rows each time. */
const SETTINGS = "set threads = 1; set memory_limit = '2GB'; set preserve_insertion_order = true";
const SEED = 1;

/** Draws rows from each file, or from the result of a query. Rejects with `CliError` for what cannot be read. */
export async function drawSamples(sources: readonly string[], rows: number, io: Pick<Io, 'at'>): Promise<Sample[]> {
  if (rows > MOST_ROWS)
    throw new CliError('CLI_USAGE', '--sample must be at most 100,000: more rows say no more of a column');
  const tables = sources.map((source) => tableOf(source, io));
  const session = await openSqlSession({
    functions: [],
    invoke: () => Promise.reject(new CliError('CLI_USAGE', 'A sample calls no function of a policy')),
  });
  try {
    await session.runAll(SETTINGS);
    const samples: Sample[] = [];
    for (const [i, table] of tables.entries()) {
      const name = uniqueName(table.name, samples);
      // One after another: each may take the memory that there is.
      // oxlint-disable-next-line no-await-in-loop
      samples.push({ ...(await draw(session, { ...table, name }, `sample_${i}`, rows)) });
    }
    return samples;
  } finally {
    await session.close();
  }
}

interface Table {
  readonly name: string;
  readonly from: string;
  /** The same with the types that DuckDB finds, where `from` reads text. */
  readonly typed?: string;
  /** For messages. */
  readonly source: string;
}

const FILE = /\.(csv|tsv|txt|parquet|json|jsonl|ndjson)(?:\.(?:gz|zst))?$/i;

function tableOf(source: string, io: Pick<Io, 'at'>): Table {
  const [ending, format] = FILE.exec(source) ?? [];
  if (/^\s*(?:select|with|from|values|table)\s/i.test(source))
    return { name: 'query', from: `(${source})`, source: 'The query' };
  if (ending === undefined || !(existsSync(io.at(source)) || /[*?[]/.test(source))) {
    const hint =
      ending === undefined
        ? 'name a .csv, .tsv, .parquet or .json file, or begin a query with SELECT, WITH or FROM'
        : 'there is no such file';
    throw new CliError('CLI_USAGE', `${source} cannot be read: ${hint}`);
  }
  const name = basename(source, ending).replaceAll(/[^\p{L}\p{N}_]+/gu, '_');
  const file = plainLiteral(io.at(source));
  switch (format!.toLowerCase()) {
    case 'parquet':
      return { name, from: `read_parquet(${file})`, source };
    case 'json':
    case 'jsonl':
    case 'ndjson':
      return { name, from: `read_json(${file})`, source };
    default:
      // As text: numbers keep their leading zeros.
      return { name, from: `read_csv(${file}, all_varchar = true)`, typed: `read_csv(${file})`, source };
  }
}

function uniqueName(name: string, before: readonly SampledTable[]): string {
  let unique = name;
  for (let n = 2; before.some((table) => table.name === unique); n++) unique = `${name}_${n}`;
  return unique;
}

async function draw(session: SqlSession, table: Table, sample: string, most: number): Promise<Sample> {
  const run = (sql: string): Promise<SqlResult> => readable(session.run(sql), table.source);
  await run(
    `create temp table ${sample} as select * from ${table.from} using sample reservoir(${most} rows) repeatable (${SEED})`,
  );
  const types = await typesOf(run, sample, table);
  const [[rows]] = (await run(`select count(*) from ${sample}`)).rows as [[string]];
  const columns: SampledColumn[] = [];
  for (const [name, type] of types) {
    // oxlint-disable-next-line no-await-in-loop
    columns.push(await columnOf(run, sample, name, type, Number(rows)));
  }
  await run(`drop table ${sample}`);
  return { name: table.name, from: table.from, rows: Number(rows), columns };
}

type Run = (sql: string) => Promise<SqlResult>;

async function typesOf(run: Run, sample: string, { typed }: Table): Promise<[name: string, type: string][]> {
  const describe = async (from: string): Promise<[string, string][]> => {
    const { rows } = await run(`describe select * from ${from}`);
    return rows.map(([name, type]) => [name as string, type as string]);
  };
  const own = await describe(sample);
  if (typed === undefined) return own;
  // A file whose later lines do not fit the types of its first ones is read as text.
  const found = await describe(typed).catch(() => own);
  return own.map(([name, type], i) => [name, found[i]?.[0] === name ? found[i][1] : type]);
}

/** Types whose values have no text to look at. */
const OPAQUE = /^(?:BLOB|BIT|JSON|STRUCT|MAP|UNION|GEOMETRY)\b|\[\d*\]$/;
const NUMBERS = /^(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|DOUBLE|DECIMAL)/;

async function columnOf(run: Run, sample: string, name: string, type: string, rows: number): Promise<SampledColumn> {
  if (OPAQUE.test(type)) return { name, type, rows, values: [] };
  const column = `"${name.replaceAll('"', '""')}"`;
  const { rows: tallies } = await run(
    `select left(cast(${column} as varchar), ${MOST_CHARACTERS}) as value, count(*) as rows from ${sample} where ${column} is not null
    group by 1 order by 2 desc, md5(value)`,
  );
  const values = tallies.map(([value, count]) => [value as string, Number(count)] as const);
  const isCode = NUMBERS.test(type) && values.some(([value]) => /^0\d/.test(value));
  return { name, type: isCode ? 'VARCHAR' : type, rows, values };
}

/** Messages of these kinds are about the SQL and the names in it, never about a value. */
const ABOUT_SQL = /^(?:Parser|Binder|Catalog) Error/;

async function readable(result: Promise<SqlResult>, source: string): Promise<SqlResult> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const kind = /^[A-Z][\w ]* (?:Error|Exception)/.exec(error.message)?.[0] ?? 'Error';
    const detail = ABOUT_SQL.test(error.message) ? error.message : kind;
    throw new CliError(
      'CLI_BAD',
      `${source} cannot be read (DuckDB: ${detail}); "protector query" over it shows where`,
    );
  }
}
