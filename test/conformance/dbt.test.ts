// The package of examples/dbt, compiled and run by dbt-core with the DuckDB adapter, which are not part of this repository.
// CI installs them and sets `DBT_PYTHON` to their Python; elsewhere the check is skipped, and listed as skipped.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ROOT } from '../documents/pages.ts';
import { childEnvironment, COMMAND, prepare } from '../support/command.ts';

const { DBT_PYTHON: python, CI } = process.env;

jest.setTimeout(300_000);

test('DBT_PYTHON is set if CI is set', () => {
  expect([CI === undefined, python !== undefined]).toContain(true);
});

/** Columns of the model that its page protects, with the type that an analyst of the example gets. */
const SEEN = { name: 'token', email: 'token', ssn: null, card: '************1111', phone: null, born: null } as const;

/** The first row of examples/people/people.csv. */
const CLEAR = {
  id: '1',
  name: 'Zoë Müller',
  email: 'zoe.mueller@mail.example',
  ssn: '944-07-4214',
  card: '4111111111111111',
  phone: '+1 202 555 0143',
  born: '1984-03-09',
  city: 'Bremen',
};

const words = (sql: string): string => sql.replaceAll(/\s+/g, ' ').trim();

(python === undefined ? describe.skip : describe)('the dbt package (DBT_PYTHON)', () => {
  let directory: string;
  let project: string;
  let server: ChildProcess;
  let url: string;

  const dbt = (
    args: readonly string[],
    user = 'etl',
    more: Readonly<Record<string, string>> = {},
  ): { code: number | null; output: string } => {
    const variables = { PROTECTOR_URL: url, PROTECTOR_USER: user, ...more };
    const env = { ...childEnvironment(variables), PATH: `${dirname(python!)}:${process.env['PATH']}` };
    const { status, stdout, stderr } = spawnSync(join(dirname(python!), 'dbt'), [...args, '--profiles-dir', '.'], {
      cwd: project,
      env,
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  };
  /** The rows of a model, as a user of the policy sees them. */
  const rowsOf = (model: string, user: string): Record<string, unknown>[] => {
    const args = ['show', '--quiet', '--select', model, '--output', 'json', '--limit', '100', '--log-format', 'text'];
    const { code, output } = dbt(args, user);
    expect([code, output]).toEqual([0, expect.stringContaining('"show"')]);
    return (JSON.parse(output.slice(output.indexOf('{'))) as { show: Record<string, unknown>[] }).show;
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dbt-'));
    cpSync(join(ROOT, 'examples'), join(directory, 'examples'), { recursive: true });
    project = join(directory, 'examples', 'dbt', 'project');
    const cwd = directory;
    await prepare(['init', '--dir', 'people', '--policy', join(ROOT, 'examples/people/policy.yaml')], { cwd });
    server = spawn(process.execPath, [COMMAND, 'serve', '--dir', 'people', '--port', '0'], {
      cwd,
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [ready] = (await once(server.stdout!, 'data')) as [Buffer];
    url = /http:\/\/[^\s/]+/.exec(ready.toString())![0];
    const { code, output } = dbt(['deps']);
    if (code !== 0) throw new Error(output);
  });

  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
    rmSync(directory, { recursive: true, force: true });
  });

  test('builds the example: the source is good, the table holds tokens, and nothing stays in clear', () => {
    const { code, output } = dbt(['build']);
    expect([code, output]).toEqual([0, expect.stringContaining('Completed successfully')]);
    expect(output).toMatch(/PASS=5 WARN=0 ERROR=0 SKIP=0/);
    const [token] = rowsOf('people', 'etl');
    expect(token).toEqual({ ...token, id: CLEAR.id, city: CLEAR.city });
    for (const column of Object.keys(SEEN)) {
      expect([column, token![column]]).not.toEqual([column, CLEAR[column as keyof typeof CLEAR]]);
    }
  });

  test('shows each user what the policy gives', () => {
    const [held] = rowsOf('people', 'etl');
    const [analyst] = rowsOf('people_clear', 'analyst');
    for (const [column, seen] of Object.entries(SEEN)) {
      expect([column, analyst![column]]).toEqual([column, seen === 'token' ? held![column] : seen]);
    }
    const [auditor] = rowsOf('people_clear', 'ana');
    expect(auditor).toMatchObject({ name: CLEAR.name, ssn: CLEAR.ssn, card: CLEAR.card, born: CLEAR.born });
  });

  test('fails a build whose source has a value that an element does not take, and says why', () => {
    const bad = join(directory, 'bad.csv');
    const table = readFileSync(join(directory, 'examples/people/people.csv'), 'utf8').replace('944-07-4214', 'N/A');
    writeFileSync(bad, table);
    const { code, output } = dbt(['test', '--select', 'source:staging.people'], 'etl', { PEOPLE_CSV: bad });
    expect([code, output]).toEqual([1, expect.stringMatching(/FAIL 1 .*ssn/)]);
  });

  test('puts the masking policies on columns that "protector ddl snowflake" makes', async () => {
    expect(dbt(['compile', '--select', 'snowflake_masks'])).toMatchObject({ code: 0 });
    const compiled = readFileSync(join(project, 'target/compiled/people_example/analyses/snowflake_masks.sql'), 'utf8');
    const columns = ['name=deName', 'email=deEmail', 'ssn=deSSN', 'card=deCard', 'phone=dePhone', 'born=deBirthDate'];
    const masks = columns.map((column) => `crm.public.people.${column}`);
    const args = ['ddl', 'snowflake', '--policy', 'examples/people/policy.yaml', '--json', '--mask', ...masks];
    const { statements } = JSON.parse(await prepare(args, { cwd: ROOT })) as { statements: { sql: string }[] };
    const attached = statements.map(({ sql }) => sql).filter((sql) => sql.startsWith('alter table'));
    expect(
      compiled
        .split(';')
        .map((sql) => words(sql.replace(/^\s*--.*$/m, '')))
        .filter((sql) => sql !== ''),
    ).toEqual(attached.map(words));
  });
});
