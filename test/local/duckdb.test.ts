import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openSqlSession, type SqlSession } from '../../lib/local/duckdb/session.ts';
import type { ExternalCall, SqlResult } from '../../lib/local/duckdb/sql.ts';
import { customers } from '../../lib/local/sample/customers.ts';
import { createCustomersSql, writeCustomers } from '../../lib/local/sample/customers-csv.ts';
import { childEnvironment } from '../support/command.ts';

const backwards = (text: string): string => Array.from(text).toReversed().join('');

const FUNCTIONS = ['same', 'upper_ext', 'reversed', 'refuse', 'short', 'lone', 'hang'].map((name) => ({ name }));

const calls: ExternalCall[] = [];
let hanging: PromiseWithResolvers<void>;

async function invoke(call: ExternalCall): Promise<readonly (string | null)[]> {
  calls.push(call);
  switch (call.functionName) {
    case 'upper_ext':
      return call.column.map((value) => value?.toUpperCase() ?? null);
    case 'reversed':
      return call.column.map((value) => (value === null ? null : backwards(value)));
    case 'refuse':
      throw new TypeError('Protect failed. row 3: 100% of "x" is %s {} not é 𝒳');
    case 'short':
      return call.column.slice(1);
    case 'lone':
      return call.column.map(() => 'a\uD800');
    case 'hang':
      hanging.resolve();
      return new Promise(() => undefined);
    default:
      return call.column;
  }
}

let session: SqlSession;
let directory: string;

beforeAll(async () => {
  session = await openSqlSession({ functions: FUNCTIONS, invoke });
  directory = await mkdtemp(join(tmpdir(), 'duckdb-'));
});
afterAll(async () => {
  await session.close();
  await rm(directory, { recursive: true });
});
afterEach(() => {
  calls.length = 0;
});

const rowsOf = async (sql: string): Promise<SqlResult['rows']> => (await session.run(sql)).rows;

describe('external functions', () => {
  test('a column arrives as one batch with NULL and empty strings told apart, and comes back the same way', async () => {
    const rows = await rowsOf("select same(v) from (values ('a'), (null), (''), (repeat('long', 9))) t(v)");
    expect(rows).toEqual([['a'], [null], [''], ['long'.repeat(9)]]);
    expect(calls).toEqual([
      { functionName: 'same', queryId: expect.any(Number), column: ['a', null, '', 'long'.repeat(9)] },
    ]);
  });

  test.each([
    ['an astral letter', '𠮷田 𝒳'],
    ['a zero character', 'a\u0000b'],
    ['a leading byte order mark, short', '\uFEFFa'],
    ['a leading byte order mark, long', '\uFEFFlonger than twelve bytes'],
    ['twelve bytes', '123456789012'],
    ['thirteen bytes', '1234567890123'],
    ['twelve bytes of three-byte letters', '一二三四'],
    ['right-to-left text with marks', 'שָׁלוֹם عَلَيْكُم'],
    ['a string of a megabyte', 'é𝒳'.repeat(170_000)],
  ])('%s survives the way out and back', async (_name, text) => {
    await session.run(`create or replace table one as select '${text.replaceAll('\u0000', "'||chr(0)||'")}' as v`);
    expect(await rowsOf('select same(v), v from one')).toEqual([[text, text]]);
    expect(calls[0]?.column).toEqual([text]);
  });

  test('10,000 rows come back in order, in batches of at most 2,048, NULL at every seventh', async () => {
    const text = "case when i % 7 = 0 then null else repeat('x', (i % 40)::int) || i end";
    await session.run(`create or replace table many as select i, ${text} as v from range(10000) t(i)`);
    const { rows } = await session.run('select v, same(v), i from many');
    const expected = Array.from({ length: 10_000 }, (_, i) => (i % 7 === 0 ? null : 'x'.repeat(i % 40) + i));
    expect(rows.map(([v]) => v)).toEqual(expected);
    expect(rows.map(([, same]) => same)).toEqual(expected);
    expect(calls.map(({ column }) => column.length)).toEqual([2048, 2048, 2048, 2048, 1808]);
    expect(calls.flatMap(({ column }) => column)).toEqual(expected);
  });

  test('strings that lie far apart in memory are read as they are', async () => {
    await session.run(
      "create or replace table wide as select i, lpad(i::text, 20, '0') as v, repeat('z', 9000) as z from range(3000) t(i)",
    );
    const rows = await rowsOf('select v, same(case when i % 2 = 0 then v else z || i end) from wide order by hash(i)');
    expect(rows).toHaveLength(3000);
    for (const [v, same] of rows) {
      expect(same).toBe(Number(v) % 2 === 0 ? v : 'z'.repeat(9000) + Number(v));
    }
  });

  test('several functions in one query share its query id, and the next query has another', async () => {
    expect(await rowsOf("select upper_ext('abc'), reversed('abc'), reversed(upper_ext('abc'))")).toEqual([
      ['ABC', 'cba', 'CBA'],
    ]);
    const first = new Set(calls.map(({ queryId }) => queryId));
    const { queryId } = await session.run("select same('x')");
    expect(first.size).toBe(1);
    expect(first).not.toContain(queryId);
    expect(calls.at(-1)?.queryId).toBe(queryId);
  });

  test('a function works in WHERE, GROUP BY, ORDER BY and a join', async () => {
    await session.run(
      "create or replace table people as select * from (values ('anna', 1), ('otto', 2), ('ANNA', 3)) t(name, n)",
    );
    expect(await rowsOf("select n from people where reversed(name) = 'otto'")).toEqual([[2]]);
    const grouped = 'select upper_ext(name) u, sum(n)::int from people group by u order by reversed(u)';
    expect(await rowsOf(grouped)).toEqual([
      ['ANNA', 4],
      ['OTTO', 2],
    ]);
    const joined = 'select a.n, b.n from people a join people b on upper_ext(a.name) = b.name order by 1';
    expect(await rowsOf(joined)).toEqual([
      [1, 3],
      [3, 3],
    ]);
  });

  test('a stream that fails late says why, and asks no function about a value twice', async () => {
    const sql =
      "select same(i || 'y') as v, cast(case when i = 200000 then 'x' else '1' end as integer) as n from range(250000) t(i)";
    const rows: number[] = [];
    const failed = session.stream(sql, { begin: () => {}, rows: ({ rowCount }) => void rows.push(rowCount) });
    await expect(failed).rejects.toThrow(/Conversion Error: Could not convert string 'x'[^]*LINE 1: select same/);
    const asked = calls.flatMap(({ column }) => column);
    expect([rows.length > 1, new Set(asked).size]).toEqual([true, asked.length]);
  });

  test('a statement that writes is not run again to say why it failed', async () => {
    await session.run('create or replace table written (n integer)');
    const sql =
      "insert into written select cast(case when i = 5000 then 'x' else '1' end as integer) from range(9000) t(i) returning n";
    await expect(session.stream(sql, { begin: () => {}, rows: () => {} })).rejects.toMatchObject({
      code: 'SQL_FAILED',
    });
    expect(await rowsOf('select count(*)::int from written')).toEqual([[0]]);
  });

  test('a constant NULL is sent too', async () => {
    expect(await rowsOf('select same(null)')).toEqual([[null]]);
    expect(calls.map(({ column }) => column)).toEqual([[null]]);
  });

  test('a constant is sent once per row, as Redshift sends the argument of a VOLATILE function', async () => {
    await session.run("select same('k') from range(3)");
    expect(calls.flatMap(({ column }) => column)).toEqual(['k', 'k', 'k']);
  });

  test('statements that were started together run one after the other', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map(async (text) => session.run(`select same('${text}')`)));
    expect(results.map(({ rows }) => rows)).toEqual([[['a']], [['b']], [['c']]]);
    expect(new Set(calls.map(({ queryId }) => queryId)).size).toBe(3);
  });
});

describe('errors', () => {
  test.each([
    ["select refuse('x')", 'Protect failed. row 3: 100% of "x" is %s {} not é 𝒳'],
    ["select short('x')", 'short answered another number of rows than the 1 it was sent'],
    ["select lone('x')", 'lone answered no text at row 0 of its batch'],
    ['selec 1', 'Parser Error: syntax error at or near "selec"'],
    ['select * from nowhere', 'Catalog Error: Table with name nowhere does not exist'],
    ["select same('x', 'y')", 'No function matches'],
  ])('%s fails with SQL_FAILED and says why', async (sql, message) => {
    await expect(session.run(sql)).rejects.toMatchObject({
      code: 'SQL_FAILED',
      message: expect.stringContaining(message),
    });
  });

  test('a refusal in the middle of 10,000 rows leaves the session working', async () => {
    await expect(session.run('select refuse(i::text) from range(10000) t(i)')).rejects.toMatchObject({
      code: 'SQL_FAILED',
    });
    expect(await rowsOf("select same('fine')")).toEqual([['fine']]);
  });

  test('runAll stops at the statement that fails, after those before it have run', async () => {
    const script = "create or replace table ran as select 1; select refuse('x'); drop table ran";
    await expect(session.runAll(script)).rejects.toMatchObject({ code: 'SQL_FAILED' });
    expect(await rowsOf('select * from ran')).toEqual([[1]]);
  });

  test('a database that cannot be opened fails to open', async () => {
    const databasePath = join(directory, 'no', 'such', 'folder', 'x.duckdb');
    await expect(openSqlSession({ functions: [], invoke, databasePath })).rejects.toMatchObject({ code: 'SQL_FAILED' });
  });
});

describe('results', () => {
  test.each([
    ['9007199254740993::bigint', 'BIGINT', '9007199254740993'],
    ['1267650600228229401496703205376::hugeint', 'HUGEINT', '1267650600228229401496703205376'],
    ['1.50::decimal(18,2)', 'DECIMAL(18,2)', '1.50'],
    ["date '1999-12-31'", 'DATE', '1999-12-31'],
    ["timestamp '1999-12-31 23:59:59.123456'", 'TIMESTAMP', '1999-12-31 23:59:59.123456'],
    ['interval 90 minutes', 'INTERVAL', '01:30:00'],
    ['[1, null, 3]::bigint[]', 'BIGINT[]', ['1', null, '3']],
    [
      "{'a': 0.1::decimal(3,1), 'b': [date '2000-01-01']}",
      'STRUCT("a" DECIMAL(3,1), "b" DATE[])',
      { a: '0.1', b: ['2000-01-01'] },
    ],
    ['\'{"k": 1}\'::json', 'VARCHAR', '{"k": 1}'],
    ["'x'::enum('x','y')", "ENUM('x', 'y')", 'x'],
    ["'nan'::double", 'DOUBLE', 'NaN'],
    ['true', 'BOOLEAN', true],
    ['null::int', 'INTEGER', null],
  ])('%s prints losslessly', async (expression, type, value) => {
    const { columns, rows } = await session.run(`select ${expression} as v`);
    expect({ columns, rows }).toEqual({ columns: [{ name: 'v', type }], rows: [[value]] });
  });

  test('runAll answers every statement, run the last', async () => {
    const script = "set threads = 2; select 1 as a; select 'two' as a, 'twice' as a";
    const results = await session.runAll(script);
    expect(results.map(({ rows }) => rows)).toEqual([[], [[1]], [['two', 'twice']]]);
    expect(results[2]?.columns.map(({ name }) => name)).toEqual(['a', 'a']);
    expect((await session.run(script)).rows).toEqual([['two', 'twice']]);
  });

  test('text without a statement answers nothing', async () => {
    expect(await session.runAll(' -- nothing\n;')).toEqual([]);
    expect((await session.run('')).columns).toEqual([]);
  });
});

describe('files', () => {
  const names = ['Zoë', '王小明', 'Ольга Петровна Вымышленная'];
  const protectedNames = names.map((name) => [backwards(name)]);

  test('CSV, JSON and Parquet files of the user are read and written', async () => {
    const csv = join(directory, 'people.csv');
    await writeFile(csv, `name,note\n${names.map((name) => `${name},"a, b"\n`).join('')}`);
    expect(await rowsOf(`select reversed(name) from '${csv}'`)).toEqual(protectedNames);

    const parquet = join(directory, 'people.parquet');
    await session.run(`copy (from '${csv}') to '${parquet}'`);
    expect(await rowsOf(`select reversed(name) from '${parquet}'`)).toEqual(protectedNames);

    const json = join(directory, 'people.json');
    await session.run(`copy (select name from '${csv}') to '${json}'`);
    expect(await rowsOf(`select reversed(name) from read_json('${json}')`)).toEqual(protectedNames);
  });

  test('sample customers load with every value as it was generated, NULL and empty told apart', async () => {
    const csv = join(directory, "o'customers.csv");
    await writeCustomers(csv, { count: 5000 });
    await session.run(createCustomersSql(csv, 'my "customers"'));
    const { columns, rows } = await session.run('from "my ""customers""" order by customer_id');
    const generated = [...customers({ count: 5000 })].flatMap((chunk) =>
      chunk.customerIds.map((id, row) => [String(id), ...Object.values(chunk.columns).map((column) => column[row])]),
    );
    expect(rows).toEqual(generated);
    expect(columns.slice(0, 2)).toEqual([
      { name: 'customer_id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
    ]);
  });

  test('nothing is fetched: a URL asks for an extension that is not there', async () => {
    await expect(session.run("from 'https://example.invalid/people.csv'")).rejects.toMatchObject({
      message: expect.stringContaining('requires the extension httpfs'),
    });
    expect(
      await rowsOf(
        "select current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')",
      ),
    ).toEqual([[false, false]]);
  });

  test('a database file keeps its tables from one session to the next', async () => {
    const databasePath = join(directory, 'kept.duckdb');
    const first = await openSqlSession({ functions: FUNCTIONS, invoke, databasePath });
    await first.run("create table kept as select same('kept') as v");
    await first.close();
    const second = await openSqlSession({ functions: [], invoke, databasePath });
    expect((await second.run('from kept')).rows).toEqual([['kept']]);
    await second.close();
  });
});

describe('closing', () => {
  test('close fails a statement whose external function never answers, and those that wait', async () => {
    hanging = Promise.withResolvers<void>();
    const other = await openSqlSession({ functions: FUNCTIONS, invoke });
    const settled = Promise.allSettled([other.run("select hang('x')"), other.run('select 1')]);
    await hanging.promise;
    await other.close();
    expect(await settled).toMatchObject([
      {
        status: 'rejected',
        reason: { code: 'SQL_FAILED', message: expect.stringContaining('The SQL session is closed') },
      },
      { status: 'rejected', reason: { code: 'SQL_SESSION_CLOSED' } },
    ]);
  });

  test('close interrupts a statement that would run for minutes', async () => {
    const begun = Promise.withResolvers<void>();
    const other = await openSqlSession({
      functions: [{ name: 'announce' }],
      invoke: ({ column }) => {
        begun.resolve();
        return Promise.resolve(column);
      },
    });
    const endless = 'select count(*) from range(1000000000000) t(i) where hash(i) = 1';
    const settled = Promise.allSettled([other.run(`select announce('x'); ${endless}`)]);
    await begun.promise;
    const start = performance.now();
    await other.close();
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await settled).toMatchObject([{ status: 'rejected', reason: { code: 'SQL_FAILED' } }]);
  });

  test('a closed session refuses, and closing again is fine', async () => {
    const other = await openSqlSession({ functions: [], invoke });
    await other.close();
    await other.close();
    await expect(other.run('select 1')).rejects.toMatchObject({ code: 'SQL_SESSION_CLOSED' });
  });

  test('process.exit in the middle of an external function ends the process with the code it was given', async () => {
    const program = `
      import { openSqlSession } from '${new URL('../../lib/local/duckdb/session.ts', import.meta.url).href}';
      const invoke = () => { setTimeout(() => process.exit(7), 20); return new Promise(() => {}); };
      const session = await openSqlSession({ functions: [{ name: 'hang' }], invoke });
      await session.run("select hang('x') from range(50000)");`;
    const code = await new Promise((resolve) => {
      const child = execFile(process.execPath, ['--input-type=module', '--eval', program], { env: childEnvironment() });
      child.on('exit', (exitCode, signal) => resolve(exitCode ?? signal));
    });
    expect(code).toBe(7);
  });
});
