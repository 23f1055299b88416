import { createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { aessiv } from '@noble/ciphers/aes.js';
import { Keyring, type KeyPurpose } from '../../../../lib/policy/keyring.ts';
import type { ElementOf } from '../../../../lib/policy/schema.ts';
import { compileEncryption } from '../../../../lib/protect/methods/cipher/encryption.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import type { RefusedError } from '../../../../lib/protect/refusal.ts';

type Type = 'aes-256-gcm' | 'aes-256-siv';
type Options = Partial<ElementOf<Type>>;

const ID = '00000000-0000-4000-8000-000000000041';
const base64 = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');
const keyring = new Keyring({
  kdfSalt: base64(0),
  rootKeys: [
    { version: 1, key: base64(32) },
    { version: 2, key: base64(32) },
  ],
});

function method(type: Type, options: Options = {}, elementId = ID, keyVersion = 1, random = randomBytes): Method {
  return compileEncryption(
    { id: elementId, name: 'text', method: 'encryption', type, ...options },
    {
      key: (purpose: KeyPurpose) => keyring.elementKey(elementId, purpose, 1),
      elementId,
      keyVersion,
      alphabets: [],
      meter: (_values, work) => work(),
      random,
    },
  );
}

const TYPES = ['aes-256-gcm', 'aes-256-siv'] as const;
const refusal = (code: string, row?: number) => expect.objectContaining({ code, row });
const associatedData = Buffer.concat([Buffer.of(0, 36), Buffer.from(ID), Buffer.of(0, 0, 0, 1)]);

test('an aes-256-gcm ciphertext is 01, the nonce, the ciphertext and the tag, and opens with AES-GCM itself', () => {
  const [text] = method('aes-256-gcm', {}, ID, 1, (n: number) => Buffer.alloc(n, 0xab)).protect(
    ['Protegrity'],
    undefined,
  ).column as [string];
  const bytes = Buffer.from(text, 'hex');
  expect(text).toMatch(/^01(ab){12}[0-9a-f]{52}$/);
  const decipher = createDecipheriv('aes-256-gcm', keyring.elementKey(ID, 'gcm').expose(), bytes.subarray(1, 13));
  decipher.setAAD(associatedData);
  decipher.setAuthTag(bytes.subarray(-16));
  expect(Buffer.concat([decipher.update(bytes.subarray(13, -16)), decipher.final()]).toString()).toBe('Protegrity');
});

test('an aes-256-siv ciphertext is 02 and the sealed string of an independent AES-SIV', () => {
  const siv = aessiv(keyring.elementKey(ID, 'siv').expose(), associatedData);
  expect(method('aes-256-siv').protect(['Protegrity'], undefined).column).toEqual([
    `02${Buffer.from(siv.encrypt(Buffer.from('Protegrity'))).toString('hex')}`,
  ]);
});

test('equal values have equal ciphertexts under aes-256-siv, and different ones under aes-256-gcm', () => {
  const sizes = TYPES.map((type) => new Set(method(type).protect(['a', 'a', 'a'], undefined).column).size);
  expect(sizes).toEqual([3, 1]);
});

describe.each(TYPES)('%s', (type) => {
  const encryption = method(type);
  const protectOne = (value: string, by = encryption) => by.protect([value], undefined).column[0] as string;

  test('NULL and the empty text stay, and no value counts as weak', () => {
    const column = [null, '', 'x', null, ''];
    const { column: encrypted, weakCount } = encryption.protect(column, undefined);
    expect(encrypted.map((cell) => (cell === null || cell === '' ? cell : 'ciphertext'))).toEqual([
      null,
      '',
      'ciphertext',
      null,
      '',
    ]);
    expect(encryption.unprotect(encrypted, undefined).column).toEqual(column);
    expect(weakCount).toBe(0);
    expect(encryption.protect([], undefined).column).toEqual([]);
  });

  test.each([
    [1, '0001'],
    [256, '0100'],
    [8191, '1fff'],
  ])('key number %i stands in front, as %s', (keyId, front) => {
    const numbered = method(type, { keyId });
    const text = protectOne('value', numbered);
    expect(text.slice(0, 6)).toBe(front + (type === 'aes-256-gcm' ? '01' : '02'));
    expect(numbered.unprotect([text], undefined).column).toEqual(['value']);
  });

  test('upper-case hexadecimal opens as well', () => {
    expect(encryption.unprotect([protectOne('value').toUpperCase()], undefined).column).toEqual(['value']);
  });

  test.each([
    ['another key number', () => [method(type, { keyId: 2 }), protectOne('v', method(type, { keyId: 3 }))]],
    ['no key number where there should be one', () => [method(type, { keyId: 2 }), protectOne('v')]],
    ['a key number where there should be none', () => [encryption, protectOne('v', method(type, { keyId: 2 }))]],
    ['another element', () => [method(type, {}, '00000000-0000-4000-8000-000000000049'), protectOne('v')]],
    ['another key version under the same key', () => [method(type, {}, ID, 2), protectOne('v')]],
    ['the other method', () => [method(TYPES.find((other) => other !== type)!), protectOne('v')]],
    ['a format byte that no method has', () => [encryption, `00${protectOne('v').slice(2)}`]],
    ['a missing end', () => [encryption, protectOne('v').slice(0, -2)]],
    ['an added end', () => [encryption, `${protectOne('v')}00`]],
    ['nothing but the format byte', () => [encryption, protectOne('v').slice(0, 2)]],
  ] as [string, () => [Method, string]][])('a ciphertext of %s is INTEGRITY_FAILED', (_, given) => {
    const [by, text] = given();
    expect(() => by.unprotect([null, text], undefined)).toThrow(refusal('INTEGRITY_FAILED', 1));
  });

  test('a change of any bit is INTEGRITY_FAILED', () => {
    const bytes = Buffer.from(protectOne('value', method(type, { keyId: 5 })), 'hex');
    const codes = Array.from({ length: 8 * bytes.length }, (_, bit) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      try {
        method(type, { keyId: 5 }).unprotect([changed.toString('hex')], undefined);
        return 'answered';
      } catch (error) {
        return (error as RefusedError).code;
      }
    });
    expect(new Set(codes)).toEqual(new Set(['INTEGRITY_FAILED']));
  });

  test('the row of the first of several bad ciphertexts is named', () => {
    const good = protectOne('value');
    const tampered = good.slice(0, -2) + (good.endsWith('00') ? '01' : '00');
    expect(() => encryption.unprotect([good, tampered, 'ff', good.slice(0, 8)], undefined)).toThrow(
      refusal('INTEGRITY_FAILED', 1),
    );
    expect(() => encryption.unprotect([good, good.slice(0, 8), tampered, 'ff'], undefined)).toThrow(
      refusal('INTEGRITY_FAILED', 1),
    );
    expect(() => encryption.unprotect([good, 'ff', tampered], undefined)).toThrow(refusal('INTEGRITY_FAILED', 1));
  });

  test.each([
    ['an odd number of digits', '012'],
    ['another letter', '0g'],
    ['a blank', '01 2'],
    ['a letter whose low byte is a digit', 'a\u0161'],
    ['a lone surrogate', '\ud83d'],
  ])('unprotect refuses %s as BAD_HEX', (_, text) => {
    expect(() => encryption.unprotect([null, protectOne('v'), text], undefined)).toThrow(refusal('BAD_HEX', 2));
  });

  test.each([[true], [0], [1.5]])('a cell %p is WRONG_DATATYPE in both directions', (cell) => {
    expect(() => encryption.protect(['a', cell], undefined)).toThrow(refusal('WRONG_DATATYPE', 1));
    expect(() => encryption.unprotect([null, cell], undefined)).toThrow(refusal('WRONG_DATATYPE', 1));
  });

  test('a lone surrogate is UNICODE_INVALID, even if the next row would complete it', () => {
    expect(() => encryption.protect(['a', '\ud83d', '\ude00'], undefined)).toThrow(refusal('UNICODE_INVALID', 1));
  });

  test('an external IV is IV_NOT_ALLOWED, an empty one counts as none', () => {
    expect(() => encryption.protect(['a'], 'iv')).toThrow(refusal('IV_NOT_ALLOWED'));
    expect(() => encryption.unprotect(['a'], 'iv')).toThrow(refusal('IV_NOT_ALLOWED'));
    expect(encryption.unprotect(encryption.protect(['a'], '').column, '').column).toEqual(['a']);
  });
});

interface Stable {
  readonly elementId: string;
  readonly cases: readonly { options: Options; values: readonly [string, string][] }[];
}
const stable = (type: Type) =>
  JSON.parse(readFileSync(new URL(`../../../vectors/tokens/${type}.json`, import.meta.url), 'utf8')) as Stable;

test.each(TYPES)('committed ciphertexts of %s open', (type) => {
  const { elementId, cases } = stable(type);
  for (const { options, values } of cases) {
    const opened = method(type, options, elementId).unprotect(
      values.map(([, text]) => text),
      undefined,
    );
    expect(opened.column).toEqual(values.map(([value]) => value));
  }
});

test('committed values have the committed ciphertexts under aes-256-siv', () => {
  const { elementId, cases } = stable('aes-256-siv');
  for (const { options, values } of cases) {
    const sealed = method('aes-256-siv', options, elementId).protect(
      values.map(([value]) => value),
      undefined,
    );
    expect(sealed.column).toEqual(values.map(([, text]) => text));
  }
});
