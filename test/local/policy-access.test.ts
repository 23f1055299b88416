// What was decided then, and the list for auditors: in a workspace, and on AWS against the real agent behind Lambda's own API.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { policyAgentHandler } from '../../functions/runtime/publish/policy-agent.ts';
import { approvalStatement, NAMESPACES, releaseStatement } from '../../lib/publication/gate.ts';
import { type Outcome, prepare, runProtector } from '../support/command.ts';
import { startLambdaService } from '../support/publication/lambda-http.ts';
import { smallPolicy } from '../support/publication/small-policy.ts';
import { TestCloud } from '../support/publication/world.ts';
import { sshKey } from '../support/ssh-keys.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'access-'));
});
afterAll(() => rm(root, { recursive: true }));

type Row = Readonly<Record<string, string>>;

/** Reads CSV (RFC 4180) without line breaks in fields. */
function rowsOf(csv: string): Row[] {
  const [head = [], ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!,
      ),
    );
  return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]!])));
}

const inWorkspace = (...args: readonly string[]): Promise<Outcome> => runProtector(['policy', ...args], { cwd: root });

describe('in a workspace', () => {
  beforeAll(async () => {
    await prepare(['init'], { cwd: root });
    const path = join(root, '.protector', 'policy.json');
    const document = JSON.parse(await readFile(path, 'utf8')) as { roles: { members: unknown[] }[] };
    document.roles[1]!.members.push({ user: 'eva', until: '2099-01-01' }, '=cmd');
    await writeFile(path, JSON.stringify(document));
    await prepare(['policy', 'seal'], { cwd: root });
  });

  test('lists who may do what with which element, with roles and times', async () => {
    const rows = rowsOf((await inWorkspace('access', '--csv')).stdout);
    const of = (user: string, element: string) =>
      rows.find((row) => row['user'] === user && row['element'] === element);
    expect(of('test_user', 'deSSN')).toMatchObject({ protect: 'allowed', unprotect: 'clear', reprotect: 'allowed' });
    expect(of('eva', 'deCity')).toMatchObject({
      protect: 'refused, code 3',
      unprotect: 'clear',
      because: expect.stringContaining('unprotect: analyst grants it'),
      roles: expect.stringMatching(/^analyst \(a member until 2099-01-01\): grants unprotect/),
    });
    expect(of('eva', 'deSSN')).toBeUndefined();
    expect(rows.some(({ user }) => user === "'=cmd")).toBe(true);
    const all = rowsOf((await inWorkspace('access', '--csv', '--all')).stdout);
    expect(all).toHaveLength(6 * 13);
    expect(all.at(-1)).toMatchObject({ user: 'anybody else', unprotect: 'refused, code 1' });
  });

  test('answers for another time, and for a version that was in force', async () => {
    const rows = rowsOf((await inWorkspace('access', '--csv', '--at', '2099-01-01')).stdout);
    expect(rows.some(({ user }) => user === 'eva')).toBe(false);
    expect((await inWorkspace('access', '--csv', '--policy-version', '1')).stdout).not.toContain('eva');
    const explained = await inWorkspace(
      'explain',
      '--policy-version',
      '1',
      '--user',
      'eva',
      '--element',
      'deCity',
      '--json',
    );
    expect(JSON.parse(explained.stdout)).toMatchObject({
      operations: [{ answer: 'refused, code 1' }, {}, {}],
      release: { version: 1, policy: 'SAMPLE_POLICY', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const { stdout } = await inWorkspace(
      'explain',
      '--policy-version',
      '2',
      '--user',
      'eva',
      '--element',
      'deCity',
      '--at',
      '2030-01-01',
    );
    expect(stdout).toMatch(/eva, deCity, policy SAMPLE_POLICY version 2, sealed .*, asked at 2030-01-01T00:00:00Z/);
    expect(stdout).toMatch(/Unprotect +allowed/);
  });

  test('prints a table for people, with the results of the tests beside the policy', async () => {
    const { code, stdout } = await inWorkspace('access');
    expect(code).toBe(0);
    expect(stdout).toMatch(/SAMPLE_POLICY version 2, sealed .*\n19 tests at .*, 0 failed\n/);
    expect(stdout).toMatch(/eva +deCity +refused, code 3 +clear/);
    expect(stdout).toMatch(/of 78 pairs of 5 users and all others × 13 elements/);
  });

  test('writes files that can be told from changed ones, and overwrites none', async () => {
    const out = join(root, 'review');
    const { code, stdout } = await inWorkspace('access', '--out', 'review');
    expect(code).toBe(0);
    for (const name of ['access.csv', 'tests.csv', 'release.csv', 'access.json']) {
      // oxlint-disable-next-line no-await-in-loop -- four files
      const bytes = await readFile(join(out, name));
      expect(stdout).toContain(`${name}  sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    }
    const whole = JSON.parse(await readFile(join(out, 'access.json'), 'utf8')) as Record<string, unknown>;
    const rows = rowsOf(await readFile(join(out, 'access.csv'), 'utf8'));
    expect(whole).toMatchObject({ policy: 'SAMPLE_POLICY', version: 2, users: 5, elements: 13, pairs: 78 });
    expect(whole['access']).toHaveLength(rows.length);
    const tests = rowsOf(await readFile(join(out, 'tests.csv'), 'utf8'));
    expect(tests).toHaveLength(19);
    expect(tests[0]).toMatchObject({ file: 'policy.tests.yaml', kind: 'test', passed: 'true' });
    const facts = rowsOf(await readFile(join(out, 'release.csv'), 'utf8'));
    expect(facts).toContainEqual({ fact: 'version', value: '2' });
    const mode = process.platform === 'win32' ? 0 : (await stat(join(out, 'access.csv'))).mode;
    expect(mode & 0o077).toBe(0);
    expect(await inWorkspace('access', '--out', 'review')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('access.csv exists and is not overwritten'),
    });
  });
});

describe('on AWS', () => {
  let cloud: TestCloud;
  let service: { endpoint: string; close(): Promise<void> };
  const [alice, bob] = [sshKey(), sshKey()];
  const startMs = Date.parse('2026-01-15T08:00:00Z');
  const atOf = (afterMs: number): string => new Date(startMs + afterMs).toISOString();

  beforeAll(async () => {
    cloud = new TestCloud();
    cloud.nowMs = startMs;
    const signers = [
      { name: 'alice', fingerprint: alice.fingerprint, may: new Set(['author' as const]) },
      { name: 'bob', fingerprint: bob.fingerprint, may: new Set(['approve' as const]) },
    ];
    const settings = { gate: { signers, requires: new Set(['approval' as const]), place: 'P' } };
    const policy = smallPolicy('reader') as { roles: { members: unknown[] }[] };
    policy.roles[0]!.members.push({ user: 'joe', until: atOf(3_600_000) });
    const statement = 'nobody but test_user and joe sees deSSN in clear';
    const files = { policy: JSON.stringify(policy), tests: JSON.stringify({ statements: [statement] }) };
    await cloud.author(policy);
    await cloud.authored.put('policy.tests.json', files.tests);
    await cloud.authored.put('release.sig', alice.sign(NAMESPACES.author, releaseStatement(files)));
    const approval = bob.sign(NAMESPACES.approve, approvalStatement(files, 'P', undefined));
    await (await cloud.agent(settings)).run({ kind: 'approve', approval });
    cloud.nowMs += 7_200_000;
    await cloud.author(smallPolicy('other'));
    await cloud.authored.put(
      'policy.tests.json',
      JSON.stringify({ statements: ['nobody may unprotect deSSN but test_user'] }),
    );
    await cloud.authored.put('release.sig', '');
    await (await cloud.agent()).run();
    cloud.model.createFunction('agent', () => {
      const handler = policyAgentHandler(
        () => cloud.environment(),
        () => {},
        () => {},
      );
      return (event) => handler(event, { awsRequestId: 'request-1' } as Context);
    });
    service = await startLambdaService(cloud.model);
  });
  afterAll(() => service.close());

  const policy = (...args: readonly string[]): Promise<Outcome> =>
    runProtector(['policy', ...args, '--region', 'us-east-1'], {
      cwd: root,
      settings: {
        AWS_ENDPOINT_URL: service.endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        POLICY_AGENT: 'agent',
      },
    });
  const explain = async (...args: readonly string[]) => {
    const { stdout } = await policy('explain', '--user', 'joe', '--element', 'deSSN', '--json', ...args);
    const { operations, release } = JSON.parse(stdout) as {
      operations: { answer: string; because: string }[];
      release: { version: number; at: string };
    };
    return [release.version, release.at, operations[1]!.answer];
  };

  test('explain answers for the policy that was live then, as it decided then', async () => {
    expect(await explain('--at', atOf(60_000))).toEqual([1, '2026-01-15T08:01:00Z', 'allowed']);
    expect(await explain('--at', atOf(3_600_000))).toEqual([1, '2026-01-15T09:00:00Z', 'refused, code 1']);
    expect(await explain('--at', atOf(7_200_000))).toEqual([2, '2026-01-15T10:00:00Z', 'refused, code 1']);
    // The last moment in which version 1 was live.
    expect(await explain('--policy-version', '1')).toEqual([1, '2026-01-15T09:59:59.999Z', 'refused, code 1']);
    const { stdout } = await policy('explain', '--user', 'joe', '--element', 'deSSN', '--at', atOf(60_000));
    expect(stdout).toContain('version 1, live from 2026-01-15T08:00:00Z until 2026-01-15T10:00:00Z, asked at');
  });

  test('the list says who signed and approved, and which tests the release had passed', async () => {
    const { stdout } = await policy('access', '--at', atOf(60_000), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      author: 'alice',
      approver: 'bob',
      testsPassed: 1,
      liveFrom: '2026-01-15T08:00:00Z',
      tests: {
        ranAt: '2026-01-15T08:00:00Z',
        results: [
          {
            file: 'policy.tests.json',
            kind: 'statement',
            text: 'nobody but test_user and joe sees deSSN in clear',
            passed: true,
          },
        ],
      },
      access: [{ user: 'joe', element: 'deSSN', unprotect: 'clear' }, { user: 'test_user' }],
    });
    const shown = (await policy('access', '--policy-version', '1')).stdout;
    expect(shown).toMatch(/signed by alice\napproved by bob\n1 test at 2026-01-15T08:00:00Z, 0 failed/);
    expect(shown).not.toMatch(/\bjoe\b/);
  });

  test('what never was is refused', async () => {
    expect(await policy('access', '--policy-version', '9')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The history of this deployment has no such policy'),
    });
  });
});
