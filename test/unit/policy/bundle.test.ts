import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createInsecureLocalKey,
  insecureLocalKeyService,
} from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { Secret } from '../../../lib/base/secret.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { sealBundle } from '../../../lib/crypto/sealed-bundle.ts';
import { openPolicy, type SealedPolicy, sealPolicy } from '../../../lib/policy/bundle.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { changed, compiledPolicy, KEYRING, POLICY, policyContent } from '../../support/policy.ts';

const CONTENT = policyContent(POLICY, { f: { Operation: 'protect', Element: 'deSSN' } });
const PUBLICATION = { version: 3, createdAt: new Date('2026-01-02T03:04:05.678Z') };
const IV = new Uint8Array(12).fill(5);

let directory: string;
let keys: KeyService;
let otherKeys: KeyService;
let sealed: SealedPolicy;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'policy-bundle-'));
  const [one, two] = [join(directory, 'one.json'), join(directory, 'two.json')];
  await createInsecureLocalKey(one);
  await createInsecureLocalKey(two);
  keys = insecureLocalKeyService(one);
  otherKeys = insecureLocalKeyService(two);
  sealed = await sealPolicy(keys, CONTENT, PUBLICATION, IV);
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** Flips one bit of one byte of base64 text. */
function flipped(base64: string, at: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = bytes[index]! ^ 1;
  return bytes.toString('base64');
}

/** Returns the code of the failure to open a bundle, and asserts that its message shows no sealed content. */
async function failureOf(bundle: unknown, service: KeyService = keys): Promise<unknown> {
  const failure: unknown = await openPolicy(service, bundle).then(
    () => 'opened',
    (error: unknown) => error,
  );
  const shown = inspect(failure, { depth: 9 });
  for (const { name, id } of CONTENT.policy.elements) {
    expect(shown).not.toContain(name);
    expect(shown).not.toContain(id);
  }
  expect(shown).not.toContain(KEYRING.kdfSalt);
  return failure;
}

describe('a sealed policy', () => {
  test('opens under the same key to the sealed content, with its version', async () => {
    expect(await openPolicy(keys, sealed)).toEqual({ version: '3', content: CONTENT });
    expect(await openPolicy(keys, JSON.parse(JSON.stringify(sealed, null, 2)))).toMatchObject({ version: '3' });
  });

  test('shows name, version, data store and time in clear, and nothing else', () => {
    expect(sealed).toEqual({
      format: 'serverless-protector/1',
      policy: 'TEST_POLICY',
      version: 3,
      dataStore: 'TEST_STORE',
      createdAt: '2026-01-02T03:04:05.678Z',
      kmsKeyId: expect.stringMatching(/^insecure-local:/),
      wrappedKey: expect.any(String),
      iv: Buffer.from(IV).toString('base64'),
      ciphertext: expect.any(String),
      tag: expect.any(String),
    });
    expect(Buffer.from(sealed.ciphertext, 'base64').toString('latin1')).not.toContain('deSSN');
  });

  test('opens whatever the order of its members', async () => {
    const turned = Object.fromEntries(Object.entries(sealed).toReversed());
    expect(await openPolicy(keys, turned)).toMatchObject({ version: '3' });
  });

  test('of release 0.1.0 opens to a policy with defaults for the members that it lacks', async () => {
    const { conflictResolution: _, masks: __, groups: ___, ...older } = CONTENT.policy;
    const { policy: name, version, dataStore, createdAt } = sealed;
    const header = { policy: name, version, dataStore, createdAt };
    const bundle = await sealBundle(keys, { policy: name, version: '3' }, header, { ...CONTENT, policy: older }, IV);
    const { content } = await openPolicy(keys, bundle);
    expect(content.policy).toEqual({ ...older, conflictResolution: 'least-restrictive', masks: [], groups: [] });
    expect(
      compilePolicy({ version: '3', content }, () => IV)
        .method('deSSN')
        .protect(['123456'], undefined).column,
    ).toEqual(compiledPolicy().method('deSSN').protect(['123456'], undefined).column);
  });

  test('is sealed under a fresh data key every time', async () => {
    const again = await sealPolicy(keys, CONTENT, PUBLICATION, IV);
    expect(again.ciphertext).not.toBe(sealed.ciphertext);
    expect(again.wrappedKey).not.toBe(sealed.wrappedKey);
  });

  test.each<[string, string, unknown, string]>([
    ['another policy name', 'policy', 'OTHER_POLICY', 'KEY_REFUSED'],
    ['another version', 'version', 4, 'KEY_REFUSED'],
    ['the version as a text', 'version', '3', 'BUNDLE_TAMPERED'],
    ['another data store', 'dataStore', 'OTHER_STORE', 'BUNDLE_TAMPERED'],
    ['another time', 'createdAt', '2026-01-02T03:04:05.679Z', 'BUNDLE_TAMPERED'],
    ['another key id', 'kmsKeyId', 'insecure-local:00000000-0000-4000-8000-000000000000', 'KEY_REFUSED'],
    ['a header member more', 'note', 'x', 'BUNDLE_TAMPERED'],
    ['another format', 'format', 'serverless-protector/2', 'BUNDLE_MALFORMED'],
    ['a header member that is an object', 'dataStore', {}, 'BUNDLE_MALFORMED'],
    ['a header member that is null', 'dataStore', null, 'BUNDLE_MALFORMED'],
    ['no policy name', 'policy', undefined, 'KEY_REFUSED'],
    ['no time', 'createdAt', undefined, 'BUNDLE_TAMPERED'],
    ['no format', 'format', undefined, 'BUNDLE_MALFORMED'],
    ['no key id', 'kmsKeyId', undefined, 'BUNDLE_MALFORMED'],
    ['no wrapped key', 'wrappedKey', undefined, 'BUNDLE_MALFORMED'],
    ['an empty wrapped key', 'wrappedKey', '', 'KEY_REFUSED'],
    ['no iv', 'iv', undefined, 'BUNDLE_MALFORMED'],
    ['an iv of 11 bytes', 'iv', Buffer.alloc(11).toString('base64'), 'BUNDLE_MALFORMED'],
    ['a tag of 4 bytes', 'tag', Buffer.alloc(4).toString('base64'), 'BUNDLE_MALFORMED'],
    ['no ciphertext', 'ciphertext', undefined, 'BUNDLE_MALFORMED'],
    ['an empty ciphertext', 'ciphertext', '', 'BUNDLE_TAMPERED'],
    ['a number as tag', 'tag', 7, 'BUNDLE_MALFORMED'],
    ['another iv', 'iv', Buffer.alloc(12, 6).toString('base64'), 'BUNDLE_TAMPERED'],
  ])('with %s is refused', async (_, member, value, code) => {
    expect(await failureOf(changed(sealed, [member], value))).toMatchObject({ code });
  });

  test.each(['kmsKeyId', 'wrappedKey', 'iv', 'ciphertext', 'tag'])(
    'without %s is refused by that name',
    async (member) => {
      const message = `This is not a sealed bundle: ${member} is missing`;
      expect(await failureOf(changed(sealed, [member], undefined))).toMatchObject({ message });
    },
  );

  test.each([
    ['ciphertext', 0, 'BUNDLE_TAMPERED'],
    ['ciphertext', -1, 'BUNDLE_TAMPERED'],
    ['tag', 0, 'BUNDLE_TAMPERED'],
    ['tag', -1, 'BUNDLE_TAMPERED'],
    ['iv', 3, 'BUNDLE_TAMPERED'],
    ['wrappedKey', 0, 'KEY_REFUSED'],
    ['wrappedKey', -1, 'KEY_REFUSED'],
  ] as const)('with one bit of its %s (byte %d) turned does not open: %s', async (member, at, code) => {
    expect(await failureOf({ ...sealed, [member]: flipped(sealed[member], at) })).toMatchObject({ code });
  });

  test.each([[null], [[]], ['text'], [7], [{}]])('is not opened from %j', async (bundle) => {
    expect(await failureOf(bundle)).toMatchObject({ code: 'BUNDLE_MALFORMED' });
  });

  test('is refused under another key, even one with the same id', async () => {
    expect(await failureOf(sealed, otherKeys)).toMatchObject({ name: 'KeyServiceError', code: 'KEY_REFUSED' });
    const impostor = { ...otherKeys, unwrapDataKey: async () => new Secret(new Uint8Array(32)) };
    expect(await failureOf(sealed, impostor)).toMatchObject({ name: 'BundleError', code: 'BUNDLE_TAMPERED' });
  });

  test('refuses parts of another version of the same policy', async () => {
    const next = await sealPolicy(keys, CONTENT, { ...PUBLICATION, version: 4 }, IV);
    for (const [mixed, code] of [
      [{ ...sealed, version: 4 }, 'KEY_REFUSED'],
      [{ ...sealed, version: 4, wrappedKey: next.wrappedKey }, 'BUNDLE_TAMPERED'],
      [{ ...sealed, wrappedKey: next.wrappedKey }, 'KEY_REFUSED'],
      [{ ...next, ciphertext: sealed.ciphertext, tag: sealed.tag }, 'BUNDLE_TAMPERED'],
    ] as const) {
      expect(await failureOf(mixed)).toMatchObject({ code });
    }
  });

  test('cannot be renamed, even if the key service ignores the context', async () => {
    const careless: KeyService = {
      generateDataKey: (context) => keys.generateDataKey(context),
      unwrapDataKey: (keyId, wrapped) => keys.unwrapDataKey(keyId, wrapped, { policy: 'TEST_POLICY', version: '3' }),
    };
    expect(await openPolicy(careless, sealed)).toMatchObject({ version: '3' });
    const renamed = { ...sealed, policy: 'OTHER_POLICY' };
    expect(await failureOf(renamed)).toMatchObject({ code: 'KEY_REFUSED' });
    expect(await failureOf(renamed, careless)).toMatchObject({ code: 'BUNDLE_TAMPERED' });
  });

  test.each(['policy', 'dataStore'] as const)('is refused if header and content differ in %s', async (member) => {
    const { policy, version, dataStore, createdAt } = sealed;
    const header = { policy, version, dataStore, createdAt, [member]: 'OTHER' };
    const context = { policy: header.policy, version: '3' };
    const bundle = await sealBundle(keys, context, header, CONTENT, IV);
    expect(await failureOf(bundle)).toMatchObject({
      code: 'BUNDLE_TAMPERED',
      message: 'The sealed policy does not match its header',
    });
  });

  test('is refused where another kind of bundle is expected', async () => {
    const context = { purpose: 'audit-signing', signingKeyId: 'x' };
    const other = await sealBundle(keys, context, { signingKeyId: 'x' }, { key: 'AA==' }, IV);
    expect(await failureOf(other)).toMatchObject({ code: 'KEY_REFUSED' });
  });

  test('destroys the data key after use', async () => {
    const seen: Secret[] = [];
    const watching: KeyService = {
      async generateDataKey(context) {
        const dataKey = await keys.generateDataKey(context);
        seen.push(dataKey.plaintext);
        return dataKey;
      },
      async unwrapDataKey(...args) {
        const key = await keys.unwrapDataKey(...args);
        seen.push(key);
        return key;
      },
    };
    const bundle = await sealPolicy(watching, CONTENT, PUBLICATION, IV);
    await openPolicy(watching, bundle);
    await failureOf({ ...bundle, tag: flipped(bundle.tag, 0) }, watching);
    expect(seen.map((key) => Buffer.from(key.expose()).equals(Buffer.alloc(32)))).toEqual([true, true, true]);
  });
});
