// protector protect and unprotect over public tables of vega-datasets: CSV and TSV, JSON lines and Parquet, as others wrote them. Needs
// PUBLIC_TABLES, as test/support/discovery/public-tables.ts says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { prepare, runProtector } from '../support/command.ts';
import { publicTable } from '../support/discovery/public-tables.ts';

const folder = process.env.PUBLIC_TABLES;
const suite = folder === undefined ? describe.skip : describe;

interface Job {
  readonly source: string;
  readonly columns: readonly string[];
  /** Rows that an element refuses, such as names of one letter. */
  readonly rejected: number;
}

const TEXTS: readonly Job[] = [
  { source: 'airports.csv', columns: ['name=deName', 'city=deCity'], rejected: 0 },
  { source: 'zipcodes.csv', columns: ['zip_code=deZip', 'city=deCity', 'county=deCity'], rejected: 0 },
  {
    source: 'birdstrikes.csv',
    columns: ['Airport Name=deName', 'Origin State=deCity', 'Aircraft Make Model=deAddress'],
    rejected: 0,
  },
  { source: 'species.csv', columns: ['common_name=deName', 'scientific_name=deName'], rejected: 0 },
  { source: 'windvectors.csv', columns: ['longitude=deSalary', 'latitude=deSalary'], rejected: 0 },
  { source: 'unemployment.tsv', columns: ['id=deAddress'], rejected: 0 },
];

suite('files of others', () => {
  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'files-public-'));
    await prepare(['init', '--dir', 'made'], { cwd: root });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const job = (operation: string, input: string, columns: readonly string[], out: string) =>
    runProtector(
      [
        operation,
        input,
        '--column',
        ...columns,
        '--out',
        out,
        '--rejects',
        `${out}.bad`,
        '--json',
        '--dir',
        'made',
        '--jobs',
        '2',
      ],
      { cwd: root },
    );

  test.each(TEXTS)('$source comes back byte for byte', async ({ source, columns, rejected }) => {
    const input = publicTable(folder!, source);
    const { code, stdout, stderr } = await job('protect', input, columns, source);
    expect([code, stderr.includes('internal')]).toEqual([rejected > 0 ? 1 : 0, false]);
    expect(JSON.parse(stdout)).toMatchObject({ rejected });
    const back = await job('unprotect', source, columns, `clear-${source}`);
    expect([back.code, back.stderr]).toEqual([0, expect.any(String)]);
    expect(readFileSync(join(root, `clear-${source}`)).equals(readFileSync(input))).toBe(true);
    expect(readFileSync(join(root, source)).equals(readFileSync(input))).toBe(false);
  });

  test('JSON lines of political-contributions.json come back byte for byte', async () => {
    const documents = JSON.parse(
      readFileSync(publicTable(folder!, 'political-contributions.json'), 'utf8'),
    ) as object[];
    writeFileSync(join(root, 'in.jsonl'), documents.map((document) => `${JSON.stringify(document)}\n`).join(''));
    const columns = ['Candidate_Name=deName'];
    expect((await job('protect', 'in.jsonl', columns, 'out.jsonl')).code).toBe(0);
    expect((await job('unprotect', 'out.jsonl', columns, 'clear.jsonl')).code).toBe(0);
    expect(readFileSync(join(root, 'clear.jsonl'), 'utf8')).toBe(readFileSync(join(root, 'in.jsonl'), 'utf8'));
  });

  test('three million flights in Parquet come back, with schema, row groups and codecs', async () => {
    const input = publicTable(folder!, 'flights-3m.parquet');
    const columns = ['origin=deAddress', 'destination=deAddress'];
    expect((await job('protect', input, columns, 'out.parquet')).code).toBe(0);
    expect((await job('unprotect', 'out.parquet', columns, 'clear.parquet')).code).toBe(0);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
    try {
      const [out, clear] = ['out.parquet', 'clear.parquet'].map((name) => join(root, name));
      const schema = (path: string) =>
        ask(`select name, type, logical_type, converted_type from parquet_schema('${path}')`);
      const groups = (path: string) =>
        ask(
          `select row_group_id, row_group_num_rows, path_in_schema, compression from parquet_metadata('${path}') order by all`,
        );
      expect([await schema(out!), await groups(out!)]).toEqual([await schema(input), await groups(input)]);
      expect(await ask(`select count(*) from (from '${clear}' except all from '${input}')`)).toEqual([['0']]);
      const [[same]] = (await ask(
        `select count(*) from '${out}' a positional join '${input}' b where a.origin = b.origin`,
      )) as [[string]];
      expect(Number(same)).toBeLessThan(300_000);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });
});
