import { describe, expect, test } from '@jest/globals';
import { keyOf, methodOf, readTokens, refusalOf, reproduce } from '../../../support/alphabet-methods.ts';
import { aes, encrypt } from '../../../support/ff1-reference.ts';

const weak = (written: object = {}, alphabets: { name: string; ranges: string[] }[] = []) =>
  methodOf({ type: 'numeric', shortData: 'weak-token', ...written }, alphabets);
const numbers = (length: number): string[] =>
  Array.from({ length: 10 ** length }, (_, i) => String(i).padStart(length, '0'));

describe('a value too short for a million combinations', () => {
  test.each([1, 2, 3, 4, 5])('of %d digits gets a token of its own, and gives itself back', (length) => {
    const values = numbers(length);
    const { column, weakCount } = weak().protect(values, undefined);
    expect(weakCount).toBe(values.length);
    expect(new Set(column).size).toBe(values.length);
    expect((column as string[]).every((token) => token.length === length)).toBe(true);
    expect(column).not.toEqual(values);
    expect(weak().unprotect(column, undefined).column).toEqual(values);
  });

  test('is counted, longer ones and those without a symbol are not', () => {
    const column = ['1', '12345', '123456', '--', '', null];
    const { weakCount, column: tokens } = weak().protect(column, undefined);
    expect(weakCount).toBe(2);
    expect(tokens.slice(3)).toEqual(['--', '', null]);
  });

  test('is FF1 where the 2016 edition of SP 800-38G allows it', () => {
    const expected = encrypt(aes(keyOf('ff1')), 10, Buffer.alloc(0), [4, 2]).join('');
    expect(weak().protect(['42'], undefined).column).toEqual([expected]);
  });

  test('has other tokens with another IV, other clear parts and another element', () => {
    const of = (method: ReturnType<typeof weak>, column: string[], iv?: string) =>
      method
        .protect(column, iv)
        .column.map((token) => String(token).slice(-1))
        .join('');
    const digits = numbers(1);
    const tokens = [
      of(weak(), digits),
      of(weak(), digits, 'iv'),
      of(
        weak({ fromLeft: 1 }),
        digits.map((digit) => `x${digit}`),
      ),
      of(
        weak({ fromLeft: 1 }),
        digits.map((digit) => `y${digit}`),
      ),
      of(weak({ id: '00000000-0000-4000-8000-000000000099' }), digits),
    ];
    expect(new Set(tokens).size).toBe(5);
  });

  test('keeps rows with clear parts of their own apart', () => {
    const method = weak({ fromRight: 3 });
    const column = Array.from({ length: 3000 }, (_, i) => `${i % 10}${String(i % 1000).padStart(3, '0')}`);
    const tokens = method.protect(column, undefined).column;
    expect(method.unprotect(tokens, undefined).column).toEqual(column);
    for (const row of [0, 511, 512, 2999])
      expect(method.protect([column[row]!], undefined).column).toEqual([tokens[row]]);
  });

  test('over any alphabet has as many tokens as values', () => {
    for (const size of [2, 3, 9, 10, 11, 94, 99, 100, 101, 120, 121, 122, 1000]) {
      const alphabets = [{ name: 'x', ranges: [`4E00-${(0x4e00 + size - 1).toString(16)}`] }];
      const method = weak({ type: 'unicode', alphabet: 'x' }, alphabets);
      const values = Array.from({ length: size }, (_, i) => String.fromCodePoint(0x4e00 + i));
      const { column, weakCount } = method.protect(values, undefined);
      expect(new Set(column)).toEqual(new Set(values));
      expect(weakCount).toBe(size);
      expect(method.unprotect(column, undefined).column).toEqual(values);
    }
  });

  test('of one symbol out of 65,536 costs no more than one of ten', () => {
    const alphabets = [{ name: 'x', ranges: ['0020-D7FF', 'E000-1081F'] }];
    const method = weak({ type: 'unicode', alphabet: 'x', fromRight: 4 }, alphabets);
    const column = Array.from({ length: 2000 }, (_, i) =>
      String.fromCodePoint(0xe000 + i, 0x4e00 + i, 0x4e01, 0x4e02, 0x10_000 + (i % 900)),
    );
    const { column: tokens, weakCount } = method.protect(column, undefined);
    expect(weakCount).toBe(2000);
    expect(method.unprotect(tokens, undefined).column).toEqual(column);
  });

  test.each([
    ['error', { code: 'INPUT_TOO_SHORT', row: 1 }],
    ['as-is', 'not refused'],
  ])('gets no token with shortData %s', (shortData, outcome) => {
    const method = methodOf({ type: 'numeric', shortData });
    expect(refusalOf(() => method.protect(['123456', '12345'], undefined))).toEqual(outcome);
  });
});

test('tokens written long ago are read and written today', () => {
  const { groups } = readTokens('weak-token');
  expect(groups.flatMap(({ pairs }) => pairs).length).toBeGreaterThanOrEqual(12);
  expect(reproduce('weak-token')).toEqual(groups);
});
