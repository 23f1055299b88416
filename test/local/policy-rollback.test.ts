// `protector policy rollback` in a workspace, and on AWS against the real agent behind Lambda's own API.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { policyAgentHandler } from '../../functions/runtime/publish/policy-agent.ts';
import type { LogEntry } from '../../functions/runtime/application-log.ts';
import { type Outcome, runProtector } from '../support/command.ts';
import { startLambdaService } from '../support/publication/lambda-http.ts';
import { smallPolicy } from '../support/publication/small-policy.ts';
import { TestCloud } from '../support/publication/world.ts';

jest.setTimeout(120_000);

let root: string;
let dir: string;
let copies = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollback-'));
  dir = root;
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

function protector(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return runProtector(args, { cwd: dir, settings });
}

const rollBack = (...options: readonly string[]) => protector(['policy', 'rollback', '--json', ...options]);

async function show(): Promise<{ version: string; policy: { roles: { name: string }[] } }> {
  return JSON.parse((await protector(['policy', 'show', '--json'])).stdout) as never;
}

describe('in a workspace', () => {
  beforeAll(async () => {
    dir = join(root, 'fresh');
    await mkdir(dir);
    await protector(['init']);
    const file = join(dir, '.protector', 'policy.json');
    const text = await readFile(file, 'utf8');
    for (const name of ['second', 'third']) {
      // oxlint-disable no-await-in-loop -- one version after another
      await writeFile(file, text.replaceAll('"auditor"', `"${name}"`));
      await protector(['policy', 'seal']);
      // oxlint-enable no-await-in-loop
    }
  });
  beforeEach(async () => {
    dir = join(root, String(++copies));
    await cp(join(root, 'fresh'), dir, { recursive: true });
  });

  test('shows and compares the versions that it keeps', async () => {
    const show2 = await protector(['policy', 'show', '--policy-version', '2', '--json']);
    expect(JSON.parse(show2.stdout)).toMatchObject({ version: '2' });
    const compared = await protector(['policy', 'diff', '--old-version', '1', '--new-version', '3']);
    expect(compared.stdout).toMatch(/auditor[^]*third/);
    expect(await protector(['policy', 'show', '--policy-version', '7'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no version 7 here; versions that are: 3, 2, 1'),
    });
    expect(await protector(['policy', 'show', '--at', '2026-01-01'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--at is for a deployment'),
    });
    expect(await protector(['policy', 'diff', 'a.json', '--old-version', '1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Give a file or a version, and not both'),
    });
  });

  test('goes back version by version, to what was sealed then, and tokens stay readable', async () => {
    const query = ['query', "select pty_protect_dessn('900-12-3456')"];
    const before = await protector(query);
    expect(await rollBack('--dry-run')).toMatchObject({ code: 0, stdout: expect.stringContaining('"from":3,"to":2') });
    expect((await show()).version).toBe('3');
    expect(JSON.parse((await rollBack()).stdout)).toEqual({ from: 3, to: 2, functions: [], dryRun: false });
    const { version, policy } = await show();
    expect([version, policy.roles.at(-1)?.name]).toEqual(['2', 'second']);
    expect(JSON.parse((await rollBack()).stdout)).toMatchObject({ from: 2, to: 1 });
    expect((await protector(query)).stdout).toBe(before.stdout);
    expect(await rollBack()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no version before 1 to go to; versions to go to: 3, 2'),
    });
    expect(JSON.parse((await rollBack('--to', '3')).stdout)).toMatchObject({ from: 1, to: 3 });
  });

  test('is told from an edited file: what is in force, which version the file still is, and what to do', async () => {
    await rollBack('--to', '1');
    const { stderr } = await protector(['policy', 'show']);
    expect(stderr).toMatch(
      /policy\.json is still version 3, and version 1 is in force since a rollback: "protector policy seal/,
    );
    expect(stderr).not.toContain('has changed since it was sealed');
    const file = join(dir, '.protector', 'policy.json');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('"third"', '"fourth"'));
    expect((await protector(['policy', 'show'])).stderr).toContain('has changed since it was sealed');
  });

  test('does not give a version out twice: the next seal is newer than all', async () => {
    await rollBack();
    const sealed = await protector(['policy', 'seal', '--json']);
    expect(JSON.parse(sealed.stdout)).toMatchObject({ version: 4 });
    expect(JSON.parse((await rollBack()).stdout)).toMatchObject({ from: 4, to: 3 });
  });

  test('puts nothing in force that does not open', async () => {
    const kept = join(dir, '.protector', 'versions', '2.sealed.json');
    const bundle = JSON.parse(await readFile(kept, 'utf8')) as object;
    await writeFile(kept, JSON.stringify({ ...bundle, version: 7 }));
    expect(await rollBack()).toMatchObject({ code: 2, stdout: '' });
    expect((await show()).version).toBe('3');
  });
});

describe('on AWS', () => {
  const log: LogEntry[] = [];
  let cloud: TestCloud;
  let service: { endpoint: string; close(): Promise<void> };

  beforeEach(async () => {
    log.length = 0;
    cloud = new TestCloud();
    for (const role of ['one', 'two']) {
      // oxlint-disable no-await-in-loop -- one version after another
      await cloud.author(smallPolicy(role));
      await (await cloud.agent()).run();
      // oxlint-enable no-await-in-loop
    }
    cloud.model.createFunction('agent', () => {
      const handler = policyAgentHandler(
        () => cloud.environment(),
        (entry) => log.push(entry),
      );
      return (event) => handler(event, { awsRequestId: 'request-1' } as Context);
    });
    service = await startLambdaService(cloud.model);
  });
  afterEach(async () => {
    await service.close();
  });

  const rollback = (...options: readonly string[]) =>
    protector(['policy', 'rollback', '--region', 'us-east-1', ...options], {
      AWS_ENDPOINT_URL: service.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      POLICY_AGENT: 'agent',
    });
  const versions = (): string[] => cloud.functions.map((name) => cloud.aliasVersion(name));

  test('the agent says what would change, and changes it for every function', async () => {
    const dry = await rollback('--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toMatch(/redshift-a +3 +2[^]*redshift-b +3 +2[^]*would go policy version 2 → 1/);
    expect(versions()).toEqual(['3', '3']);
    expect(await rollback('--json')).toMatchObject({ code: 0, stdout: expect.stringContaining('"from":2,"to":1') });
    expect(versions()).toEqual(['2', '2']);
    expect(log.map(({ level, message }) => [level, message])).toEqual([
      ['INFO', 'A rollback would lead from version 2 to 1'],
      ['INFO', 'A rollback would lead from version 2 to 1'],
      ['INFO', 'Policy version 1 is live: rolled-back'],
    ]);
  });

  const ask = (...args: readonly string[]) =>
    protector(['policy', ...args, '--region', 'us-east-1'], {
      AWS_ENDPOINT_URL: service.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      POLICY_AGENT: 'agent',
    });

  test('the agent tells what was live when, and gives the policies of then', async () => {
    const before = cloud.nowMs;
    cloud.nowMs += 3_600_000;
    await rollback();
    const from = ['2027-01-15T08:00:00.000Z', '2027-01-15T08:00:00.000Z', '2027-01-15T09:00:00.000Z'];
    expect(JSON.parse((await ask('history', '--json')).stdout)).toMatchObject([
      { version: 1, from: from[0], until: from[1] },
      { version: 2, from: from[1], until: from[2] },
      { version: 1, from: from[2] },
    ]);
    const at = new Date(before).toISOString();
    const shown = JSON.parse((await ask('show', '--at', at, '--json')).stdout) as { version: number; policy: object };
    expect(shown).toMatchObject({ version: 2, policy: { roles: [{ name: 'two' }] } });
    expect((await ask('show', '--policy-version', '1')).stdout).toMatch(
      /live from 2027-01-15T09:00:00\.000Z,[^]*\bone\b/,
    );
    const changes = await ask('diff', '--old-version', '2', '--new-version', '1');
    expect(changes.stdout).toMatch(/two[^]*one/);
    expect(await ask('show', '--policy-version', '9')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The history of this deployment has no such policy'),
    });
  });

  test('what cannot be is refused with the reason, and exit code 1', async () => {
    expect(await rollback('--to', '9')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('version 9 is not kept; versions that are: 2, 1'),
    });
    cloud.model.functions.get('redshift-b')!.environments.set('2', () => Promise.reject(new RangeError('broken')));
    expect(await rollback()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was rolled back: redshift-b version 2: protect broke it: RangeError'),
    });
    expect(versions()).toEqual(['3', '3']);
  });

  test.each([
    ['is not there', ['--agent', 'nobody'], 'ResourceNotFoundException'],
    ['is no policy agent', ['--agent', 'redshift-a'], 'the agent answered'],
  ])('an agent that %s is named, with exit code 1 or 2', async (_, options, why) => {
    const { code, stderr } = await rollback(...options);
    expect([1, 2]).toContain(code);
    expect(stderr).toContain(why);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
