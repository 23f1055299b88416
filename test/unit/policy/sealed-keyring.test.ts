import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createInsecureLocalKey,
  insecureLocalKeyService,
} from '../../../lib/adapters/file/insecure-local-key-service.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { openPolicy, sealPolicy } from '../../../lib/policy/bundle.ts';
import type { KeyringDocument } from '../../../lib/policy/keyring.ts';
import { openKeyring, type SealedKeyring, sealKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { KEYRING, policyContent } from '../../support/policy.ts';

const AT = new Date('2026-01-02T03:04:05.678Z');
const IV = new Uint8Array(12).fill(5);
const OPENED = { dataStore: 'TEST_STORE', version: 4, content: KEYRING };

let directory: string;
let keys: KeyService;
let sealed: SealedKeyring;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keyring-'));
  await createInsecureLocalKey(join(directory, 'key.json'));
  keys = insecureLocalKeyService(join(directory, 'key.json'));
  sealed = await sealKeyring(keys, OPENED, AT, IV);
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('a sealed keyring', () => {
  test('opens to the sealed content, and shows data store, version and time only', async () => {
    expect(await openKeyring(keys, JSON.parse(JSON.stringify(sealed)))).toEqual(OPENED);
    expect(sealed).toEqual({
      format: 'serverless-protector/1',
      keyring: 'TEST_STORE',
      version: 4,
      createdAt: '2026-01-02T03:04:05.678Z',
      kmsKeyId: expect.any(String),
      wrappedKey: expect.any(String),
      iv: expect.any(String),
      ciphertext: expect.any(String),
      tag: expect.any(String),
    });
    expect(JSON.stringify(sealed)).not.toContain(KEYRING.kdfSalt);
  });

  test.each([
    ['another data store', { keyring: 'OTHER' }, 'KEY_REFUSED'],
    ['another version', { version: 5 }, 'KEY_REFUSED'],
    ['the version as a text', { version: '4' }, 'BUNDLE_TAMPERED'],
    ['another time', { createdAt: '2026-01-02T03:04:05.679Z' }, 'BUNDLE_TAMPERED'],
  ])('with %s in its header is refused', async (_, change, code) => {
    await expect(openKeyring(keys, { ...sealed, ...change })).rejects.toMatchObject({ code });
  });

  test('is refused as a policy, and a sealed policy is refused as a keyring', async () => {
    const policy = await sealPolicy(keys, policyContent(), { version: 4, createdAt: AT }, IV);
    await expect(openKeyring(keys, policy)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
    await expect(openPolicy(keys, sealed)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  });

  test.each([[{}], [{ ...KEYRING, rootKeys: [] }], [{ ...KEYRING, kdfSalt: 'AA==' }]])(
    'is not sealed from %j',
    async (content) => {
      const made = sealKeyring(keys, { ...OPENED, content: content as KeyringDocument }, AT, IV);
      await expect(made).rejects.toMatchObject({ code: 'BUNDLE_MALFORMED' });
    },
  );
});
