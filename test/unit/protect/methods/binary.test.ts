import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FF1 } from '@noble/ciphers/ff1.js';
import { Keyring } from '../../../../lib/policy/keyring.ts';
import type { ElementOf } from '../../../../lib/policy/schema.ts';
import { compileBinary } from '../../../../lib/protect/methods/bytes/binary.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import type { RefusedError } from '../../../../lib/protect/refusal.ts';

type Options = Partial<ElementOf<'binary'>>;

const base64 = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');
const keyring = new Keyring({ kdfSalt: base64(0), rootKeys: [{ version: 1, key: base64(32) }] });

function method(options: Options = {}, elementId = '00000000-0000-4000-8000-000000000044'): Method {
  return compileBinary(
    {
      id: elementId,
      name: 'bytes',
      method: 'tokenization',
      type: 'binary',
      fromLeft: 0,
      fromRight: 0,
      externalIV: true,
      ...options,
    },
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

const binary = method();
const refusal = (code: string, row?: number) => expect.objectContaining({ code, row });
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'answered';
  } catch (error) {
    return (error as RefusedError).code;
  }
};
const protectOne = (value: string, by = binary, iv?: string) => by.protect([value], iv).column[0] as string;

describe('a binary token', () => {
  test.each([
    [{}, 3, 4],
    [{}, 4, 5],
    [{}, 4095, 4096],
    [{ fromLeft: 2 }, 3, 5],
    [{ fromLeft: 1, fromRight: 1 }, 3, 5],
    [{ fromLeft: 1, fromRight: 1 }, 4, 5],
    [{ fromLeft: 1, fromRight: 1 }, 5, 6],
    [{ fromLeft: 4000, fromRight: 94 }, 4095, 4097],
  ])('of an element %j has for %i bytes %i bytes, and gives them back', (options, bytes, tokenBytes) => {
    for (const byte of ['00', '01', 'ff']) {
      const token = protectOne(byte.repeat(bytes), method(options));
      expect(token).toMatch(/^[0-9a-f]+$/);
      expect(token.length).toBe(2 * tokenBytes);
      expect(method(options).unprotect([token], undefined).column).toEqual([byte.repeat(bytes)]);
    }
  });

  test('keeps the clear bytes at both ends', () => {
    expect(protectOne('0102030405060708', method({ fromLeft: 2, fromRight: 3 }))).toMatch(/^0102[0-9a-f]{8}060708$/);
  });

  test('is the same for either case of the digits', () => {
    expect(protectOne('DEADBEEF')).toBe(protectOne('deadbeef'));
    expect(binary.unprotect([protectOne('deadbeef').toUpperCase()], undefined).column).toEqual(['deadbeef']);
  });

  test('depends on the element, the external IV and the clear bytes', () => {
    const middle = (value: string) => protectOne(value, method({ fromLeft: 2, fromRight: 2 })).slice(4, -4);
    expect(protectOne('deadbeef', method({}, '00000000-0000-4000-8000-000000000047'))).not.toBe(protectOne('deadbeef'));
    expect(protectOne('deadbeef', binary, 'a')).not.toBe(protectOne('deadbeef'));
    expect(protectOne('deadbeef', binary, 'a')).not.toBe(protectOne('deadbeef', binary, 'b'));
    expect(protectOne('deadbeef', binary, '')).toBe(protectOne('deadbeef'));
    expect(middle('0000aabbccdd1111')).not.toBe(middle('0001aabbccdd1111'));
    expect(middle('0000aabbccdd1111')).not.toBe(middle('0000aabbccdd1110'));
  });
});

test('NULL and the empty text stay, and no value counts as weak', () => {
  const { column, weakCount } = binary.protect([null, '', '000000', null], undefined);
  expect([column[0], column[1], column[3], weakCount]).toEqual([null, '', null, 0]);
  expect(binary.unprotect(column, undefined).column).toEqual([null, '', '000000', null]);
  expect(binary.protect([], undefined)).toEqual({ column: [], weakCount: 0, clearCount: 0 });
});

describe('a binary element refuses', () => {
  test.each<[string, Options, string, string]>([
    ['one byte', {}, '00', 'INPUT_TOO_SHORT'],
    ['two bytes', {}, '0000', 'INPUT_TOO_SHORT'],
    ['two bytes of which one is clear', { fromLeft: 1 }, '0000', 'INPUT_TOO_SHORT'],
    ['a value that is clear as a whole', { fromLeft: 2, fromRight: 1 }, '000000', 'INPUT_TOO_SHORT'],
    ['4,096 bytes', {}, '00'.repeat(4096), 'INPUT_TOO_LONG'],
    ['an odd number of digits', {}, '0000000', 'BAD_HEX'],
    ['another letter', {}, '00000g', 'BAD_HEX'],
    ['a prefix', {}, '0x000000', 'BAD_HEX'],
    ['blanks', {}, '00 00 00', 'BAD_HEX'],
    ['a letter whose low byte is a digit', {}, '00000\u0161', 'BAD_HEX'],
    ['a surrogate pair', {}, '0000😀', 'BAD_HEX'],
  ])('%s', (_, options, value, code) => {
    expect(() => method(options).protect(['', 'ab'.repeat(50), value], undefined)).toThrow(refusal(code, 2));
  });

  test.each<[string, Options, string, string]>([
    ['a token of two bytes', {}, '0000', 'INPUT_TOO_SHORT'],
    ['a token whose middle has two bytes', { fromLeft: 1, fromRight: 1 }, '00000000', 'INPUT_TOO_SHORT'],
    ['a token shorter than its clear parts', { fromLeft: 4, fromRight: 4 }, '000000', 'INPUT_TOO_SHORT'],
    ['a token of 4,097 bytes', {}, '00'.repeat(4097), 'INPUT_TOO_LONG'],
    ['an odd number of digits', {}, '0000000', 'BAD_HEX'],
  ])('%s', (_, options, token, code) => {
    expect(() => method(options).unprotect([null, token], undefined)).toThrow(refusal(code, 1));
  });

  test.each<[string, Options, string, number]>([
    ['all forged tokens of three bytes: the value would have had one or two', {}, '00', 1],
    ['nearly all forged tokens of four bytes, by the marker', {}, '0000', 0.99],
    ['nearly all forged tokens of forty bytes, by the marker', {}, '00'.repeat(38), 0.99],
    ['nearly all forged tokens of three bytes between clear ones', { fromLeft: 1, fromRight: 1 }, '000000', 0.98],
  ])('%s', (_, options, end, share) => {
    const element = method(options);
    const codes = Array.from({ length: 2000 }, (_unused, forged) =>
      codeOf(() => element.unprotect([forged.toString(16).padStart(4, '0') + end], undefined)),
    );
    expect(new Set(codes.filter((code) => code !== 'answered'))).toEqual(new Set(['CONTENT_INVALID']));
    expect(codes.filter((code) => code !== 'answered').length / 2000).toBeGreaterThanOrEqual(share);
  });

  test.each<[string, number[]]>([
    ['too many zeros in front of the marker', [0, 1, 7, 8, 9]],
    ['nothing behind the marker', [0, 0, 0, 1]],
    ['no marker', [0, 0, 0, 0]],
    ['another numeral in its place', [2, 7, 8, 9]],
    ['fewer than three bytes behind it', [1, 7, 8]],
  ])('the token of a numeral string that has %s', (_, numerals) => {
    const ff1 = FF1(256, keyring.elementKey('00000000-0000-4000-8000-000000000044', 'ff1').expose(), new Uint8Array(0));
    const tokenOf = (each: number[]) => Buffer.from(ff1.encrypt(each)).toString('hex');
    expect(binary.unprotect([tokenOf([1, 7, 8, 9])], undefined).column).toEqual(['070809']);
    expect(() => binary.unprotect([null, tokenOf(numerals)], undefined)).toThrow(refusal('CONTENT_INVALID', 1));
  });

  test.each([[true], [12], [0]])('a cell %p', (cell) => {
    expect(() => binary.protect([null, cell], undefined)).toThrow(refusal('WRONG_DATATYPE', 1));
    expect(() => binary.unprotect([null, cell], undefined)).toThrow(refusal('WRONG_DATATYPE', 1));
  });

  test('an external IV, if the element takes none or it has more than 256 bytes', () => {
    const withoutIv = method({ externalIV: false });
    for (const operation of ['protect', 'unprotect'] as const) {
      expect(() => withoutIv[operation](['00000000'], 'iv')).toThrow(refusal('IV_NOT_ALLOWED'));
      expect(() => binary[operation](['00000000'], 'x'.repeat(257))).toThrow(refusal('IV_TOO_LONG'));
    }
    expect(withoutIv.protect(['00000000'], '').column).toEqual([protectOne('00000000')]);
  });
});

test('committed values have the committed tokens, and the tokens give the values back', () => {
  const { elementId, cases } = JSON.parse(
    readFileSync(new URL('../../../vectors/tokens/binary.json', import.meta.url), 'utf8'),
  ) as {
    elementId: string;
    cases: readonly { options: Options; externalIv?: string; values: readonly [string, string][] }[];
  };
  for (const { options, externalIv, values } of cases) {
    const [clear, tokens] = [values.map(([value]) => value), values.map(([, token]) => token)];
    expect(method(options, elementId).protect(clear, externalIv).column).toEqual(tokens);
    expect(method(options, elementId).unprotect(tokens, externalIv).column).toEqual(clear);
  }
});
