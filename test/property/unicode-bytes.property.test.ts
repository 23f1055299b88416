import { expect, test } from '@jest/globals';
import { FF1 } from '@noble/ciphers/ff1.js';
import * as fc from 'fast-check';
import { Keyring } from '../../lib/policy/keyring.ts';
import type { RefusedError } from '../../lib/protect/refusal.ts';
import { tweakOf } from '../../lib/protect/tweak.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import { compileUnicodeBytes } from '../../lib/protect/methods/bytes/unicode-bytes.ts';
import { codePoint } from '../support/code-point.ts';

const ID = '00000000-0000-4000-8000-000000000045';
const base64 = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');
const keyring = new Keyring({ kdfSalt: base64(0), rootKeys: [{ version: 1, key: base64(32) }] });
const TYPES = [
  ['unicode-bytes', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'],
  ['unicode-base64', '+/0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'],
] as const;

const method = (type: (typeof TYPES)[number][0]) =>
  compileUnicodeBytes(
    { id: ID, name: 'text', method: 'tokenization', type, externalIV: true },
    {
      key: (purpose) => keyring.elementKey(ID, purpose, 1),
      elementId: ID,
      keyVersion: 1,
      alphabets: [],
      meter: (_values, work) => work(),
      random: (bytes) => new Uint8Array(bytes),
    },
  );

/** All scripts: any code point except a surrogate. */
const text = (maxLength: number) => fc.string({ unit: codePoint, minLength: 0, maxLength, size: 'max' });
const iv = fc.option(fc.string({ unit: codePoint, maxLength: 64, size: 'max' }), { nil: undefined });

/** The token by the specification, one value at a time, with an independent FF1. */
function reference(letters: string, value: string, externalIv: string | undefined): string {
  const bytes = Buffer.from(value);
  const radix = BigInt(letters.length);
  let length = 4;
  while (radix ** BigInt(length) < 1n << BigInt(8 * bytes.length + 1)) length++;
  const numerals = new Array<number>(length).fill(0);
  let number = BigInt(`0x01${bytes.toString('hex')}`);
  for (let i = length - 1; i >= 0; i--, number /= radix) numerals[i] = Number(number % radix);
  const none = new Uint8Array(0);
  const tweak = externalIv === undefined || externalIv === '' ? none : tweakOf(none, none, Buffer.from(externalIv));
  const key = keyring.elementKey(ID, 'ff1').expose();
  return FF1(letters.length, key, tweak)
    .encrypt(numerals)
    .map((numeral) => letters[numeral])
    .join('');
}

test.each(TYPES)('%s: a column of any text has the tokens of the specification, and comes back', (type, letters) => {
  const element = method(type);
  fc.assert(
    fc.property(fc.array(fc.option(text(40)), { maxLength: 12, size: 'max' }), iv, (column, externalIv) => {
      const tokens = element.protect(column, externalIv).column;
      expect(tokens).toEqual(column.map((value) => (value ? reference(letters, value, externalIv) : value)));
      expect(element.unprotect(tokens, externalIv).column).toEqual(column);
    }),
    { numRuns: 30 },
  );
});

test.each(TYPES)('%s: values of up to the largest length come back', (type, _letters) => {
  const element = method(type);
  const long = fc
    .tuple(
      text(30).filter((value) => value !== ''),
      fc.integer({ min: 1, max: 4096 }),
    )
    .map(([value, bytes]) => {
      const repeated = value.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(value))));
      return repeated + 'x'.repeat(Math.max(0, bytes - Buffer.byteLength(repeated)));
    });
  fc.assert(
    fc.property(fc.array(long, { minLength: 1, maxLength: 3, size: 'max' }), (column) => {
      expect(element.unprotect(element.protect(column, undefined).column, undefined).column).toEqual(column);
    }),
    { numRuns: 5 },
  );
});

test.each(TYPES)(
  '%s: unprotect of any text is refused with a code, or gives a value with that token',
  (type, letters) => {
    const element = method(type);
    const token = fc.oneof(
      text(12),
      fc.string({ unit: fc.constantFrom(...Array.from(letters)), minLength: 4, maxLength: 8, size: 'max' }),
      fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'a', '\u202e', '\u0000'), maxLength: 8, size: 'max' }),
    );
    fc.assert(
      fc.property(token, (given) => {
        expect(fate(element, given)).toMatch(/^(INPUT_TOO_SHORT|CONTENT_INVALID|UNICODE_INVALID|the same)$/);
      }),
      { numRuns: 1000 },
    );
  },
);

/** The code of the refusal, or the token of what `given` gives. */
function fate(element: Method, given: string): string {
  let clear;
  try {
    clear = element.unprotect([given], undefined).column;
  } catch (error) {
    return (error as RefusedError).code;
  }
  const [token] = element.protect(clear, undefined).column;
  return token === given ? 'the same' : `not ${String(token)}`;
}
