// The examples, each as its reader would run it.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { blocksOf, ROOT } from '../documents/pages.ts';
import { prepare, runProtector } from '../support/command.ts';

jest.setTimeout(60_000);

interface Step {
  readonly name?: string;
  readonly run?: string;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
interface Hooks {
  readonly repos: readonly { readonly hooks: readonly { readonly id: string; readonly entry: string }[] }[];
}

describe('a policy in a repository of its own', () => {
  let directory: string;
  const at = (...parts: readonly string[]): string => join(directory, ...parts);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: at('copy'),
      encoding: 'utf8',
    });
  /** A program of this name, which notes how it is called. */
  const stub = (name: string, script: string): void => {
    writeFileSync(at('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(at('bin', name), 0o755);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'examples-'));
    cpSync(join(ROOT, 'examples', 'policy-repository'), at('copy'), { recursive: true });
    mkdirSync(at('bin'));
    const main = join(ROOT, 'functions', 'cli', 'protector.js');
    stub('npx', `shift; exec "${process.execPath}" "${main}" "$@"`);
    stub('npm', 'exit 0');
    for (const name of ['gh', 'aws']) stub(name, `echo "${name} $*" >> "${at('calls')}"`);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message=before');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const shell = (script: string): { code: number | null; output: string } => {
    const env = {
      ...process.env,
      PATH: `${at('bin')}:${process.env['PATH']}`,
      BASE: 'main',
      PULL_REQUEST: '7',
      AUTHORING_BUCKET: 'acme-policies',
    };
    const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script], {
      cwd: at('copy'),
      env,
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  };
  const stepsOf = (job: string): readonly Step[] => {
    const workflow = parse(readFileSync(at('copy', '.github', 'workflows', 'policy.yml'), 'utf8')) as Workflow;
    const steps = workflow.jobs[job]!.steps.filter(({ run }) => run !== undefined);
    expect(steps.length).toBeGreaterThan(0);
    return steps;
  };
  const change = (from: string, to: string): void => {
    const file = at('copy', 'release', 'policy.yaml');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };

  test('is checked, linted and tested by the workflow, which comments what changes and publishes', () => {
    change('members: [kim, lee]', 'members: [kim, lee, max]');
    for (const job of ['check', 'publish']) {
      for (const { run } of stepsOf(job)) expect(shell(run!)).toMatchObject({ code: 0 });
    }
    expect(readFileSync(at('copy', 'changes.md'), 'utf8')).toMatch(/^```diff\n\+ [^\n]*max[^]*```\n$/);
    expect(existsSync(at('copy', 'policy-tests.xml'))).toBe(true);
    expect(readFileSync(at('calls'), 'utf8')).toBe(
      'gh pr comment 7 --body-file changes.md\naws s3 cp --recursive release s3://acme-policies/\n',
    );
  });

  test.each([
    ['a mistake', 'type: numeric', 'type: numberic', 'check', 'policy-check', /line 14, \$\.elements\[1\]\.type/],
    ['a grant too many', 'mask: last-four ', '', 'test', 'policy-test', /nobody but ana sees deCard in clear[^]*kim/],
  ])('with %s is stopped by workflow and hook', (_, from, to, step, hook, why) => {
    change(from, to);
    const { run } = stepsOf('check').find(({ name }) => name === step)!;
    const { repos } = parse(readFileSync(at('copy', '.pre-commit-config.yaml'), 'utf8')) as Hooks;
    const { entry } = repos[0]!.hooks.find(({ id }) => id === hook)!;
    for (const script of [run!, entry]) {
      expect(shell(script)).toEqual({ code: 1, output: expect.stringMatching(why) });
    }
  });
});

/** Columns of people.csv that its policy protects, and their elements. */
const COLUMNS = {
  name: 'deName',
  email: 'deEmail',
  ssn: 'deSSN',
  card: 'deCard',
  phone: 'dePhone',
  born: 'deBirthDate',
};

/** A select list that calls one function for each column. */
const calls = (operation: string): string =>
  Object.entries(COLUMNS)
    .map(([name, element]) => `pty_${operation}_${element.toLowerCase()}(${name}) as ${name}`)
    .join(', ');

/** A file as a table of texts, so that numbers keep their zeros. */
const table = (file: string): string => `read_csv('${file}', all_varchar = true)`;

/** What `policy lint` says of the example; its page explains each. */
const EXPLAINED = ['all-powerful-role', 'weak-domain', 'weak-token'];

describe('people: a table, its policy, and its tests', () => {
  const people = join(ROOT, 'examples', 'people');
  let cwd: string;
  const query = async (user: string, sql: string): Promise<Record<string, string | null>[]> =>
    JSON.parse(await prepare(['query', '--user', user, '--json', sql], { cwd })) as Record<string, string | null>[];

  beforeEach(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'people-'));
    await prepare(['init', '--policy', join(people, 'policy.yaml')], { cwd });
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  test('has tests that touch every grant, and a policy without a warning that is not explained', async () => {
    const tests = ['policy', 'test', '--dir', people, '--min-coverage', '100'];
    expect(await runProtector(tests, { cwd })).toMatchObject({ code: 0 });
    const { stdout } = await runProtector(['policy', 'lint', '--dir', people, '--json'], { cwd });
    const rules = (JSON.parse(stdout) as { rule: string }[]).map(({ rule }) => rule);
    expect([...new Set(rules)].toSorted()).toEqual(EXPLAINED);
  });

  test('protects every value of the table and shows each user what its page says', async () => {
    const source = table(join(people, 'people.csv'));
    await prepare(
      [
        'query',
        '--user',
        'etl',
        `copy (select id, ${calls('protect')} from ${source}) to '${join(cwd, 'tokens.csv')}'`,
      ],
      {
        cwd,
      },
    );
    const tokens = table(join(cwd, 'tokens.csv'));
    const clear = await query('ana', `select * exclude (city, joined) from ${source}`);
    const held = await query('ana', `select * from ${tokens}`);
    for (const name of Object.keys(COLUMNS)) {
      expect(clear.filter((row, i) => row[name] === held[i]![name])).toEqual([]);
    }
    expect(await query('ana', `select id, ${calls('unprotect')} from ${tokens}`)).toEqual(clear);
    const [seen] = await query('analyst', `select ${calls('unprotect')} from ${tokens} limit 1`);
    expect(seen).toEqual({
      ...seen,
      name: held[0]!['name'],
      ssn: null,
      card: '************1111',
      phone: null,
      born: null,
    });
    const support = await runProtector(['query', '--user', 'kim', `select pty_unprotect_dessn(ssn) from ${tokens}`], {
      cwd,
    });
    expect(support).toMatchObject({ code: 1, stderr: expect.stringContaining('not authorized') });
  });

  test('is found by discovery: an element for each column that the policy protects', async () => {
    const stdout = await prepare(['discover', join(people, 'people.csv'), '--json'], { cwd });
    const { tables } = JSON.parse(stdout) as { tables: { columns: { name: string; element?: string }[] }[] };
    const protectedColumns = tables[0]!.columns.filter(({ element }) => element !== undefined).map(({ name }) => name);
    expect(protectedColumns).toEqual(expect.arrayContaining(Object.keys(COLUMNS)));
  });
});

describe.each(['snowflake-masking', 'redshift-views'])('%s', (example) => {
  test('holds the script that the command of its page prints', async () => {
    const command = blocksOf(`examples/${example}/README.md`).find(({ language }) => language === 'sh');
    const args = command!.text.split(' ').slice(2);
    const printed = await prepare(args, { cwd: ROOT });
    expect(printed).toBe(readFileSync(join(ROOT, 'examples', example, 'protector.sql'), 'utf8'));
    expect(printed).toMatch(/^create or replace (?:view hr\.people_clear|secure external function)/m);
  });
});
