import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runNode } from '../../support/child.ts';

/** Prints its environment and the folders that programs derive from it. */
const SCRIPT = `
  const { homedir, tmpdir } = require('node:os');
  console.log(JSON.stringify({ home: homedir(), temporary: tmpdir(), variables: process.env }));
`;

/** Variables that a child may take over. */
const ALLOWED = ['PATH', 'TZ', 'LANG', 'LC_ALL', 'SystemRoot', 'NODE_COMPILE_CACHE'];

const FOREIGN = {
  AWS_PROFILE: 'somebody',
  AWS_ACCESS_KEY_ID: 'AKIAFOREIGN',
  AWS_REGION: 'mars-north-1',
  CDK_DEFAULT_ACCOUNT: '999999999999',
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
  NO_COLOR: '1',
};

let home: string;
const before = { ...process.env };
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'child-'));
  Object.assign(process.env, FOREIGN);
});
afterEach(async () => {
  process.env = { ...before };
  await rm(home, { recursive: true });
});

describe('a child process of a test', () => {
  test('has a home, a temporary folder and a CDK cache in the folder of the test', async () => {
    const { code, stdout, stderr } = await runNode(['-e', SCRIPT], { cwd: home, home });
    expect([code, stderr]).toEqual([0, '']);
    const { home: own, temporary, variables } = JSON.parse(stdout) as Record<string, string> & { variables: object };
    expect([own, temporary]).toEqual([home, join(home, 'tmp')]);
    expect(variables).toMatchObject({ CDK_HOME: join(home, 'cdk') });
    expect(homedir()).not.toBe(own);
  });

  test('inherits the search path, time zone and locale of the caller, and nothing else', async () => {
    const { stdout } = await runNode(['-e', SCRIPT], { cwd: home, home, variables: { AWS_REGION: 'eu-central-1' } });
    const { variables } = JSON.parse(stdout) as { variables: Readonly<Record<string, string>> };
    const inherited = Object.keys(variables).filter(
      (name) => !ALLOWED.includes(name) && variables[name] === before[name],
    );
    expect(inherited).toEqual([]);
    expect(Object.keys(variables).filter((name) => name in FOREIGN)).toEqual(['AWS_REGION']);
    expect(variables['AWS_REGION']).toBe('eu-central-1');
  });

  test('reports its exit code and what it printed to each stream', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    expect(await runNode(['-e', script], { cwd: home, home })).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });
});
