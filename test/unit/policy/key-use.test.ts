import { describe, expect, test } from '@jest/globals';
import { checkKeys } from '../../../lib/policy/check-keys.ts';
import { compromisedUse, describeCompromised, keyUse } from '../../../lib/policy/key-use.ts';
import { compromiseRoot, rotateKeyring, stateOf } from '../../../lib/policy/keyring.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { KEYRING } from '../../support/policy.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const NUMERIC = { method: 'tokenization', type: 'numeric', shortData: 'error' };
const policy = parsePolicy({
  name: 'P',
  dataStore: 'D',
  elements: [
    { id: uuid(1), name: 'deOld', ...NUMERIC },
    { id: uuid(2), name: 'deNew', keyVersion: 2, oldKeyVersions: [1], ...NUMERIC },
    { id: uuid(3), name: 'deDigest', method: 'hash', type: 'hmac-sha256' },
    { id: uuid(4), name: 'deClear', method: 'clear', type: 'no-encryption' },
  ],
  roles: [],
});
const rotated = rotateKeyring(KEYRING, (bytes) => new Uint8Array(bytes).fill(9), new Date(0));

describe('the uses of root keys', () => {
  test('are the elements that protect with one, the old versions, and the digests', () => {
    expect(keyUse(policy, rotated)).toEqual([
      { version: 1, state: 'deactivated', protects: ['deOld'], reads: ['deNew@1'], digests: ['deDigest'] },
      { version: 2, state: 'active', protects: ['deNew'], reads: [], digests: [] },
    ]);
  });

  test('of a compromised key count while an element protects with it, and not while it is read only', () => {
    const marked = compromiseRoot(rotated, 1);
    expect(compromisedUse(policy, rotated)).toEqual([]);
    expect(describeCompromised(compromisedUse(policy, marked))).toBe(
      'root key version 1 is compromised and protects deOld, deDigest',
    );
    expect(compromisedUse({ elements: [policy.elements[1]!] }, marked)).toEqual([]);
  });

  test('name five elements at most', () => {
    const elements = Array.from({ length: 9 }, (_, i) => ({ ...policy.elements[0]!, name: `de${i}` }));
    expect(describeCompromised(compromisedUse({ elements }, compromiseRoot(KEYRING, 1)))).toBe(
      'root key version 1 is compromised and protects de0, de1, de2, de3, de4 and 4 more',
    );
  });

  test('a mark stays through a rotation, and a mark of no key changes nothing', () => {
    const marked = compromiseRoot(KEYRING, 1);
    const later = rotateKeyring(marked, (bytes) => new Uint8Array(bytes), new Date(0));
    expect(later.rootKeys.map(stateOf)).toEqual(['compromised', 'active']);
    expect(compromiseRoot(marked, 1)).toBe(marked);
    expect(compromiseRoot(KEYRING, 7)).toBe(KEYRING);
  });

  test('a problem of a digest names another remedy than one of a token', () => {
    const problems = checkKeys(policy, { dataStore: 'D', content: compromiseRoot(rotated, 1) });
    expect(problems.map(({ path, message }) => `${path} ${message.split(': ')[1]}`)).toEqual([
      '$.elements[0].keyVersion rotate the element',
      '$.elements[2].keyVersion no digest can be moved to another key, so add a new element in its place',
    ]);
  });
});
