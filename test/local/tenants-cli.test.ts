// oxlint-disable typescript/no-explicit-any -- what commands print, and what a tenants file is changed to, has no type here
// Tenants by the commands, over real files, and S3 and KMS over a socket.
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import { workspace } from '../../functions/cli/workspace/workspace.ts';
import { currentTenants } from '../../functions/runtime/reload/tenants.ts';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { isApiKey } from '../../lib/tenants/api-keys.ts';
import { contextOf, parseEdek } from '../../lib/tenants/edek.ts';
import type { Tenants } from '../../lib/tenants/model.ts';
import { localTenantKms } from '../../functions/runtime/keys/tenant-kms.ts';
import { bufferedIo, runProtector, type Outcome } from '../support/command.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import { API_KEY } from '../support/tenants.ts';

jest.setTimeout(120_000);

let root: string;
let dir: string;
let copies = 0;
let settings: Record<string, string> = {};

const protector = (...args: readonly string[]): Promise<Outcome> =>
  runProtector([...args, '--dir', dir], { cwd: root, settings });

async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await protector(...args);
  if (code !== 0) throw new Error(`It ended with ${code}: ${stderr}`);
  return stdout;
}

const json = async (...args: readonly string[]): Promise<any> => JSON.parse(await output(...args, '--json'));

async function edit(change: (tenants: any) => void): Promise<void> {
  const path = join(dir, 'tenants.json');
  const tenants: unknown = JSON.parse(await readFile(path, 'utf8'));
  change(tenants);
  await writeFile(path, JSON.stringify(tenants, null, 2));
}

const writeSecrets = (secrets: object): Promise<void> =>
  writeFile(join(dir, 'tenant-secrets.json'), JSON.stringify(secrets), { mode: 0o600 });

/** What gateway and forwarder read. */
const inForce = (): Promise<Tenants> =>
  currentTenants(workspace(dir).sealedTenants, insecureLocalKeyService(workspace(dir).localKey))();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-tenants-'));
  dir = join(root, 'fresh');
  await output('init');
});
beforeEach(async () => {
  settings = {};
  dir = join(root, `copy-${++copies}`);
  await cp(join(root, 'fresh'), dir, { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

describe('protector init', () => {
  test('makes tenants that are checked, sealed and at once in force, with an API key and secrets of their own', async () => {
    const { valid, tenants, warnings } = await json('tenants', 'check');
    expect([valid, tenants, warnings]).toEqual([true, 2, []]);
    const sealed = await inForce();
    const secrets: any = JSON.parse(await readFile(join(dir, 'tenant-secrets.json'), 'utf8'));
    expect([sealed.version, isApiKey(sealed, secrets['app-key'])]).toEqual([1, true]);
    const modes = await Promise.all(
      ['tenant-secrets.json', 'tenants.sealed.json', 'keys/tenants/acme.json'].map((name) => stat(join(dir, name))),
    );
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    const acme = sealed.tenants.get('acme')!;
    const edek = parseEdek(acme.secrets[0]!.edek);
    const opened = await localTenantKms(workspace(dir).tenantKeys).unwrap(
      acme.kms[0]!.key,
      (edek as { wrapped: Uint8Array }).wrapped,
      contextOf('acme', 1, 'secret'),
    );
    expect(opened.expose()).toHaveLength(32);
  });
});

describe('protector tenants check', () => {
  test('says everything that is wrong with a YAML file, with its lines, and ends with 1', async () => {
    const tenants: any = JSON.parse(await readFile(join(dir, 'tenants.json'), 'utf8'));
    tenants.tenants[0].kms[0].state = 'lost';
    tenants.tenants[1].id = 'acme';
    tenants.tenants[1].sinks[0].kind = 'splunk';
    await rm(join(dir, 'tenants.json'));
    const text = stringify(tenants);
    await writeFile(join(dir, 'tenants.yaml'), text);
    const { code, stderr } = await protector('tenants', 'check');
    const lineOf = (part: string, nth = 0) =>
      text.split('\n').flatMap((line, i) => (line.includes(part) ? [i + 1] : []))[nth];
    expect(code).toBe(1);
    expect(stderr).toContain(`line ${lineOf('state: lost')}, $.tenants[0].kms[0].state`);
    expect(stderr).toContain(`line ${lineOf('id: acme', 1)}, $.tenants[1].id`);
    expect(stderr).toContain('$.tenants[1].sinks[0].url');
    const { code: again, stdout } = await protector('tenants', 'check', '--json');
    expect([again, JSON.parse(stdout)]).toEqual([1, { valid: false, problems: expect.any(Array) }]);
  });

  test('compares with what is sealed', async () => {
    await edit(({ tenants }) => {
      tenants[0].kms[0].key = 'insecure-local:other';
    });
    const { code, stderr } = await protector('tenants', 'check');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/line \d+, \$\.tenants\[0\]\.kms\[0\]\.key: .*sealed before/),
    ]);
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['others may read', () => chmod(join(dir, 'tenant-secrets.json'), 0o640), /chmod 600/],
    ['are no JSON', () => writeFile(join(dir, 'tenant-secrets.json'), 'PROBE'), /it is not JSON/],
    ['are no texts', () => writeSecrets({ 'app-key': ['PROBE'] }), /must be an object of names/],
    [
      'are in a variable that is not set',
      () => writeSecrets({ 'app-key': { env: 'APP_KEY_X' } }),
      /APP_KEY_X, which is not set/,
    ],
    [
      'are in a file that is not there',
      () => writeSecrets({ 'app-key': { file: 'nowhere' } }),
      /nowhere, which cannot be read/,
    ],
  ])('refuses secrets that %s, and shows none', async (_, spoil, message) => {
    await spoil();
    const { code, stdout, stderr } = await protector('tenants', 'check');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('PROBE');
  });

  test('takes secrets from variables and from files, and warns of a secret that is not used', async () => {
    await edit(({ tenants, apiKeys }) => {
      apiKeys.push({ id: 'second', secretRef: 'second' });
      tenants[0].sinks.push({ name: 'siem', kind: 'splunk', url: 'https://h:8088', token: { secretRef: 'token' } });
    });
    await writeFile(join(dir, 'token'), '6f9619ff-8b86-4d01-b42d-00cf4fc964ff\n', { mode: 0o600 });
    await writeSecrets({
      'app-key': { env: 'APP_KEY' },
      second: { env: 'SECOND_KEY' },
      token: { file: 'token' },
      old: 'not used',
    });
    settings = { APP_KEY: API_KEY, SECOND_KEY: API_KEY.split('').toReversed().join('') };
    const { valid, apiKeys, sinks, warnings } = await json('tenants', 'check');
    expect([valid, apiKeys, sinks]).toEqual([true, 2, 3]);
    expect(warnings).toEqual([{ path: '$', message: expect.stringContaining('"old"') }]);
    await output('tenants', 'seal');
    const sealed = await inForce();
    const [, splunk] = sealed.tenants.get('acme')!.sinks.map((sink) => sink.settings);
    expect(Buffer.from((splunk as any).token.expose()).toString()).toBe('6f9619ff-8b86-4d01-b42d-00cf4fc964ff');
    expect([isApiKey(sealed, API_KEY), isApiKey(sealed, settings['SECOND_KEY']!)]).toEqual([true, true]);
  });
});

describe('protector tenants seal', () => {
  test('makes the next version, keeps secrets, and refuses what contradicts the one before', async () => {
    const before = (await inForce()).tenants.get('acme')!.secrets;
    await edit(({ tenants }) => {
      tenants[0].kms[0] = { id: 1, key: 'insecure-local:acme' };
      tenants[0].kms.push({ id: 2, key: 'insecure-local:globex', primary: true });
    });
    const sealed = await json('tenants', 'seal');
    expect(sealed).toMatchObject({ version: 2, made: [], rewrapped: ['acme'], failures: [] });
    const { version, tenants } = await inForce();
    const [secret] = tenants.get('acme')!.secrets;
    expect([version, secret!.id, parseEdek(secret!.edek).configuration]).toEqual([2, before[0]!.id, 2]);
    await edit(({ tenants: list }) => list[0].kms.shift());
    const refused = await protector('tenants', 'seal');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('"archived"')]);
    expect((await inForce()).version).toBe(2);
  });

  test('goes on without a tenant whose KMS fails, and says so', async () => {
    await edit(({ tenants }) =>
      tenants.push({ id: 'new', kms: [{ id: 1, key: 'insecure-local:none', primary: true }] }),
    );
    const { code, stderr } = await protector('tenants', 'seal');
    expect([code, stderr]).toEqual([0, expect.stringContaining('KMS_CONFIGURATION_INVALID')]);
    expect((await inForce()).tenants.get('new')!.secrets).toEqual([]);
  });
});

test('protector tenants rotate makes a secret that is current, keeps the old, and takes nothing of the file that is not sealed', async () => {
  await edit((tenants) => {
    tenants.unconfigured = 'discard';
  });
  const [old] = (await inForce()).tenants.get('acme')!.secrets;
  const { secretId, version } = await json('tenants', 'rotate', 'acme');
  const { unconfigured, tenants } = await inForce();
  expect([version, unconfigured]).toEqual([2, 'stdout']);
  expect(tenants.get('acme')!.secrets.map(({ id, current }) => [id, current])).toEqual([
    [old!.id, false],
    [secretId, true],
  ]);
  const { code, stderr } = await protector('tenants', 'rotate', 'nobody');
  expect([code, stderr]).toEqual([2, expect.stringContaining('no such tenant')]);
});

test('protector tenants archive shows what ends and asks, changes nothing at no, and can be taken back', async () => {
  const [old] = (await inForce()).tenants.get('acme')!.secrets;
  const id = String(old!.id);
  const refused = await protector('tenants', 'archive', 'acme', id);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is current: rotate first')]);
  await output('tenants', 'rotate', 'acme');
  const archivedOf = async () =>
    (await inForce()).tenants.get('acme')!.secrets.map(({ archived }) => archived ?? false);
  const dry = await protector('tenants', 'archive', 'acme', id, '--dry-run');
  expect([dry.code, dry.stdout, dry.stderr]).toEqual([
    0,
    expect.stringContaining(`would archive the secret ${id} of acme for every secret path`),
    expect.stringContaining('not found or decrypted'),
  ]);
  const questions: string[] = [];
  const asked = (answer: boolean, ...options: readonly string[]) => {
    const ask = (question: string): Promise<boolean> => {
      questions.push(question);
      return Promise.resolve(answer);
    };
    const { io } = bufferedIo({ cwd: root, settings }, { ask });
    return runCommandLine(['tenants', 'archive', 'acme', id, '--dir', dir, ...options], io);
  };
  expect([await asked(false), await archivedOf()]).toEqual([1, [false, false]]);
  expect([await asked(true, '--path', 'ssn'), await archivedOf()]).toEqual([0, [['ssn'], false]]);
  expect([await asked(false, '--yes'), await archivedOf()]).toEqual([0, [true, false]]);
  expect([await asked(false, '--undo'), await archivedOf()]).toEqual([0, [false, false]]);
  expect(questions).toEqual([
    `Archive the secret ${id} of acme for every secret path?`,
    `Archive the secret ${id} of acme for the secret path "ssn"?`,
  ]);
});

test('protector tenants api-key prints a key once, keeps its digest, and takes no id twice', async () => {
  const { key, sha256 } = await json('tenants', 'api-key', 'second');
  const text = await readFile(join(dir, 'tenants.json'), 'utf8');
  expect([text.includes(key), text.includes(sha256)]).toEqual([false, true]);
  expect(isApiKey(await inForce(), key)).toBe(false);
  await output('tenants', 'seal');
  expect(isApiKey(await inForce(), key)).toBe(true);
  const { code, stderr } = await protector('tenants', 'api-key', 'second');
  expect([code, stderr]).toEqual([2, expect.stringContaining('has an API key second')]);
});

test('protector tenants show says everything but secrets', async () => {
  const text = `${await output('tenants', 'show')}${await output('tenants', 'show', '--json')}`;
  const secrets: any = JSON.parse(await readFile(join(dir, 'tenant-secrets.json'), 'utf8'));
  for (const part of ['acme', 'globex', 'insecure-local:acme', 'primary', 'acme.jsonl', 'USER_*'])
    expect(text).toContain(part);
  expect(text).not.toContain(secrets['app-key']);
});

test('a workspace of an earlier release has no tenants, is told so, and gets them', async () => {
  for (const name of ['tenants.json', 'tenant-secrets.json', 'tenants.sealed.json', 'keys/tenants']) {
    // oxlint-disable-next-line no-await-in-loop -- four of them
    await rm(join(dir, name), { recursive: true });
  }
  await expect(inForce()).rejects.toMatchObject({ code: 'TENANTS_MISSING' });
  const { code, stderr } = await protector('tenants', 'check');
  expect([code, stderr]).toEqual([2, expect.stringContaining('protector tenants init')]);
  expect((await protector('tenants', 'show')).code).toBe(2);
  await output('tenants', 'init');
  expect((await inForce()).tenants.size).toBe(2);
  expect((await protector('tenants', 'init')).code).toBe(2);
});

describe('tenants in S3', () => {
  let aws: FakeAws;
  let bucket: FakeBucket;
  const place = 's3://sealed/prod/tenants.sealed.json';
  const roleArn = 'arn:aws:iam::111122223333:role/events';
  beforeAll(async () => {
    [aws, bucket] = await Promise.all([startFakeAws(), startFakeBucket()]);
  });
  afterAll(() => Promise.all([aws.close(), bucket.close()]));
  beforeEach(() => {
    settings = {
      AWS_ENDPOINT_URL: bucket.endpoint,
      AWS_ENDPOINT_URL_KMS: aws.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  });

  test('are sealed under a KMS key, again under the same one, shown and rotated; local keys and sinks are refused', async () => {
    const sealing = aws.createKey();
    const refused = await protector('tenants', 'seal', '--to', place, '--kms', sealing);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/\$\.tenants\[0\]\.kms\[0\]\.key[^]*\$\.tenants\[1\]\.sinks\[0\]\.kind/);
    await edit(({ tenants }) => {
      tenants[0].kms[0].key = aws.createKey();
      tenants[1].kms[0].key = aws.createKey();
      tenants[0].sinks = [{ name: 'log', kind: 'cloudwatch-logs', region: 'eu-west-1', logGroup: 'events', roleArn }];
      tenants[1].sinks = [{ name: 'archive', kind: 's3', region: 'eu-west-1', bucket: 'sealed', roleArn }];
    });
    const ours = await protector('tenants', 'seal', '--to', place, '--kms', sealing, '--own', 'others', 'events');
    expect([ours.code, ours.stderr]).toEqual([
      1,
      expect.stringMatching(/sinks\[0\]\.logGroup: is a log group of this[^]*sinks\[0\]\.bucket: is a bucket of this/),
    ]);
    const checked = await protector('tenants', 'check', '--own', 'events');
    expect([checked.code, checked.stderr]).toEqual([1, expect.stringContaining('tenants[0].sinks[0].logGroup')]);
    await edit(({ tenants }) => {
      tenants[1].sinks = [];
    });
    const unnamed = await protector('tenants', 'seal', '--to', place);
    expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('--kms')]);
    const first = await json('tenants', 'seal', '--to', place, '--kms', sealing);
    expect(first).toMatchObject({ version: 1, made: ['acme', 'globex'] });
    expect(await json('tenants', 'seal', '--to', place)).toMatchObject({ version: 2, made: [] });
    expect(await json('tenants', 'rotate', 'globex', '--at', place)).toMatchObject({ version: 3 });
    expect(await json('tenants', 'show', '--at', place)).toMatchObject({ version: 3, kmsKeyId: sealing });
    expect((await inForce()).version).toBe(1); // the workspace's own are as they were
  });

  test('that another process seals meanwhile are not overwritten', async () => {
    await edit(({ tenants }) => {
      for (const tenant of tenants) Object.assign(tenant, { kms: [], leasing: false, sinks: [] });
    });
    await output('tenants', 'seal', '--to', `${place}.2`, '--kms', aws.createKey());
    bucket.fail({ kind: 'conflict', times: 9, operation: 'PUT' });
    const { code, stderr } = await protector('tenants', 'seal', '--to', `${place}.2`);
    bucket.heal();
    expect([code, stderr]).toEqual([2, expect.stringContaining('run the command again')]);
  });

  test('are nowhere else', async () => {
    const { code, stderr } = await protector('tenants', 'show', '--at', 'gs://bucket/key');
    expect([code, stderr]).toEqual([2, expect.stringContaining('s3://bucket/key')]);
  });
});
