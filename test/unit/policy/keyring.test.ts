import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import { Secret } from '../../../lib/base/secret.ts';
import {
  Keyring,
  type KeyringDocument,
  newestVersion,
  newKeyring,
  rotateKeyring,
} from '../../../lib/policy/keyring.ts';
import { KEYRING } from '../../support/policy.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const key = (keyring: Keyring, id = ID, version?: number) =>
  Buffer.from(keyring.elementKey(id, 'ff1', version).expose()).toString('hex');

/** Computes RFC 5869 by its formulas, for one block of output. */
function hkdf(ikm: Buffer, salt: Buffer, info: Buffer): string {
  const prk = createHmac('sha256', salt).update(ikm).digest();
  return createHmac('sha256', prk).update(info).update(Buffer.of(1)).digest('hex');
}

const field = (value: string) => Buffer.concat([Buffer.of(0, Buffer.byteLength(value)), Buffer.from(value)]);

const rotate = (document: KeyringDocument, byte: number) =>
  rotateKeyring(document, (bytes) => new Uint8Array(bytes).fill(byte), new Date('2026-01-02T03:04:05Z'));

describe('a keyring', () => {
  test('derives HKDF-SHA-256 keys from product, element id, purpose and version, each field with its length', () => {
    const info = Buffer.concat([Buffer.from('serverless-protector/1'), ...[ID, 'ff1', '1'].map(field)]);
    expect(key(new Keyring(KEYRING))).toBe(hkdf(Buffer.alloc(32, 2), Buffer.alloc(32, 1), info));
  });

  test.each([
    ['ff1', 32],
    ['perm', 32],
    ['gcm', 32],
    ['siv', 64],
    ['hmac', 32],
  ] as const)('derives a key for %s of %i bytes', (purpose, bytes) => {
    expect(new Keyring(KEYRING).elementKey(ID, purpose).expose()).toHaveLength(bytes);
  });

  test.each([
    ['another element', new Keyring(KEYRING), '00000000-0000-4000-8000-000000000002'],
    ['another salt', new Keyring({ ...KEYRING, kdfSalt: Buffer.alloc(32, 3).toString('base64') }), ID],
    [
      'another root',
      new Keyring({ ...KEYRING, rootKeys: [{ version: 1, key: Buffer.alloc(32, 3).toString('base64') }] }),
      ID,
    ],
  ])('derives another key for %s', (_, keyring, id) => {
    expect(key(keyring, id)).not.toBe(key(new Keyring(KEYRING)));
    expect(key(keyring, id)).toHaveLength(64);
  });

  test('derives another key for each version even from equal roots, and refuses a version without a root', () => {
    const [root] = KEYRING.rootKeys;
    const keyring = new Keyring({ ...KEYRING, rootKeys: [root!, { ...root!, version: 2 }] });
    expect(key(keyring, ID, 2)).not.toBe(key(keyring, ID, 1));
    expect(() => key(keyring, ID, 3)).toThrow(new RangeError('The keyring has no root key of version 3'));
  });

  test('derives equal keys each time one document is read', () => {
    expect(key(new Keyring(structuredClone(KEYRING)))).toBe(key(new Keyring(KEYRING)));
  });

  test('refuses to derive keys after destroy, and keeps keys derived before usable', () => {
    const keyring = new Keyring(KEYRING);
    const before = keyring.elementKey(ID, 'ff1');
    const text = key(keyring);
    keyring.destroy();
    expect(Buffer.from(before.expose()).toString('hex')).toBe(text);
    expect(() => key(keyring)).toThrow(new RangeError('The keyring is destroyed'));
  });

  test('overwrites its root keys with zeros on destroy', () => {
    const exposed: Uint8Array[] = [];
    const expose = jest.spyOn(Secret.prototype, 'expose').mockImplementation(function (this: Secret) {
      expose.mockRestore();
      const bytes = this.expose();
      exposed.push(bytes);
      return bytes;
    });
    const keyring = new Keyring(KEYRING);
    keyring.elementKey(ID, 'ff1'); // the first that is exposed is the root key
    expect(exposed[0]).toEqual(Buffer.alloc(32, 2));
    keyring.destroy();
    expect(exposed[0]).toEqual(Buffer.alloc(32));
  });

  test.each([
    [{}],
    [null],
    [{ ...KEYRING, rootKeys: [] }],
    [{ ...KEYRING, kdfSalt: 7 }],
    [{ ...KEYRING, rootKeys: [{ version: 1 }] }],
  ])('rejects the document %j', (document) => {
    expect(() => new Keyring(document as KeyringDocument)).toThrow(
      expect.objectContaining({ code: 'BUNDLE_MALFORMED' }),
    );
  });

  test('does not print its keys', () => {
    const shown = inspect(new Keyring(KEYRING), { depth: 9, showHidden: true });
    expect(shown).not.toContain('02 02');
    expect(shown).not.toContain(KEYRING.rootKeys[0]!.key);
  });

  test('has 32 random bytes of salt and 32 others of root key when new', () => {
    const asked: number[] = [];
    const made = newKeyring((bytes) => new Uint8Array(bytes).fill(asked.push(bytes)));
    expect(asked).toEqual([32, 32]);
    expect(made).toEqual({
      kdfSalt: expect.any(String),
      rootKeys: [{ version: 1, key: expect.any(String) }],
    });
    expect(made.kdfSalt).not.toBe(made.rootKeys[0]!.key);
    expect(Buffer.from(made.kdfSalt, 'base64')).toHaveLength(32);
  });

  test('gains one root key by rotation, keeps all others, and deactivates the active one', () => {
    const [first] = KEYRING.rootKeys;
    const twice = rotate(rotate(KEYRING, 7), 8);
    const known = rotate({ ...KEYRING, rootKeys: [{ ...first!, state: 'compromised' }] }, 7);
    expect(twice).toEqual({
      kdfSalt: KEYRING.kdfSalt,
      rootKeys: [
        { version: 1, key: first!.key, state: 'deactivated' },
        {
          version: 2,
          key: Buffer.alloc(32, 7).toString('base64'),
          state: 'deactivated',
          createdAt: '2026-01-02T03:04:05.000Z',
        },
        {
          version: 3,
          key: Buffer.alloc(32, 8).toString('base64'),
          state: 'active',
          createdAt: '2026-01-02T03:04:05.000Z',
        },
      ],
    });
    expect(known.rootKeys.map(({ state }) => state)).toEqual(['compromised', 'active']);
    expect(newestVersion(twice)).toBe(3);
    expect(key(new Keyring(twice))).toBe(key(new Keyring(KEYRING)));
    expect(new Set([1, 2, 3].map((version) => key(new Keyring(twice), ID, version))).size).toBe(3);
  });
});
