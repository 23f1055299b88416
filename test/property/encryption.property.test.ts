import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Keyring } from '../../lib/policy/keyring.ts';
import { compileEncryption } from '../../lib/protect/methods/cipher/encryption.ts';
import type { RefusedError } from '../../lib/protect/refusal.ts';
import { codePoint } from '../support/code-point.ts';

type Type = 'aes-256-gcm' | 'aes-256-siv';

const ID = '00000000-0000-4000-8000-000000000041';
const base64 = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');
const keyring = new Keyring({ kdfSalt: base64(0), rootKeys: [{ version: 1, key: base64(32) }] });
const method = (type: Type, keyId?: number) =>
  compileEncryption(
    { id: ID, name: 'text', method: 'encryption', type, ...(keyId === undefined ? {} : { keyId }) },
    {
      key: (purpose) => keyring.elementKey(ID, purpose, 1),
      elementId: ID,
      keyVersion: 1,
      alphabets: [],
      meter: (_values, work) => work(),
      random: randomBytes,
    },
  );

const keyId = fc.option(fc.integer({ min: 1, max: 8191 }), { nil: undefined });
const column = fc.array(fc.option(fc.string({ unit: codePoint, maxLength: 60, size: 'max' })), {
  maxLength: 15,
  size: 'max',
});

test.each([
  ['aes-256-gcm', 29],
  ['aes-256-siv', 17],
] as const)(
  '%s: any column of text comes back, and a ciphertext is %i bytes longer than the text, plus the key number',
  (type, overhead) => {
    fc.assert(
      fc.property(column, keyId, (clear, number) => {
        const element = method(type, number);
        const sealed = element.protect(clear, undefined).column;
        expect(element.unprotect(sealed, undefined).column).toEqual(clear);
        const more = overhead + (number === undefined ? 0 : 2);
        expect(sealed.map((cell) => (cell ? String(cell).length / 2 : cell))).toEqual(
          clear.map((value) => (value ? Buffer.byteLength(value) + more : value)),
        );
      }),
    );
  },
);

test('aes-256-siv: values are equal if and only if their ciphertexts are', () => {
  const element = method('aes-256-siv');
  const similar = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', 'é', 'e\u0301'), minLength: 1, maxLength: 4, size: 'max' }),
    { maxLength: 30, size: 'max' },
  );
  fc.assert(
    fc.property(similar, (clear) => {
      const sealed = element.protect(clear, undefined).column;
      expect(new Set(sealed).size).toBe(new Set(clear).size);
    }),
  );
});

test.each(['aes-256-gcm', 'aes-256-siv'] as const)(
  '%s: any text that was not sealed is refused with a code',
  (type) => {
    const element = method(type);
    const text = fc.oneof(
      fc.string({ unit: codePoint, minLength: 1, maxLength: 80, size: 'max' }),
      fc.string({
        unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF')),
        minLength: 1,
        maxLength: 120,
        size: 'max',
      }),
      fc
        .uint8Array({ maxLength: 60, size: 'max' })
        .map((bytes) => `${type === 'aes-256-gcm' ? '01' : '02'}${Buffer.from(bytes).toString('hex')}`),
    );
    fc.assert(
      fc.property(text, (given) => {
        let code: string | undefined;
        try {
          element.unprotect([given], undefined);
        } catch (error) {
          code = (error as RefusedError).code;
        }
        expect(code).toMatch(/^(BAD_HEX|INTEGRITY_FAILED)$/);
      }),
      { numRuns: 500 },
    );
  },
);
