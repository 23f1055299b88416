import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createInsecureLocalKey, insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { createSigningKey, readSigningKey, readSigningKeyId } from '../../lib/adapters/file/signing-key.ts';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { type KeyService, KeyServiceError } from '../../lib/crypto/ports.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';

const CONTEXT = { purpose: 'policy', store: 'SAMPLE_POLICY', '10': 'ü' };
const aws = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

interface ServicesUnderTest {
  readonly service: KeyService;
  /** The same kind of service over a different wrapping key. */
  readonly other: KeyService;
  dispose(): Promise<void>;
}

keyServiceContract('a local key file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'key-service-'));
  const [one, two] = [join(directory, 'keys', 'one.json'), join(directory, 'keys', 'two.json')];
  await createInsecureLocalKey(one);
  await createInsecureLocalKey(two);
  return {
    service: insecureLocalKeyService(one),
    other: insecureLocalKeyService(two),
    dispose: () => rm(directory, { recursive: true }),
  };
});

keyServiceContract('KMS (fake)', async () => {
  const fake = await startFakeAws();
  const client = kmsClient({ ...aws, endpoint: fake.endpoint });
  return {
    service: kmsKeyService({ client, keyId: fake.createKey() }),
    other: kmsKeyService({ client, keyId: fake.createKey() }),
    dispose: async () => {
      client.destroy();
      await fake.close();
    },
  };
});

keyServiceContract(
  'KMS (moto)',
  async () => {
    const client = kmsClient({ ...aws, endpoint: MOTO_URL });
    const keyId = async () => (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
    return {
      service: kmsKeyService({ client, keyId: await keyId() }),
      other: kmsKeyService({ client, keyId: await keyId() }),
      dispose: async () => {
        client.destroy();
        await Promise.resolve();
      },
    };
  },
  MOTO_MISSING,
);

/** The promises of `KeyService`, for every adapter. With `skipped`, they are printed as skipped for that reason. */
function keyServiceContract(name: string, create: () => Promise<ServicesUnderTest>, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`a key service over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: ServicesUnderTest;
    beforeAll(async () => {
      under = await create();
    });
    afterAll(async () => {
      await under.dispose();
    });

    test('unwraps to the key it generated, whatever the order of the context', async () => {
      const { keyId, plaintext, wrapped } = await under.service.generateDataKey(CONTEXT);
      const turned = Object.fromEntries(Object.entries(CONTEXT).toReversed());
      const opened = await under.service.unwrapDataKey(keyId, wrapped, turned);
      expect(opened.expose()).toEqual(plaintext.expose());
      expect(opened.expose()).toHaveLength(32);
    });

    test('never generates the same key twice', async () => {
      const [a, b] = [await under.service.generateDataKey({}), await under.service.generateDataKey({})];
      expect(a.plaintext.expose()).not.toEqual(b.plaintext.expose());
      expect(a.wrapped).not.toEqual(b.wrapped);
    });

    test.each([
      ['a changed value', { ...CONTEXT, store: 'OTHER' }],
      ['a member more', { ...CONTEXT, more: '1' }],
      ['a member less', { purpose: 'policy' }],
      ['none', {}],
    ])('refuses another context: %s', async (_, context) => {
      const { keyId, wrapped } = await under.service.generateDataKey(CONTEXT);
      await expect(under.service.unwrapDataKey(keyId, wrapped, context)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
    });

    test('refuses altered, cut and absent bytes', async () => {
      const { keyId, wrapped } = await under.service.generateDataKey(CONTEXT);
      const altered = Uint8Array.from(wrapped, (byte, i) => (i === wrapped.length - 1 ? byte ^ 1 : byte));
      for (const bytes of [altered, wrapped.slice(0, -1), wrapped.slice(1), Uint8Array.of(1, 2, 3)]) {
        const opening = under.service.unwrapDataKey(keyId, bytes, CONTEXT);
        // oxlint-disable-next-line no-await-in-loop -- one claim per line of output when it fails
        await expect(opening).rejects.toMatchObject({ code: 'KEY_REFUSED' });
      }
    });

    test('refuses a key wrapped under another wrapping key', async () => {
      const { keyId, wrapped } = await under.service.generateDataKey(CONTEXT);
      const { keyId: otherKeyId } = await under.other.generateDataKey(CONTEXT);
      const opening = under.service.unwrapDataKey(otherKeyId, wrapped, CONTEXT);
      await expect(opening).rejects.toBeInstanceOf(KeyServiceError);
      await expect(opening).rejects.toMatchObject({ code: 'KEY_REFUSED' });
      expect(keyId).not.toBe(otherKeyId);
    });

    test('refuses an unknown wrapping key', async () => {
      const { wrapped } = await under.service.generateDataKey(CONTEXT);
      const unknown = '00000000-0000-4000-8000-000000000000';
      await expect(under.service.unwrapDataKey(unknown, wrapped, CONTEXT)).rejects.toMatchObject({
        code: 'KEY_REFUSED',
      });
    });
  });
}

describe('the KMS key service', () => {
  let fake: FakeAws;
  let service: KeyService;
  let keyId: string;
  beforeEach(async () => {
    fake = await startFakeAws();
    keyId = fake.createKey();
    const requestHandler = { requestTimeout: 100, throwOnRequestTimeout: true };
    service = kmsKeyService({
      client: kmsClient({ ...aws, endpoint: fake.endpoint, maxAttempts: 2, requestHandler }),
      keyId,
    });
  });
  afterEach(async () => {
    await fake.close();
  });

  test.each([
    ['throttle', 'KEY_SERVICE_THROTTLED'],
    ['status500', 'KEY_SERVICE_UNAVAILABLE'],
    ['drop', 'KEY_SERVICE_UNAVAILABLE'],
    ['hang', 'KEY_SERVICE_UNAVAILABLE'],
    ['deny', 'KEY_REFUSED'],
  ] as const)('rejects %s on every attempt with %s', async (kind, code) => {
    fake.fail({ kind, times: 9 });
    const generating = service.generateDataKey(CONTEXT);
    await expect(generating).rejects.toBeInstanceOf(KeyServiceError);
    await expect(generating).rejects.toMatchObject({ code });
    await expect(service.unwrapDataKey(keyId, Uint8Array.of(1), CONTEXT)).rejects.toMatchObject({ code });
  });

  test('rejects with KEY_SERVICE_UNAVAILABLE without a server', async () => {
    await fake.close();
    await expect(service.generateDataKey(CONTEXT)).rejects.toMatchObject({ code: 'KEY_SERVICE_UNAVAILABLE' });
  });

  test('retries one throttled attempt', async () => {
    fake.fail({ kind: 'throttle', times: 1 });
    await service.generateDataKey(CONTEXT);
    expect(fake.calls).toEqual(['GenerateDataKey', 'GenerateDataKey']);
  });

  test('refuses a disabled key', async () => {
    const { wrapped } = await service.generateDataKey(CONTEXT);
    fake.disableKey(keyId);
    await expect(service.unwrapDataKey(keyId, wrapped, CONTEXT)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  });

  test('unwraps by the replica of a multi-Region key in its own Region what the key of another Region wrapped', async () => {
    const multiRegion = fake.createKey(undefined, { multiRegion: true });
    const first = kmsKeyService({ client: kmsClient({ ...aws, endpoint: fake.endpoint }), keyId: multiRegion });
    const { keyId: wrappingKey, wrapped, plaintext } = await first.generateDataKey(CONTEXT);
    fake.replicateKey(multiRegion, 'eu-west-1');
    fake.disableKey(multiRegion);
    const second = kmsKeyService({ client: kmsClient({ ...aws, region: 'eu-west-1', endpoint: fake.endpoint }) });
    expect((await second.unwrapDataKey(wrappingKey, wrapped, CONTEXT)).expose()).toEqual(plaintext.expose());
  });

  test('asks the Region of a key of one Region by its own name', async () => {
    const { wrapped } = await service.generateDataKey(CONTEXT);
    fake.replicateKey(keyId, 'eu-west-1');
    fake.disableKey(keyId);
    const second = kmsKeyService({ client: kmsClient({ ...aws, region: 'eu-west-1', endpoint: fake.endpoint }) });
    await expect(second.unwrapDataKey(keyId, wrapped, CONTEXT)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  });

  test('unwraps without a key id, but does not generate', async () => {
    const { wrapped, plaintext } = await service.generateDataKey(CONTEXT);
    const unwrapOnly = kmsKeyService({ client: kmsClient({ ...aws, endpoint: fake.endpoint }) });
    expect((await unwrapOnly.unwrapDataKey(keyId, wrapped, CONTEXT)).expose()).toEqual(plaintext.expose());
    await expect(unwrapOnly.generateDataKey(CONTEXT)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  });
});

describe('a key file', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'key-file-'));
    path = join(directory, 'keys', 'audit-signing.json');
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  test('holds the created signing key, readable by its owner only', async () => {
    const made = await createSigningKey(path);
    const read = await readSigningKey(path);
    expect(read.keyId).toBe(made);
    expect(await readSigningKeyId(path)).toBe(made);
    expect(read.keyId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(read.key.expose()).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('is never overwritten', async () => {
    await createSigningKey(path);
    const before = await readFile(path, 'utf8');
    await expect(createSigningKey(path)).rejects.toMatchObject({ code: 'KEY_FILE_EXISTS' });
    await expect(createInsecureLocalKey(path)).rejects.toMatchObject({ code: 'KEY_FILE_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  test('gives a local wrapping key an id that calls it insecure', async () => {
    expect(await createInsecureLocalKey(path, (size) => new Uint8Array(size).fill(0xff))).toBe(
      'insecure-local:ffffffff-ffff-4fff-bfff-ffffffffffff',
    );
  });

  test.each([
    ['not JSON', 'PROBE', 'KEY_FILE_INVALID'],
    ['not an object', '"PROBE"', 'KEY_FILE_INVALID'],
    ['without a key id', '{"key":"UFJPQkU="}', 'KEY_FILE_INVALID'],
    ['with a key of another length', '{"key_id":"PROBE","key":"UFJPQkU="}', 'KEY_FILE_INVALID'],
    [
      'with a key that is 32 bytes but not base64',
      `{"key_id":"a","key":"PROBE*${'A'.repeat(38)}="}`,
      'KEY_FILE_INVALID',
    ],
  ])('that is broken is refused by its path, without its content: %s', async (_, content, code) => {
    path = join(directory, 'broken.json');
    await writeFile(path, content, { mode: 0o600 });
    const failure: unknown = await readSigningKey(path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(path) });
    expect(inspect(failure)).not.toContain('PROBE');
  });

  test('is refused by its path while it is absent, and found later', async () => {
    await expect(readSigningKey(path)).rejects.toMatchObject({
      code: 'KEY_FILE_UNREADABLE',
      message: expect.stringContaining(`${path} cannot be read (ENOENT)`),
    });
    const service = insecureLocalKeyService(path);
    const generating = service.generateDataKey(CONTEXT);
    await expect(generating).rejects.toBeInstanceOf(KeyServiceError);
    await expect(generating).rejects.toMatchObject({ code: 'KEY_REFUSED', message: expect.stringContaining(path) });
    await createInsecureLocalKey(path);
    await service.generateDataKey(CONTEXT);
  });
});
