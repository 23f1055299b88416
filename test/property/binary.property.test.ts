import { expect, test } from '@jest/globals';
import { FF1 } from '@noble/ciphers/ff1.js';
import * as fc from 'fast-check';
import { Keyring } from '../../lib/policy/keyring.ts';
import { compileBinary } from '../../lib/protect/methods/bytes/binary.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import type { RefusedError } from '../../lib/protect/refusal.ts';
import { tweakOf } from '../../lib/protect/tweak.ts';
import { codePoint } from '../support/code-point.ts';

const ID = '00000000-0000-4000-8000-000000000044';
const base64 = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');
const keyring = new Keyring({ kdfSalt: base64(0), rootKeys: [{ version: 1, key: base64(32) }] });

interface Parts {
  readonly fromLeft: number;
  readonly fromRight: number;
}
const method = (parts: Parts) =>
  compileBinary(
    { id: ID, name: 'bytes', method: 'tokenization', type: 'binary', externalIV: true, ...parts },
    {
      key: (purpose) => keyring.elementKey(ID, purpose, 1),
      elementId: ID,
      keyVersion: 1,
      alphabets: [],
      meter: (_values, work) => work(),
      random: (bytes) => new Uint8Array(bytes),
    },
  );

const parts = fc.record({ fromLeft: fc.nat(20), fromRight: fc.nat(20) });
const anyParts = fc.oneof(fc.constant({ fromLeft: 0, fromRight: 0 }), parts);
const iv = fc.option(fc.string({ unit: codePoint, maxLength: 40, size: 'max' }), { nil: undefined });
/** Leading zeros and ones, which could be mistaken for a marker. */
const byte = fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255));
const bytesFor = ({ fromLeft, fromRight }: Parts, most: number) => {
  const least = Math.max(3, fromLeft + fromRight + 1);
  return fc.array(byte, { minLength: least, maxLength: least + most, size: 'max' }).map((value) => Buffer.from(value));
};
const toHex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex');

/** The token by the specification, one value at a time, with an independent FF1. */
function reference(value: Buffer, { fromLeft, fromRight }: Parts, externalIv: string | undefined): Buffer {
  const left = value.subarray(0, fromLeft);
  const right = value.subarray(value.length - fromRight);
  const middle = [1, ...value.subarray(fromLeft, value.length - fromRight)];
  while (middle.length < 3) middle.unshift(0);
  const ivBytes = Buffer.from(externalIv ?? '');
  const bound = left.length + right.length + ivBytes.length > 0;
  const tweak = bound ? tweakOf(left, right, ivBytes) : new Uint8Array(0);
  const token = FF1(256, keyring.elementKey(ID, 'ff1').expose(), tweak).encrypt(middle);
  return Buffer.concat([left, Buffer.from(token), right]);
}

test('a column of bytes has the tokens of the specification for any clear parts, and comes back', () => {
  const given = anyParts.chain((each) =>
    fc.record({
      parts: fc.constant(each),
      values: fc.array(fc.option(bytesFor(each, 30)), { maxLength: 10, size: 'max' }),
      iv,
    }),
  );
  fc.assert(
    fc.property(given, ({ parts: each, values, iv: externalIv }) => {
      const element = method(each);
      const tokens = element.protect(values.map(toHex), externalIv).column;
      expect(tokens).toEqual(values.map((value) => value && toHex(reference(value, each, externalIv))));
      expect(element.unprotect(tokens, externalIv).column).toEqual(values.map(toHex));
    }),
    { numRuns: 150 },
  );
});

test('values of up to the largest length come back', () => {
  const element = method({ fromLeft: 0, fromRight: 0 });
  fc.assert(
    fc.property(
      fc.array(byte, { minLength: 1, maxLength: 64, size: 'max' }),
      fc.integer({ min: 3, max: 4095 }),
      (some, length) => {
        const value = toHex(Buffer.alloc(length, Buffer.from(some)));
        expect(element.unprotect(element.protect([value], undefined).column, undefined).column).toEqual([value]);
      },
    ),
    { numRuns: 30 },
  );
});

test('unprotect of any text is refused with a code, or gives a value with that token', () => {
  const text = fc.oneof(
    fc.array(byte, { minLength: 3, maxLength: 6, size: 'max' }).map((bytes) => Buffer.from(bytes).toString('hex')),
    fc.string({ unit: codePoint, maxLength: 10, size: 'max' }),
    fc.string({ unit: fc.constantFrom('0', 'f', 'F', 'g', '\ud83d', '\u0161', '\u0000'), maxLength: 12, size: 'max' }),
  );
  fc.assert(
    fc.property(fc.constantFrom<[number, number]>([0, 0], [1, 1], [2, 0]), text, ([fromLeft, fromRight], given) => {
      const element = method({ fromLeft, fromRight });
      expect(fate(element, given)).toMatch(/^(INPUT_TOO_SHORT|CONTENT_INVALID|BAD_HEX|the same)$/);
    }),
    { numRuns: 1000 },
  );
});

/** The code of the refusal, or the token of what `given` gives. */
function fate(element: Method, given: string): string {
  let clear;
  try {
    clear = element.unprotect([given], undefined).column;
  } catch (error) {
    return (error as RefusedError).code;
  }
  const [token] = element.protect(clear, undefined).column;
  return token === given.toLowerCase() ? 'the same' : `not ${String(token)}`;
}
