// SQL through either warehouse's requests, and the other functions by `invoke`: real files, real DuckDB.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { type Outcome, prepare, runProtector } from '../support/command.ts';

const ROWS = 5000;
let directory: string;

const command = (args: readonly string[], stdin = ''): Promise<Outcome> =>
  runProtector([...args, '--dir', directory], { cwd: directory, stdin });

/** A number in letters, for names that differ: the sample's names have no digits. */
const inLetters = (i: number): string => Array.from(String(i), (digit) => 'abcdefghij'.charAt(Number(digit))).join('');

/** A table function over the file of people. */
const people = (): string => `read_csv('${join(directory, 'people.csv')}', all_varchar = true)`;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'via-'));
  writeFileSync(
    join(directory, 'people.csv'),
    `name,ssn\n${Array.from({ length: ROWS }, (_, i) => `Zoë "Q" O'Neill ${inLetters(i)},${i % 7 === 0 ? '' : 100_000_000 + i}`).join('\n')}\n`,
  );
  const surroundings = { cwd: directory };
  await prepare(['init', '--dir', directory], surroundings);
  const mapping = { 'hr.tokenize_ssn': { Operation: 'protect', Element: 'deSSN', ExternalIV: 'hr' } };
  writeFileSync(join(directory, 'mapping.json'), JSON.stringify(mapping));
  await prepare(['policy', 'seal', '--dir', directory], surroundings);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Answer {
  readonly code: number | null;
  readonly rows: unknown;
  readonly error: string;
}

async function query(via: string, sql: string, ...more: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await command(['query', '--via', via, '--json', ...more, sql]);
  return { code, rows: stdout === '' ? undefined : JSON.parse(stdout), error: stderr };
}

const records = (): AuditRecord[] =>
  readFileSync(join(directory, 'audit', 'audit.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord);

describe('protector query --via', () => {
  test.each([
    [
      'protects and unprotects a file',
      () => `select name, pty_unprotect_dessn(pty_protect_dessn(ssn)) as ssn from ${people()} order by name`,
    ],
    [
      'protects a file',
      () => `select pty_protect_dename(name) as name, pty_protect_dessn(ssn) as ssn from ${people()} order by 1`,
    ],
    [
      'moves a column to another element',
      () => `select pty_reprotect_dessn__to__dephone(pty_protect_dessn('900-12-3456')) as phone`,
    ],
    ['finds functions of mapping.json, with their IV', () => `select tokenize_ssn('900-12-3456') as token`],
  ])('%s alike through Redshift and Snowflake', async (_, sql) => {
    const redshift = await query('redshift', sql());
    expect(redshift).toMatchObject({ code: 0, error: '' });
    expect((redshift.rows as unknown[]).length).toBeGreaterThan(0);
    expect(await query('snowflake', sql())).toEqual(redshift);
  });

  test('snowflake sends batches of at most 4,096 rows, each under a name of its own, and counts every value', async () => {
    const before = records().length;
    await query('snowflake', `select count(pty_protect_dessn(ssn)) from ${people()}`);
    const written = records().slice(before);
    expect(written.reduce((sum, { cnt }) => sum + cnt, 0)).toBe(ROWS - Math.ceil(ROWS / 7));
    expect(Math.max(...written.map(({ cnt }) => cnt))).toBeLessThanOrEqual(4096);
    const batches = written.map(({ additional_info: info }) => info.batch_id);
    expect(new Set(batches).size).toBe(written.length);
    expect(written.map(({ protector }) => protector.vendor)).toEqual(written.map(() => 'aws.snowflake'));
    expect(written.every(({ additional_info: info }) => info.query_id?.startsWith('sf-query-id:'))).toBe(true);
  });

  test.each(['redshift', 'snowflake'])(
    '%s names element, position and limit of a bad value, not the value',
    async (via) => {
      const { code, error } = await query(
        via,
        `select pty_protect_dessn(x) from (values ('900-12-3456'), ('4711')) t(x)`,
      );
      expect([code, error]).toEqual([
        1,
        expect.stringContaining('deSSN: value 2 of 2 is too short (at least 6 digits)'),
      ]);
      expect(error).not.toContain('4711');
    },
  );

  test.each(['redshift', 'snowflake'])('%s says which batch of the query a bad value is in', async (via) => {
    // The fifth thousand of values is in the third batch of 2,048: its value 904, counted from 0.
    const { code, error } = await query(
      via,
      `select pty_protect_dessn(case when i = 5000 then 'N/A' else '900-12-3456' end) from range(100000) t(i)`,
    );
    expect(code).toBe(1);
    expect(error).toContain("deSSN: value 905 of 2,048 has letters outside this element's alphabet, which would stay");
    expect(error).toContain('; no other value of this batch is bad. ');
    expect(error).toContain(
      '. It is in batch 3 of pty_protect_deSSN in this query: values 4,097 to 6,144, as DuckDB reads them',
    );
    expect(error).not.toContain('N/A');
  });

  test.each(['redshift', 'snowflake'])('%s checks every value before a load', async (via) => {
    const { code, rows } = await query(
      via,
      `select pty_check_dessn(x) as reason, count(*) as values
       from (select case i % 1000 when 0 then 'N/A' when 1 then '4711' else '900-12-3456' end from range(5000) t(i)) u(x)
       group by 1 order by 1 nulls first`,
    );
    expect([code, rows]).toEqual([
      0,
      [
        { reason: null, values: '4990' },
        { reason: "value has letters outside this element's alphabet, which would stay readable", values: '5' },
        { reason: 'value is too short (at least 6 digits)', values: '5' },
      ],
    ]);
    expect(records().at(-1)).toMatchObject({ level: 'SUCCESS', protection: { operation: 'Check', audit_code: 10 } });
  });

  test.each(['redshift', 'snowflake'])('%s knows the user, whatever characters the name has', async (via) => {
    const { code, error } = await query(via, `select pty_protect_dessn('900-12-3456')`, '--user', 'Zoë Müller');
    expect([code, error]).toEqual([1, expect.stringContaining('The username could not be found')]);
    expect(records().at(-1)?.protection.policy_user).toBe('Zoë Müller');
  });

  test('knows two warehouses and no other', async () => {
    expect(await query('oracle', 'select 1')).toMatchObject({
      code: 2,
      error: expect.stringContaining('redshift, snowflake'),
    });
  });
});

async function invoke(name: string, event: unknown): Promise<{ code: number | null; reply: unknown }> {
  const { code, stdout } = await command(['invoke', name, '--event', '-'], JSON.stringify(event));
  return { code, reply: JSON.parse(stdout) as unknown };
}
const rest = (user: string) => ({
  path: '/v1/protect',
  headers: {},
  body: JSON.stringify({ user, data_element: 'deSSN', data: ['900-12-3456'] }),
});

describe('protector invoke', () => {
  test('rest answers a direct invocation, and ends with 1 when it is refused', async () => {
    expect(await invoke('rest', rest('test_user'))).toMatchObject({ code: 0, reply: { statusCode: 200 } });
    expect(await invoke('rest', rest('nobody'))).toMatchObject({ code: 1, reply: { statusCode: 400 } });
  });

  test('snowflake answers a request as API Gateway hands it on, and ends with 1 when it is refused', async () => {
    const headers = {
      'sf-context-current-user': 'test_user',
      'sf-custom-X-Protegrity-HCoP-Rules': '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deSSN"}]}',
    };
    const event = (body: string) => ({ httpMethod: 'POST', path: '/snowflake', headers, body, isBase64Encoded: false });
    expect(await invoke('snowflake', event('{"data":[[0,"900-12-3456"]]}'))).toMatchObject({
      code: 0,
      reply: { statusCode: 200 },
    });
    expect(await invoke('snowflake', event('{"data":[[0,"1"]]}'))).toMatchObject({
      code: 1,
      reply: { statusCode: 400 },
    });
  });
});
