// `protector ddl`, as users and stack outputs call it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Outcome, runProtector } from '../support/command.ts';

let dir: string;
const ddl = (...args: readonly string[]): Promise<Outcome> => runProtector(['ddl', ...args], { cwd: dir });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ddl-'));
  await runProtector(['init'], { cwd: dir });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const LAMBDA = 'arn:aws:lambda:eu-west-1:123456789012:function:protector-redshift';
const ROLE = 'arn:aws:iam::123456789012:role/warehouse';
const URL = 'https://abc.execute-api.eu-west-1.amazonaws.com/prod/snowflake';

describe('protector ddl', () => {
  test('prints a script of SQL, and nothing that has to be replaced where everything is said', async () => {
    const redshift = await ddl('redshift', '--function', LAMBDA, '--role', ROLE, '--schema', 'protector');
    expect(redshift).toMatchObject({ code: 0, stderr: '' });
    expect(redshift.stdout).toContain(`external function protector.pty_unprotect_dessn(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role '${ROLE}';
revoke execute on function protector.pty_unprotect_dessn(varchar) from public;`);
    const snowflake = await ddl('snowflake', '--api', URL, '--role', ROLE, '--mask', 'hr.people.ssn=deSSN');
    expect(snowflake).toMatchObject({ code: 0, stderr: '' });
    expect(snowflake.stdout).toContain(`as '${URL}';`);
    expect(snowflake.stdout).toContain(
      'alter table hr.people modify column ssn\n  set masking policy protector_deSSN;',
    );
  });

  test('says what is left to be replaced, apart from the script', async () => {
    const redshift = await ddl('redshift');
    expect(redshift.stdout).toContain("lambda '<function>:Production'\n  iam_role default");
    expect(redshift.stderr).toContain('Replace <function>:Production');
    expect((await ddl('snowflake')).stderr).toContain('Replace <role>, <url>');
  });

  test('takes a name, another alias, and a chain of roles', async () => {
    const chain = `${ROLE},arn:aws:iam::210987654321:role/lambda`;
    const { stdout } = await ddl('redshift', '--function', `${LAMBDA}:Next`, '--role', chain);
    expect(stdout).toContain(`lambda 'protector-redshift:Next'\n  iam_role '${chain}'`);
    expect((await ddl('redshift', '--function', 'mine')).stdout).toContain("lambda 'mine:Production'");
  });

  test('takes a policy of another file with the mapping beside it, and says what the mapping lacks', async () => {
    const numeric = { method: 'tokenization', type: 'numeric', shortData: 'error' };
    const element = { id: '00000000-0000-4000-8000-000000000001', name: 'de SSN', ...numeric };
    const policy = { name: 'P', dataStore: 'D', elements: [element], roles: [] };
    await writeFile(join(dir, 'other.json'), JSON.stringify(policy));
    await writeFile(join(dir, 'mapping.json'), JSON.stringify({ my_ssn: { Operation: 'protect', Element: 'de SSN' } }));
    const { code, stdout, stderr } = await ddl('redshift', '--policy', 'other.json', '--json');
    expect([code, stderr]).toEqual([0, expect.stringContaining('mapping.json needs 2 more entries')]);
    const script = JSON.parse(stdout) as { statements: { sql: string }[]; mapping: object };
    expect(Object.values(script.mapping)).toEqual([
      { Operation: 'check', Element: 'de SSN' },
      { Operation: 'unprotect', Element: 'de SSN' },
    ]);
    expect(script.statements.map(({ sql }) => sql)).toContainEqual(
      expect.stringContaining('external function my_ssn('),
    );
  });

  test('warns of columns that are too narrow, apart from the script, and prints it all the same', async () => {
    const columns = ['--mask', 't.a char(11)=deSSN', '--view', 't.b varchar(9)=deEmail', '--column', 't.c char=deZip'];
    const narrow = ['t.d varchar(30)=deEmailHash', 't.e varchar(30)=deNote'];
    const { code, stdout, stderr } = await ddl('redshift', '--function', LAMBDA, ...columns, ...narrow);
    expect([code, stderr.match(/^Warning: \S+ \S+/gm)]).toEqual([
      0,
      ['Warning: t.b varchar(9)', 'Warning: t.d varchar(30)', 'Warning: t.e varchar(30)'],
    ]);
    expect(stdout).toContain('Width in bytes');
    const snowflake = await ddl('snowflake', '--json', '--view', 't.b varchar(9)=deName', '--column', ...narrow);
    const { warnings } = JSON.parse(snowflake.stdout) as { warnings: string[] };
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(['t.d', 't.e']);
  });

  test('makes the moves that are asked for', async () => {
    const { stdout } = await ddl('redshift', '--reprotect', 'deSSN=dePhone');
    expect(stdout).toContain('pty_reprotect_dessn__to__dephone(');
    expect((await ddl('redshift', '--reprotect', 'all')).stdout.match(/create .*pty_reprotect/g)).toHaveLength(10);
    expect((await ddl('redshift')).stdout).not.toContain('pty_reprotect');
  });

  test.each([
    ['no function', ['redshift', '--function', "x'y"]],
    ['a role that ends the text', ['redshift', '--role', `${ROLE}' ; drop`]],
    ['no https', ['snowflake', '--api', 'http://example.com']],
    ['an element that there is not', ['redshift', '--view', 't.c=deNobody']],
    ['a digest in a view', ['redshift', '--view', 't.c=deEmailHash']],
    ['a column that is unprotected twice', ['redshift', '--mask', 't.c=deSSN', '--view', 't.c=deSSN']],
    ['a column to check without a type', ['redshift', '--column', 't.c=deSSN']],
    ['a type without a width', ['snowflake', '--mask', 't.c date=deBirthdate']],
    ['no move', ['redshift', '--reprotect', 'deSSN']],
    ['no policy', ['redshift', '--policy', 'nowhere.json']],
  ])('refuses %s with exit code 2, and prints no SQL', async (_, args) => {
    const { code, stdout, stderr } = await ddl(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });

  test.each([['redshift'], ['snowflake']])('%s explains itself with --help', async (name) => {
    expect((await ddl(name, '--help')).stdout).toContain('Example:');
  });
});
