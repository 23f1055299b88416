// protector discover over real files, and its draft in force: sealed, with tokens by the local protect function.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSqlSession } from '../../lib/local/duckdb/session.ts';
import { prepare, runProtector } from '../support/command.ts';
import { type LabelledTable, labelledTable } from '../support/discovery/tables.ts';

const ROWS = 200;
const people = labelledTable('en_US', 'helpful', ROWS, 9);
const parts = { quote: '"', separator: ',', newline: '\n' };
let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'discover-'));
  writeFileSync(join(cwd, 'people.csv'), csvOf(people, parts));
  writeFileSync(join(cwd, 'semicolon.csv'), csvOf(people, { ...parts, separator: ';', newline: '\r\n' }));
  writeFileSync(join(cwd, 'tabs.tsv'), csvOf(people, { ...parts, separator: '\t' }));
  const session = await openSqlSession({ functions: [], invoke: () => Promise.reject(new Error('none')) });
  const csv = `from read_csv('${join(cwd, 'people.csv')}', types = {'zip': 'VARCHAR', 'card_number': 'BIGINT'})`;
  await session.run(`copy (${csv}) to '${join(cwd, 'people.parquet')}'`);
  await session.run(`copy (${csv}) to '${join(cwd, 'people.jsonl')}' (format json)`);
  await session.close();
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Found {
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly columns: readonly { readonly name: string; readonly kind: string; readonly element?: string }[];
  }[];
  readonly files: readonly string[];
}

async function discovered(...args: readonly string[]): Promise<Found> {
  return JSON.parse(await prepare(['discover', ...args, '--json'], { cwd })) as Found;
}

const elementsOf = ({ tables }: Found) => tables[0]!.columns.map(({ name, element }) => [name, element]);

describe('protector discover', () => {
  test.each(['people.csv', 'semicolon.csv', 'tabs.tsv', 'people.parquet', 'people.jsonl'])(
    'finds in %s what its columns hold',
    async (file) => {
      const kinds = (await discovered(file)).tables[0]!.columns.map(({ kind, element }) =>
        element === undefined ? 'other' : kind,
      );
      expect(kinds).toEqual(people.labels.map(({ kind }) => kind));
    },
  );

  test('finds the same in the result of a query', async () => {
    const found = await discovered(`select * from '${join(cwd, 'people.parquet')}'`);
    expect(elementsOf(found)).toEqual(elementsOf(await discovered('people.parquet')));
  });

  test('draws no more rows than it is told, and the same ones each time', async () => {
    const args = ['people.csv', '--sample', '50'];
    const first = await discovered(...args);
    expect(first.tables[0]!.rows).toBe(50);
    expect((await discovered(...args)).tables).toEqual(first.tables);
  });

  test('takes several files, and keeps tables of one name apart', async () => {
    const { tables } = await discovered('people.csv', 'people.parquet');
    expect(tables.map(({ name }) => name)).toEqual(['people', 'people_2']);
  });

  test('without --out writes nothing, and prints the reasons', async () => {
    const before = readdirSync(cwd);
    const { code, stdout, stderr } = await runProtector(['discover', 'people.csv'], { cwd });
    expect([code, readdirSync(cwd)]).toEqual([0, before]);
    expect(stdout).toMatch(/ssn +US social security numbers +certain +deSSN/);
    expect(stdout).toContain('left in clear');
    expect(stdout).toContain('are US social security numbers by form and check');
    expect(stderr).toContain('--out');
  });

  test('overwrites no file of a draft, and no policy in another form', async () => {
    for (const [i, name] of ['policy.yaml', 'policy.json', 'mapping.json', 'policy.tests.yaml'].entries()) {
      const out = mkdtempSync(join(cwd, `taken-${i}-`));
      writeFileSync(join(out, name), 'mine');
      const { code, stderr } = await runProtector(['discover', 'people.csv', '--out', out], { cwd });
      expect([code, stderr]).toEqual([2, expect.stringContaining('is not overwritten')]);
      expect([readdirSync(out), readFileSync(join(out, name), 'utf8')]).toEqual([[name], 'mine']);
    }
  });

  test.each([
    ['a file that is not there', ['absent.csv'], 'there is no such file'],
    ['another kind of file', ['people.xlsx'], 'name a .csv'],
    ['too large a sample', ['people.csv', '--sample', '1000000'], 'at most 100,000'],
    ['no source', [], 'missing required argument'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await runProtector(['discover', ...args], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('says of a query that DuckDB refuses why, and of data never which', async () => {
    const bad = await runProtector(['discover', "select nothing from 'people.csv'"], { cwd });
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('DuckDB:')]);
    const cast = `select cast(email as integer) from '${join(cwd, 'people.csv')}'`;
    const { code, stderr } = await runProtector(['discover', cast], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Conversion Error')]);
    expect(stderr).not.toContain('@');
  });

  test('tells a table that needs no policy', async () => {
    writeFileSync(join(cwd, 'numbers.csv'), 'n,m\n1,2\n3,4\n5,6\n');
    const { code, stderr } = await runProtector(['discover', 'numbers.csv', '--out', 'nothing'], { cwd });
    expect([code, existsSync(join(cwd, 'nothing'))]).toEqual([0, false]);
    expect(stderr).toContain('no policy to draft');
  });
});

describe('the draft of protector discover, in force', () => {
  let dir: string;
  let protectSql: string;

  beforeAll(async () => {
    dir = join(cwd, 'in-force');
    await prepare(['init', '--dir', dir], { cwd });
    for (const name of ['policy.json', 'policy.tests.yaml']) rmSync(join(dir, name));
    await prepare(['discover', 'people.csv', '--out', dir, '--name', 'SAMPLE_POLICY'], { cwd });
    await prepare(['policy', 'check', '--dir', dir], { cwd });
    await prepare(['policy', 'seal', '--dir', dir], { cwd });
    // As the first line of the draft advises: texts that stand for no value are NULL.
    protectSql = readFileSync(join(dir, 'protect.sql'), 'utf8').replaceAll(
      /pty_protect_(\w+)\(((?:cast\()?"\w+"(?: as varchar\))?)\)/g,
      "pty_protect_$1(nullif($2, 'N/A'))",
    );
  });

  const rowsOf = async (user: string, sql: string): Promise<Record<string, string | null>[]> =>
    JSON.parse(await prepare(['query', sql, '--user', user, '--json', '--dir', dir], { cwd })) as Record<
      string,
      string | null
    >[];

  test('protects the file with the query that it wrote, and leaves no sensitive value in it', async () => {
    const rows = await rowsOf('etl', protectSql);
    expect(rows).toHaveLength(ROWS);
    // Of its own row: somewhere among the dates of all rows, one in a million is the token of another.
    const ownRows = rows.map((row) => new Set(Object.values(row)));
    for (const [i, { name, values }] of people.columns.entries()) {
      const { kind } = people.labels[i]!;
      const left = values.filter(([value], row) => value.length > 6 && ownRows[row]!.has(value));
      expect([name, left.length]).toEqual([name, kind === 'other' ? left.length : 0]);
    }
  });

  test('gives each user what its roles say', async () => {
    const [token] = await rowsOf(
      'etl',
      "select pty_protect_dessn('944-07-4214') s, pty_protect_decard('4111111111111111') c",
    );
    const sql = `select pty_unprotect_dessn('${token!.s}') s, pty_unprotect_decard('${token!.c}') c`;
    const seen = (user: string) => rowsOf(user, sql);
    const [analyst] = await seen('analyst');
    expect(analyst).toEqual({ s: null, c: expect.stringMatching(/^\*{12}1111$/) });
    const [auditor] = await seen('auditor');
    expect(auditor).toEqual({ s: '944-07-4214', c: '4111111111111111' });
    const { code } = await runProtector(['query', sql, '--user', 'etl', '--dir', dir], { cwd });
    expect(code).toBe(1);
  });

  const text = (name: string): string => readFileSync(join(dir, name), 'utf8');

  test('keeps what its own tests promise', async () => {
    const { code, stdout } = await runProtector(['policy', 'test', '--dir', dir], { cwd });
    expect([code, stdout]).toEqual([0, expect.stringContaining('only role etl protects any element')]);
  });

  test('has SQL for both warehouses and tests beside it', () => {
    expect(text('redshift.sql')).toContain('create or replace external function pty_protect_dessn(');
    expect(text('snowflake.sql')).toMatch(/create or replace (?:secure )?external function/i);
    expect(text('policy.tests.yaml')).toContain('analyst unprotects deSSN: null');
    expect(JSON.parse(text('mapping.json'))).toEqual({});
  });
});

function csvOf({ columns }: LabelledTable, { quote, separator, newline }: typeof parts): string {
  const quoted = (text: string): string => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
  const cells = columns.map(({ values, rows }) => {
    const texts = values.flatMap(([value, count]) => Array<string>(count).fill(quoted(value)));
    return [...texts, ...Array<string>(rows - texts.length).fill('')];
  });
  const lines = [columns.map(({ name }) => name).join(separator)];
  for (let row = 0; row < columns[0]!.rows; row++) lines.push(cells.map((column) => column[row]!).join(separator));
  return lines.join(newline) + newline;
}
