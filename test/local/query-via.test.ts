// SQL through either warehouse's requests, and the other functions by `invoke`: child processes, real files, real DuckDB.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lib/audit/record.ts';

const COMMAND = fileURLToPath(new URL('../../functions/cli/protector.js', import.meta.url));
const ROWS = 5000;
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'via-'));
  writeFileSync(
    join(directory, 'people.csv'),
    `name,ssn\n${Array.from({ length: ROWS }, (_, i) => `Zoë "Q" O'Neill ${i},${i % 7 === 0 ? '' : 100_000_000 + i}`).join('\n')}\n`,
  );
  execFileSync(process.execPath, [COMMAND, 'init', '--dir', directory]);
  const mapping = { 'hr.tokenize_ssn': { Operation: 'protect', Element: 'deSSN', ExternalIV: 'hr' } };
  writeFileSync(join(directory, 'mapping.json'), JSON.stringify(mapping));
  execFileSync(process.execPath, [COMMAND, 'policy', 'seal', '--dir', directory]);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function query(via: string, sql: string, ...more: string[]): { code: number | null; rows: unknown; error: string } {
  const args = [COMMAND, 'query', '--via', via, '--json', '--dir', directory, ...more, sql];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  return { code: status, rows: stdout === '' ? undefined : JSON.parse(stdout), error: stderr };
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
      `select name, pty_unprotect_dessn(pty_protect_dessn(ssn)) as ssn from read_csv('people.csv', all_varchar = true) order by name`,
    ],
    [
      'protects a file',
      `select pty_protect_dename(name) as name, pty_protect_dessn(ssn) as ssn from read_csv('people.csv', all_varchar = true) order by 1`,
    ],
    [
      'moves a column to another element',
      `select pty_reprotect_dessn__to__dephone(pty_protect_dessn('900-12-3456')) as phone`,
    ],
    ['finds functions of mapping.json, with their IV', `select tokenize_ssn('900-12-3456') as token`],
  ])('%s alike through Redshift and Snowflake', (_, sql) => {
    const redshift = query('redshift', sql);
    expect(redshift).toMatchObject({ code: 0, error: '' });
    expect((redshift.rows as unknown[]).length).toBeGreaterThan(0);
    expect(query('snowflake', sql)).toEqual(redshift);
  });

  test('snowflake sends batches of at most 4,096 rows, each under a name of its own, and counts every value', () => {
    const before = records().length;
    query('snowflake', `select count(pty_protect_dessn(ssn)) from read_csv('people.csv', all_varchar = true)`);
    const written = records().slice(before);
    expect(written.reduce((sum, { cnt }) => sum + cnt, 0)).toBe(ROWS - Math.ceil(ROWS / 7));
    expect(Math.max(...written.map(({ cnt }) => cnt))).toBeLessThanOrEqual(4096);
    const batches = written.map(({ additional_info: info }) => info.batch_id);
    expect(new Set(batches).size).toBe(written.length);
    expect(written.map(({ protector }) => protector.vendor)).toEqual(written.map(() => 'aws.snowflake'));
    expect(written.every(({ additional_info: info }) => info.query_id?.startsWith('sf-query-id:'))).toBe(true);
  });

  test.each(['redshift', 'snowflake'])('%s names the row of a bad value, not the value', (via) => {
    const { code, error } = query(via, `select pty_protect_dessn(x) from (values ('900-12-3456'), ('4711')) t(x)`);
    expect([code, error]).toEqual([1, expect.stringContaining('Protect failed. row 1:The input is too short')]);
    expect(error).not.toContain('4711');
  });

  test.each(['redshift', 'snowflake'])('%s knows the user, whatever characters the name has', (via) => {
    const { code, error } = query(via, `select pty_protect_dessn('900-12-3456')`, '--user', 'Zoë Müller');
    expect([code, error]).toEqual([1, expect.stringContaining('The username could not be found')]);
    expect(records().at(-1)?.protection.policy_user).toBe('Zoë Müller');
  });

  test('knows two warehouses and no other', () => {
    expect(query('oracle', 'select 1')).toMatchObject({
      code: 2,
      error: expect.stringContaining('redshift, snowflake'),
    });
  });
});

const invoke = (name: string, event: unknown) => {
  const args = [COMMAND, 'invoke', name, '--event', '-', '--dir', directory];
  const { status, stdout } = spawnSync(process.execPath, args, { input: JSON.stringify(event), encoding: 'utf8' });
  return { code: status, reply: JSON.parse(stdout) as unknown };
};
const rest = (user: string) => ({
  path: '/v1/protect',
  headers: {},
  body: JSON.stringify({ user, data_element: 'deSSN', data: ['900-12-3456'] }),
});

describe('protector invoke', () => {
  test('rest answers a direct invocation, and ends with 1 when it is refused', () => {
    expect(invoke('rest', rest('test_user'))).toMatchObject({ code: 0, reply: { statusCode: 200 } });
    expect(invoke('rest', rest('nobody'))).toMatchObject({ code: 1, reply: { statusCode: 400 } });
  });

  test('snowflake answers a request as API Gateway hands it on, and ends with 1 when it is refused', () => {
    const headers = {
      'sf-context-current-user': 'test_user',
      'sf-custom-X-Protegrity-HCoP-Rules': '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deSSN"}]}',
    };
    const event = (body: string) => ({ httpMethod: 'POST', path: '/snowflake', headers, body, isBase64Encoded: false });
    expect(invoke('snowflake', event('{"data":[[0,"900-12-3456"]]}'))).toMatchObject({
      code: 0,
      reply: { statusCode: 200 },
    });
    expect(invoke('snowflake', event('{"data":[[0,"1"]]}'))).toMatchObject({ code: 1, reply: { statusCode: 400 } });
  });
});
