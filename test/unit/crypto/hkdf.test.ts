import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Secret } from '../../../lib/base/secret.ts';
import { deriveKey } from '../../../lib/crypto/hkdf.ts';
import { codePoint } from '../../support/code-point.ts';

const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer =>
  createHmac('sha256', key).update(Buffer.concat(parts)).digest();

/** RFC 5869, sections 2.2 and 2.3, step by step. */
function hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Buffer {
  const prk = hmac(salt.length === 0 ? new Uint8Array(32) : salt, ikm);
  const blocks: Buffer[] = [];
  for (let n = 1; blocks.length * 32 < bytes; n++) {
    blocks.push(hmac(prk, blocks.at(-1) ?? new Uint8Array(0), info, Uint8Array.of(n)));
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** The info field as the comment of lib/crypto/hkdf.ts describes it. */
function infoOf(fields: readonly string[]): Buffer {
  const parts = fields.map((field) => {
    const text = Buffer.from(field);
    return Buffer.concat([Uint8Array.of(text.length >> 8, text.length & 0xff), text]);
  });
  return Buffer.concat([Buffer.from('serverless-protector/1'), ...parts]);
}

const ROOT = Uint8Array.from({ length: 32 }, (_, i) => i);
const SALT = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const derive = (fields: readonly string[], bytes = 32, salt = SALT): string =>
  Buffer.from(deriveKey(new Secret(ROOT.slice()), salt, fields, bytes).expose()).toString('hex');

test('the reference of these tests gives the first vector of RFC 5869, appendix A', () => {
  const ikm = new Uint8Array(22).fill(0x0b);
  const salt = Uint8Array.from({ length: 13 }, (_, i) => i);
  const info = Uint8Array.from({ length: 10 }, (_, i) => 0xf0 + i);
  expect(hkdf(ikm, salt, info, 42).toString('hex')).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
});

describe('a derived key', () => {
  test.each<[string, readonly string[], number]>([
    ['no field', [], 32],
    ['one field', ['ff1'], 32],
    ['the fields of an element', ['0f1973c1-5875-4f2e-8d4c-c2acea64432f', 'ff1', '1'], 32],
    ['an empty field', ['', 'x', ''], 32],
    ['a field of 300 bytes', ['x'.repeat(300)], 32],
    ['fields of 1,000 bytes, near what Node takes', ['x'.repeat(700), 'y'.repeat(298)], 32],
    ['text beyond ASCII', ['naïve', '名前', '😀'], 32],
    ['16 bytes', ['a'], 16],
    ['more than one block', ['a'], 100],
  ])('is HKDF-SHA-256 over length-prefixed fields: %s', (_what, fields, bytes) => {
    expect(derive(fields, bytes)).toBe(hkdf(ROOT, SALT, infoOf(fields), bytes).toString('hex'));
  });

  test('is HKDF-SHA-256 for any root, salt and fields', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(bytes, bytes, fc.array(fc.string({ unit: codePoint }), { maxLength: 5 }), (root, salt, fields) => {
        const key = deriveKey(new Secret(root.slice()), salt, fields, 32).expose();
        expect(Buffer.from(key)).toEqual(hkdf(root, salt, infoOf(fields), 32));
      }),
    );
  });

  test('differs for every border between two fields', () => {
    const lists = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['abc'],
      ['abc', ''],
      ['', 'abc'],
      ['a', 'b', 'c'],
      ['\0\u0001a', 'bc'],
      [],
    ];
    expect(new Set(lists.map((fields) => derive(fields))).size).toBe(lists.length);
  });

  test('differs for any other list of fields', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\u0001', '\u0002'), maxLength: 4 });
    const fields = fc.array(field, { maxLength: 4 });
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        expect(derive(one) === derive(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 500 },
    );
  });

  test('differs under another salt or another root', () => {
    const other = deriveKey(new Secret(new Uint8Array(32).fill(9)), SALT, ['a'], 32).expose();
    expect(new Set([derive(['a']), derive(['a'], 32, ROOT), Buffer.from(other).toString('hex')]).size).toBe(3);
  });

  test('shares no memory with the root key, which stays unchanged', () => {
    const root = new Secret(ROOT.slice());
    const key = deriveKey(root, SALT, ['a'], 32);
    key.destroy();
    expect(root.expose()).toEqual(ROOT);
  });

  test.each([1025, 65_536])('refuses fields of %d bytes instead of truncating them', (bytes) => {
    expect(() => derive(['x'.repeat(bytes)])).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });
});
