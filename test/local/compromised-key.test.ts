// A compromised root key stays out of a workspace and of a deployment, and so does an older sealed policy.
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { policyAgentHandler } from '../../functions/runtime/publish/policy-agent.ts';
import { type Outcome, prepare, runProtector } from '../support/command.ts';
import { startLambdaService } from '../support/publication/lambda-http.ts';
import { smallPolicy } from '../support/publication/small-policy.ts';
import { TestCloud } from '../support/publication/world.ts';

jest.setTimeout(120_000);

let root: string;
let dir: string;
let copies = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'compromised-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

function protector(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return runProtector(args, { cwd: dir, settings });
}

const place = (...names: string[]): string => join(dir, '.protector', ...names);
const version = async (): Promise<string> =>
  (JSON.parse((await protector(['policy', 'show', '--json'])).stdout) as { version: string }).version;

/** The records about the policy: code and description. */
async function policyRecords(): Promise<[number, string][]> {
  const text = await readFile(place('audit', 'audit.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.includes('"logtype":"Policy"'))
    .map((line) => JSON.parse(line) as { policy: { audit_code: number }; additional_info: { description: string } })
    .map(({ policy, additional_info: { description } }) => [policy.audit_code, description]);
}

async function freshCopy(): Promise<void> {
  const from = join(root, 'fresh');
  dir = join(root, String(++copies));
  await cp(from, dir, { recursive: true });
}

/** Puts a new digest, of the newest root key, in the place of the old one. */
async function replaceDigest(): Promise<void> {
  const policy = JSON.parse(await readFile(place('policy.json'), 'utf8')) as { elements: { type: string }[] };
  const elements = policy.elements.map((element) =>
    element.type === 'hmac-sha256'
      ? { ...element, id: '00000000-0000-4000-8000-0000000000aa', keyVersion: 2 }
      : element,
  );
  await writeFile(place('policy.json'), JSON.stringify({ ...policy, elements }, null, 2));
}

const VALUE = ['query', "select pty_protect_dessn('900-12-3456')"];

describe('in a workspace', () => {
  beforeAll(async () => {
    dir = join(root, 'fresh');
    await mkdir(dir);
    const run = (...args: string[]) => prepare(args, { cwd: dir });
    await run('init');
    await run('keys', 'rotate');
    await run('policy', 'rotate', 'deSSN');
    await run('policy', 'seal');
    await run('keys', 'compromise', '1');
    await run('policy', 'rotate', '--all');
    await replaceDigest();
    await run('policy', 'seal');
  });
  beforeEach(freshCopy);

  test.each([
    ['the version before', []],
    ['the version before, as a preview', ['--dry-run']],
    ['the first version', ['--to', '1']],
  ])('a rollback to %s is refused, because its elements protect with the key', async (_, options) => {
    const { code, stderr } = await protector(['policy', 'rollback', ...options]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('root key version 1 is compromised and protects de')]);
    expect(stderr).toContain('--force');
    expect(await version()).toBe('3');
    expect(await policyRecords()).toEqual([[76, expect.stringContaining('root key version 1 is compromised')]]);
  });

  test('a forced rollback is recorded before it takes effect, and the trail verifies', async () => {
    expect(await protector(['policy', 'rollback', '--force'])).toMatchObject({ code: 0 });
    expect(await version()).toBe('2');
    expect((await policyRecords()).at(-1)).toEqual([
      86,
      expect.stringMatching(/^The policy is deployed with a warning\. \(forced: root key version 1 is compromised/),
    ]);
    expect(await protector(['audit', 'verify'])).toMatchObject({ code: 0 });
    await rm(place('keys', 'audit-signing.json'));
    expect((await protector(['policy', 'rollback', '--to', '1', '--force'])).code).not.toBe(0);
    expect(await version()).toBe('2');
  });

  test('a rollback to a version without the key is not held up', async () => {
    await prepare(['policy', 'seal'], { cwd: dir });
    expect(await protector(['policy', 'rollback'])).toMatchObject({ code: 0 });
    expect(await version()).toBe('3');
  });

  test('a policy file with the key is not sealed, unless it is forced', async () => {
    await prepare(['keys', 'compromise', '2'], { cwd: dir });
    expect(await protector(['policy', 'seal'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('root key version 2 is compromised: rotate the element'),
    });
    expect(await version()).toBe('3');
    expect(await protector(['policy', 'seal', '--force'])).toMatchObject({ code: 0 });
    expect(await version()).toBe('4');
    expect((await policyRecords()).at(-1)).toEqual([86, expect.stringContaining('forced: root key version 2')]);
  });

  test('every element gets a new root key where the newest is compromised', async () => {
    await prepare(['keys', 'compromise', '2'], { cwd: dir });
    const preview = await protector(['policy', 'rotate', '--all', '--dry-run']);
    expect(preview).toMatchObject({ code: 0, stdout: expect.stringMatching(/deSSN +2 → 3 +deSSN@2/) });
    expect(preview.stdout).toContain('would rotate');
    expect((await protector(['keys', 'list', '--json'])).stdout).not.toContain('"version":3,"state"');
    const before = (await protector(VALUE)).stdout;
    await prepare(['policy', 'rotate', '--all'], { cwd: dir });
    expect(await protector(['policy', 'seal', '--force'])).toMatchObject({ code: 0 }); // the digest
    expect((await protector(VALUE)).stdout).not.toBe(before);
    expect(await protector(['policy', 'rollback'])).toMatchObject({ code: 1 });
  });

  test('a preview names what is touched and what stays readable, and changes nothing', async () => {
    const { stdout, stderr } = await protector(['keys', 'compromise', '2', '--dry-run']);
    expect(stdout).toContain('would mark root key version 2 as compromised');
    expect(stderr).toMatch(/to rotate, "protector policy rotate --all": deName/);
    expect(stderr).toMatch(/stay readable until their columns are moved: deName@2/);
    expect((await policyRecords()).length).toBe(1);
    expect(JSON.parse((await protector(['keys', 'rotate', '--dry-run', '--json'])).stdout)).toEqual({
      version: 3,
      dryRun: true,
    });
  });

  test('an element and --all exclude each other, and one of them is needed', async () => {
    expect(await protector(['policy', 'rotate'])).toMatchObject({ code: 2 });
    expect(await protector(['policy', 'rotate', 'deSSN', '--all'])).toMatchObject({ code: 2 });
  });
});

describe('an older sealed policy', () => {
  beforeEach(freshCopy);

  test.each([['1'], ['2']])('of version %s that is copied over the newest is refused', async (old) => {
    await copyFile(place('versions', `${old}.sealed.json`), place('policy.sealed.json'));
    const query = await protector(VALUE);
    expect(query.code).not.toBe(0);
    expect(query.stdout + query.stderr).toContain('is not the policy in force, version 3');
    expect(await protector(['policy', 'show'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('run "protector policy rollback --to 3"'),
    });
    expect(await protector(['policy', 'rollback', '--to', '3'])).toMatchObject({ code: 0 });
    expect(await version()).toBe('3');
  });

  test('is not opened by a seal in its place either: the new version is newer than all', async () => {
    await copyFile(place('versions', '2.sealed.json'), place('policy.sealed.json'));
    expect(JSON.parse(await prepare(['policy', 'seal', '--json'], { cwd: dir }))).toMatchObject({ version: 4 });
    expect(await version()).toBe('4');
  });

  test('comes back by a rollback, and the version that it replaced is refused then', async () => {
    await prepare(['policy', 'seal'], { cwd: dir });
    await copyFile(place('policy.sealed.json'), join(dir, 'kept.json'));
    await prepare(['policy', 'rollback'], { cwd: dir });
    expect(await version()).toBe('3');
    await copyFile(join(dir, 'kept.json'), place('policy.sealed.json'));
    expect(await protector(['policy', 'show'])).toMatchObject({ code: 2 });
  });

  test('under the name of a newer one is not put in force', async () => {
    await copyFile(place('versions', '1.sealed.json'), place('versions', '2.sealed.json'));
    expect(await protector(['policy', 'rollback', '--force'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds version 1, and not 2'),
    });
  });

  test('is refused where the file that names the policy in force is damaged', async () => {
    await writeFile(place('policy-in-force.json'), '{}');
    expect(await protector(['policy', 'show'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read'),
    });
    await prepare(['policy', 'seal'], { cwd: dir });
    expect(await version()).toBe('4');
  });
});

/** Makes a policy whose elements protect with this root key; by default with the first. */
const policyOf = (keyVersion?: number) => {
  const policy = smallPolicy('one') as { elements: object[] };
  const pins = keyVersion === undefined ? {} : { keyVersion, oldKeyVersions: [keyVersion - 1] };
  return { ...policy, elements: policy.elements.map((element) => ({ ...element, ...pins })) };
};

describe('on AWS', () => {
  let cloud: TestCloud;
  let service: { endpoint: string; close(): Promise<void> };
  const publish = async (policy: unknown): Promise<unknown> => {
    await cloud.author(policy);
    return (await cloud.agent()).run();
  };

  beforeEach(async () => {
    dir = join(root, `aws-${++copies}`);
    await mkdir(dir);
    cloud = new TestCloud();
    await publish(policyOf());
    cloud.events.length = 0;
    cloud.model.createFunction('agent', () => {
      const handler = policyAgentHandler(
        () => cloud.environment(),
        () => undefined,
      );
      return (event) => handler(event, { awsRequestId: 'request-1' } as Context);
    });
    service = await startLambdaService(cloud.model);
  });
  afterEach(async () => {
    await service.close();
  });

  const onAws = (...args: readonly string[]) =>
    protector([...args, '--region', 'us-east-1'], {
      AWS_ENDPOINT_URL: service.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      POLICY_AGENT: 'agent',
    });
  const recorded = (): string[] => cloud.events.map(({ code, detail }) => `${code} ${detail ?? ''}`);

  test('a preview shows the uses of the root key, and changes nothing', async () => {
    const { stdout, stderr, code } = await onAws('keys', 'compromise', '1', '--dry-run');
    expect([code, stdout]).toEqual([0, expect.stringContaining('would mark root key version 1 as compromised')]);
    expect(stderr).toContain('to rotate, "protector policy rotate --all": de');
    expect(stderr).not.toContain('protector_canary');
    expect(recorded()).toEqual([]);
    expect((await cloud.journal()).keyring).toBe(1);
  });

  test('a mark and a new root key are in the journal and the trail, each once', async () => {
    expect(await onAws('keys', 'compromise', '1')).toMatchObject({ code: 0 });
    expect(await onAws('keys', 'compromise', '1')).toMatchObject({ code: 0 });
    expect(recorded()).toEqual(['76 root key version 1 is compromised']);
    expect(JSON.parse((await onAws('keys', 'rotate', '--json')).stdout)).toEqual({ version: 2 });
    expect(recorded()).toEqual(['76 root key version 1 is compromised', '78 root key version 2']);
    expect(JSON.parse((await onAws('keys', 'list', '--json')).stdout)).toMatchObject({
      live: 1,
      rootKeys: [
        { version: 1, state: 'compromised' },
        { version: 2, state: 'active', protects: [] },
      ],
    });
    expect(await onAws('keys', 'compromise', '7')).toMatchObject({ code: 2 });
  });

  test('a policy that protects with the key is refused, and so is a rollback to one, unless it is forced', async () => {
    await onAws('keys', 'compromise', '1');
    expect(await publish({ ...policyOf(), groups: [{ name: 'g', members: [] }] })).toMatchObject({
      kind: 'refused',
      problems: [{ message: 'root key version 1 is compromised: rotate the element' }],
    });
    expect(await publish(policyOf(2))).toMatchObject({ kind: 'published', live: 2 });
    cloud.events.length = 0;
    for (const options of [[], ['--dry-run']]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(await onAws('policy', 'rollback', ...options)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('in version 1, root key version 1 is compromised and protects de'),
      });
    }
    expect([(await cloud.journal()).live, recorded()]).toEqual([2, []]);
    expect(await onAws('policy', 'rollback', '--force')).toMatchObject({ code: 0 });
    expect((await cloud.journal()).live).toBe(1);
    expect(recorded()[0]).toMatch(/^86 forced: root key version 1 is compromised and protects de/);
  });

  test('every element of the policy file gets the root key of the deployment', async () => {
    await prepare(['init'], { cwd: dir });
    const preview = await onAws('policy', 'rotate', '--all', '--dry-run');
    expect(preview).toMatchObject({ code: 0, stdout: expect.stringMatching(/deSSN +1 → 2 +deSSN@1/) });
    expect((await cloud.journal()).keyring).toBe(1);
    const { code, stderr } = await onAws('policy', 'rotate', '--all');
    expect([code, stderr]).toEqual([0, expect.stringContaining('Put the file into the authoring bucket')]);
    expect(recorded()).toEqual(['78 root key version 2']);
    expect(await readFile(place('policy.json'), 'utf8')).toMatch(/"keyVersion": 2/);
    expect((await protector(['keys', 'list', '--json'])).stdout).not.toContain('"version":2,"state"');
  });

  test('an older sealed policy in the place of a release is not deployed', async () => {
    await publish(policyOf(2));
    const { releases } = await cloud.journal();
    const [, first] = releases;
    const text = (await cloud.documents.read(first!.bundle))!.text;
    const { bundle } = releases[0]!;
    const stored = (await cloud.documents.read(bundle))!;
    await cloud.documents.write(bundle, text, stored.tag);
    await (await cloud.agent()).run({ kind: 'rollback' });
    const back = (await cloud.agent()).run({ kind: 'rollback', to: 2 });
    await expect(back).rejects.toMatchObject({ code: 'PUBLICATION_STATE_INVALID' });
    expect((await cloud.journal()).live).toBe(1);
  });
});
