import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FF1 } from '@noble/ciphers/ff1.js';
import { Keyring } from '../../../../lib/policy/keyring.ts';
import type { ElementOf } from '../../../../lib/policy/schema.ts';
import { numeralCount, readBytes, writeNumerals } from '../../../../lib/protect/methods/bytes/byte-numerals.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import { compileUnicodeBytes } from '../../../../lib/protect/methods/bytes/unicode-bytes.ts';
import type { RefusedError } from '../../../../lib/protect/refusal.ts';

type Type = 'unicode-bytes' | 'unicode-base64';
type Options = Partial<ElementOf<Type>>;

const ALPHA_NUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE_64 = '+/0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base64 = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');
const keyring = new Keyring({ kdfSalt: base64(0), rootKeys: [{ version: 1, key: base64(32) }] });

function method(type: Type, options: Options = {}, elementId = '00000000-0000-4000-8000-000000000045'): Method {
  return compileUnicodeBytes(
    { id: elementId, name: 'text', method: 'tokenization', type, externalIV: true, ...options },
    {
      key: (purpose) => keyring.elementKey(elementId, purpose, 1),
      elementId,
      keyVersion: 1,
      alphabets: [],
      meter: (_values, work) => work(),
      random: (bytes) => new Uint8Array(bytes),
    },
  );
}

const refusal = (code: string, row?: number) => expect.objectContaining({ code, row });

test.each([62, 65])('the numerals of radix %i are the least number that always suffices, for every length', (radix) => {
  const wrong: number[] = [];
  let power = 1n;
  for (let bytes = 1, least = 0; bytes <= 4096; bytes++) {
    for (; power < 1n << BigInt(8 * bytes + 1); least++) power *= BigInt(radix);
    if (numeralCount(radix, bytes) !== least) wrong.push(bytes);
  }
  expect(wrong).toEqual([]);
});

function numeralsOf(radix: number, number: bigint): Uint16Array {
  const numerals = new Uint16Array(12);
  for (let i = 11, rest = number; i >= 0; i--, rest /= BigInt(radix)) numerals[i] = Number(rest % BigInt(radix));
  return numerals;
}

describe.each([62, 65])('numerals of radix %i', (radix) => {
  const read = (number: bigint) => readBytes(radix, numeralsOf(radix, number), 0, 12, new Uint8Array(12), 0);

  test.each([1, 2, 3, 4, 5, 6, 7, 12, 100, 1024])('of %i bytes are the number 01 ‖ bytes, and read back', (length) => {
    for (const fill of [0x00, 0x01, 0xff, undefined]) {
      const bytes = Buffer.from(Array.from({ length }, (_, i) => fill ?? (i * 151) & 0xff));
      const count = numeralCount(radix, length) + 2; // more than needed gives leading zeros
      const numerals = new Uint16Array(count + 2).fill(777);
      writeNumerals(radix, bytes, 0, length, numerals, 1, count + 1);
      const number = numerals.subarray(1, -1).reduce((sum, numeral) => sum * BigInt(radix) + BigInt(numeral), 0n);
      expect(number === BigInt(`0x01${bytes.toString('hex')}`)).toBe(true);
      expect([numerals[0], numerals.at(-1)]).toEqual([777, 777]);
      const back = Buffer.alloc(length + 2, 0xaa);
      expect(readBytes(radix, numerals, 1, count + 1, back, 1)).toBe(length);
      expect(back.toString('hex')).toBe(`aa${bytes.toString('hex')}aa`);
    }
  });

  test('are right where a division of limbs comes out even, and doubles might round it down', () => {
    const limb = BigInt(radix) ** 4n;
    const wrong: bigint[] = [];
    for (let number = ((3n << 39n) / limb) * limb, i = 0; i < 500; i++, number += limb) {
      const numerals = new Uint16Array(12);
      const bytes = Buffer.from(number.toString(16).slice(1), 'hex'); // without its leading 1: five bytes
      writeNumerals(radix, bytes, 0, 5, numerals, 0, 12);
      if (Buffer.compare(Buffer.from(numerals), Buffer.from(numeralsOf(radix, number))) !== 0) wrong.push(number);
    }
    expect(wrong).toEqual([]);
  });

  test('that do not begin with 01 are no bytes', () => {
    expect([0n, 2n, 0xffn, 0x0200n, 0x110000n, 0x02000000n, 0xff00000000n].map(read)).toEqual(
      new Array(7).fill(undefined),
    );
    expect([1n, 0x100n, 0x1ffffn, 0x1000000n, 0x100000000n].map(read)).toEqual([0, 1, 2, 3, 4]);
  });

  test('beyond what 4,096 bytes need are refused', () => {
    const many = new Uint16Array(5505);
    expect(() => writeNumerals(radix, new Uint8Array(1), 0, 1, many, 0, 5505)).toThrow(RangeError);
    expect(() => readBytes(radix, many, 0, 5505, new Uint8Array(9), 0)).toThrow(RangeError);
  });
});

describe.each([
  ['unicode-bytes', /^[0-9A-Za-z]+$/, [4, 4, 5, 6, 7, 5504]],
  ['unicode-base64', /^[0-9A-Za-z+/=]+$/, [4, 4, 5, 6, 7, 5442]],
] as const)('%s', (type, shape, lengths) => {
  const element = method(type);
  const protectOne = (value: string, iv?: string) => element.protect([value], iv).column[0] as string;

  test.each([1, 2, 3, 4, 5, 4096].map((bytes, i) => [bytes, lengths[i]!] as const))(
    'a token of %i bytes has %i letters of its alphabet, and gives them back',
    (bytes, letters) => {
      for (const letter of bytes === 4096 ? ['\u007f'] : ['\u0000', 'a', '\u007f']) {
        const token = protectOne(letter.repeat(bytes));
        expect(token).toMatch(shape);
        expect(token.length).toBe(letters);
        expect(element.unprotect([token], undefined).column).toEqual([letter.repeat(bytes)]);
      }
    },
  );

  test('every letter of the alphabet comes up', () => {
    const tokens = element.protect(
      Array.from({ length: 500 }, (_, i) => `value ${i}`),
      undefined,
    ).column;
    expect(new Set(tokens.join('')).size).toBe(type === 'unicode-bytes' ? 62 : 65);
  });

  test.each([
    ['two-byte characters', 'Łódź Ünïcode'],
    ['three-byte characters', '株式会社データ保護'],
    ['four-byte characters', '😀𝔘𐍈'],
    ['joined emoji', '👩\u200d👩\u200d👧'],
    ['right-to-left text with marks', '\u202eשלום\u202c \u200fمرحبا'],
    ['a decomposed letter', 'e\u0301'],
    ['a leading byte order mark', '\ufeffa'],
    ['control characters', '\u0000\u0001\r\n\t\u007f\u0085'],
    ['the last code point', '\u{10ffff}'],
    ['noncharacters', '\ufffe\uffff'],
  ])('%s come back exactly, among values of other lengths', (_, value) => {
    const column = ['a', value, null, 'ü', `${value}${value}`, '', value];
    const { column: tokens, weakCount } = element.protect(column, undefined);
    expect(element.unprotect(tokens, undefined).column).toEqual(column);
    expect(weakCount).toBe(0);
    expect(tokens[1]).toBe(tokens[6]);
    expect(element.unprotect([tokens[1]!], undefined).column).toEqual([value]);
  });

  test('a token depends on the element and the external IV', () => {
    const other = method(type, {}, '00000000-0000-4000-8000-000000000047');
    const tokens = [
      protectOne('value'),
      protectOne('value', 'a'),
      protectOne('value', 'b'),
      other.protect(['value'], undefined).column[0],
    ];
    expect(new Set(tokens).size).toBe(4);
    expect(protectOne('value', '')).toBe(protectOne('value'));
  });

  test.each([
    ['a lone surrogate', '\ud83d', 'UNICODE_INVALID'],
    ['a surrogate that the next row would complete', 'x\ud83d', 'UNICODE_INVALID'],
    ['4,097 bytes', 'a'.repeat(4097), 'INPUT_TOO_LONG'],
    ['4,098 bytes in 1,366 characters', '株'.repeat(1366), 'INPUT_TOO_LONG'],
    ['a number', 12, 'WRONG_DATATYPE'],
    ['a boolean', false, 'WRONG_DATATYPE'],
  ])('protect refuses %s', (_, value, code) => {
    expect(() => element.protect([null, 'a', value, '\ude00'], undefined)).toThrow(refusal(code, 2));
  });

  test.each([
    ['three letters', 'aaa', 'INPUT_TOO_SHORT'],
    ['more letters than any value gives', 'a'.repeat(5600), 'INPUT_TOO_LONG'],
    ['another character', 'aa-a', 'CONTENT_INVALID'],
    ['a blank at the end', 'aaaaa ', 'CONTENT_INVALID'],
    ['a character beyond ASCII', 'aaaé', 'CONTENT_INVALID'],
    ['a lone surrogate', 'aaaaa\ud83d', 'UNICODE_INVALID'],
    ['a number', 1234, 'WRONG_DATATYPE'],
  ])('unprotect refuses %s', (_, token, code) => {
    expect(() => element.unprotect([null, protectOne('a'), token], undefined)).toThrow(refusal(code, 2));
  });

  test('unprotect refuses every token of a length that no value has', () => {
    const has = new Set(
      Array.from({ length: 60 }, (_, n) => Math.max(4, numeralCount(type === 'unicode-bytes' ? 62 : 65, n + 1))),
    );
    const without = Array.from({ length: 40 }, (_, i) => i + 4).filter((length) => !has.has(length));
    expect(without.length).toBeGreaterThan(5);
    for (const length of without) {
      for (const letter of 'aB3') {
        expect(() => element.unprotect([letter.repeat(length)], undefined)).toThrow(refusal('CONTENT_INVALID', 0));
      }
    }
  });

  test('unprotect refuses a value that is written in more letters than it needs', () => {
    const letters = type === 'unicode-bytes' ? ALPHA_NUMERIC : BASE_64;
    const key = keyring.elementKey('00000000-0000-4000-8000-000000000045', 'ff1').expose();
    const tokenOf = (numerals: number[]) =>
      FF1(letters.length, key, new Uint8Array(0))
        .encrypt(numerals)
        .map((numeral) => letters[numeral])
        .join('');
    const number = 0x0161; // 01 ‖ a
    const numerals = [0, 0, Math.floor(number / letters.length), number % letters.length];
    expect(tokenOf(numerals)).toBe(protectOne('a'));
    for (const more of [1, 2, 3]) {
      const token = tokenOf([...new Array<number>(more).fill(0), ...numerals]);
      expect(() => element.unprotect([token], undefined)).toThrow(refusal('CONTENT_INVALID', 0));
    }
  });

  test('unprotect refuses a text that is not the UTF-8 of a value, and names the first', () => {
    const codes = Array.from({ length: 500 }, (_, i) => {
      const forged = `Forged${String(i).padStart(8, '0')}`;
      try {
        element.unprotect([protectOne('a'), forged, forged], undefined);
        return 'answered';
      } catch (error) {
        const { code, row } = error as RefusedError;
        return `${code} ${row}`;
      }
    });
    expect(codes.filter((code) => code === 'CONTENT_INVALID 1').length).toBeGreaterThan(495);
  });

  test('an external IV is refused where the element takes none, and beyond 256 bytes', () => {
    const withoutIv = method(type, { externalIV: false });
    for (const operation of ['protect', 'unprotect'] as const) {
      expect(() => withoutIv[operation](['aaaa'], 'iv')).toThrow(refusal('IV_NOT_ALLOWED'));
      expect(() => element[operation](['aaaa'], 'ü'.repeat(129))).toThrow(refusal('IV_TOO_LONG'));
    }
  });

  test('an empty column stays empty', () => {
    expect(element.protect([], undefined)).toEqual({ column: [], weakCount: 0, clearCount: 0 });
    expect(element.unprotect([null, ''], undefined)).toEqual({ column: [null, ''], weakCount: 0, clearCount: 0 });
  });

  test('committed values have the committed tokens, and the tokens give the values back', () => {
    const { elementId, cases } = JSON.parse(
      readFileSync(new URL(`../../../vectors/tokens/${type}.json`, import.meta.url), 'utf8'),
    ) as {
      elementId: string;
      cases: readonly { options: Options; externalIv?: string; values: readonly [string, string][] }[];
    };
    for (const { options, externalIv, values } of cases) {
      const [clear, tokens] = [values.map(([value]) => value), values.map(([, token]) => token)];
      expect(method(type, options, elementId).protect(clear, externalIv).column).toEqual(tokens);
      expect(method(type, options, elementId).unprotect(tokens, externalIv).column).toEqual(clear);
    }
  });
});
