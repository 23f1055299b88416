import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Secret } from '../../../lib/base/secret.ts';
import { ensureKeyring, ensureSigningKey, type KeyPlace } from '../../../lib/publication/durable-keys.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';

let documents: MemoryDocuments;
let place: KeyPlace;
beforeEach(() => {
  documents = new MemoryDocuments();
  place = { documents, keys: memoryKeyService(), random: randomBytes, now: () => new Date(0) };
});

describe('a keyring', () => {
  test('is made once: concurrent agents all get the same', async () => {
    const made = await Promise.all([1, 2, 3].map(() => ensureKeyring(place, 0, 'STORE', 1)));
    expect(made).toEqual([made[0], made[0], made[0]]);
    expect([...documents.contents.keys()]).toEqual(['keys/keyring-1.sealed.json']);
  });

  test('gets the next root key in a new version, and the version before stays unchanged', async () => {
    const first = await ensureKeyring(place, 0, 'STORE', 1);
    const before = documents.contents.get('keys/keyring-1.sealed.json');
    const [second, other] = await Promise.all([
      ensureKeyring(place, 1, 'STORE', 2),
      ensureKeyring(place, 1, 'STORE', 2),
    ]);
    expect(second).toEqual(other);
    expect(second.version).toBe(2);
    expect(second.content.rootKeys.map(({ version }) => version)).toEqual([1, 2]);
    expect(second.content.rootKeys[0]?.key).toBe(first.content.rootKeys[0]?.key);
    expect(documents.contents.get('keys/keyring-1.sealed.json')).toBe(before);
  });

  test('is found from an older version', async () => {
    await ensureKeyring(place, 0, 'STORE', 1);
    await ensureKeyring(place, 1, 'STORE', 2);
    expect(await ensureKeyring(place, 0, 'STORE', 1)).toMatchObject({ version: 2 });
  });

  test.each([
    ['of another data store', 'OTHER', 2],
    ['asked for a root key that skips one', 'STORE', 3],
  ])('%s stays unchanged', async (_, store, root) => {
    const first = await ensureKeyring(place, 0, 'STORE', 1);
    expect(await ensureKeyring(place, 1, store, root)).toEqual(first);
    expect(documents.contents.size).toBe(1);
  });

  test('that is missing is not made again', async () => {
    await ensureKeyring(place, 0, 'STORE', 1);
    documents.contents.clear();
    await expect(ensureKeyring(place, 1, 'STORE', 1)).rejects.toMatchObject({ code: 'PUBLICATION_STATE_INVALID' });
    expect(documents.contents.size).toBe(0);
  });
});

test('an audit signing key is made once, also by concurrent agents', async () => {
  let made = 0;
  const newKey = () => ({ id: `key-${++made}`, key: new Secret(randomBytes(32)) });
  const [one, other] = await Promise.all([ensureSigningKey(place, newKey), ensureSigningKey(place, newKey)]);
  expect(one.keyId).toBe(other.keyId);
  expect(one.key.expose()).toEqual(other.key.expose());
  expect(await ensureSigningKey(place, newKey)).toMatchObject({ keyId: one.keyId });
});
