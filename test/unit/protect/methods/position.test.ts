import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { keyOf, methodOf, readTokens, refusalOf, reproduce } from '../../../support/alphabet-methods.ts';
import { aes, encrypt } from '../../../support/ff1-reference.ts';
import { sharedTweak } from '../../../../lib/protect/tweak.ts';

const positions = (written: object = {}) =>
  methodOf({ type: 'alpha-numeric', preservePosition: true, externalIV: false, shortData: 'weak-token', ...written });
const protectedBy = (method: ReturnType<typeof positions>, value: string, iv?: string): string =>
  String(method.protect([value], iv).column[0]);
const kinds = (text: string): string => text.replace(/[A-Za-z]/g, 'a').replace(/\d/g, '0');
const cases = (text: string): string => text.replace(/[A-Z]/g, 'A').replace(/[a-z]/g, 'a').replace(/\d/g, '0');
const VALUES = [
  'Dan123',
  'DE89 3704 0044 0532 0130 00',
  'ABCdef',
  '123456',
  'a1',
  'x-÷×-9',
  'McDonald2026Bergstrasse17',
];

describe('a position-preserving token', () => {
  test.each(VALUES)('has letters where the value has letters, and digits where it has digits: %s', (value) => {
    const token = protectedBy(positions(), value);
    expect(kinds(token)).toBe(kinds(value));
    expect(token).not.toBe(value);
    expect(positions().unprotect([token], undefined).column).toEqual([value]);
  });

  test.each(VALUES)('has capitals where the value has them, if case is preserved too: %s', (value) => {
    const method = positions({ preservePosition: false, preserveCase: true });
    const token = protectedBy(method, value);
    expect(cases(token)).toBe(cases(value));
    expect(method.unprotect([token], undefined).column).toEqual([value]);
  });

  test('is FF1 over the letters, and over the digits with the clear letters as tweak', () => {
    const ciph = aes(keyOf('ff1'));
    const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const letters = encrypt(
      ciph,
      52,
      Buffer.alloc(0),
      Array.from('Danube').map((letter) => LETTERS.indexOf(letter)),
    );
    const digits = encrypt(ciph, 10, Buffer.from('\u0003\u0000\u0006Danube'), [1, 2, 3, 4, 5, 6]);
    const expected = letters.map((letter, i) => `${LETTERS[letter]}${digits[i]}`).join('');
    expect(protectedBy(positions(), 'D1a2n3u4b5e6')).toBe(expected);
  });

  test('hashes the tweak of its digits if there are many letters', () => {
    const letters = 'k'.repeat(38);
    const encoded = Buffer.concat([Buffer.of(3, 0, 38), Buffer.from(letters)]);
    const tweak = Buffer.concat([Buffer.of(4), createHash('sha256').update(encoded).digest()]);
    const expected = encrypt(aes(keyOf('ff1')), 10, tweak, [1, 2, 3, 4, 5, 6]).join('');
    expect(protectedBy(positions(), `${letters}123456`).slice(-6)).toBe(expected);
    expect(protectedBy(positions(), `${letters.slice(1)}123456`).slice(-6)).not.toBe(expected);
  });

  test.each([214, 250, 300])('binds all of %i letters and the external IV', (count) => {
    const letters = 'k'.repeat(count);
    const iv = 'a'.repeat(33);
    const encoded = Buffer.concat([
      Buffer.of(3, count >> 8, count & 0xff),
      Buffer.from(letters),
      sharedTweak(Buffer.from(iv)),
    ]);
    const tweak = Buffer.concat([Buffer.of(4), createHash('sha256').update(encoded).digest()]);
    const expected = encrypt(aes(keyOf('ff1')), 10, tweak, [1, 2, 3, 4, 5]).join('');
    expect(protectedBy(positions({ externalIV: true }), `${letters}12345`, iv).slice(-5)).toBe(expected);
  });

  test('has other digits with other letters', () => {
    const digits = ['Dan123456', 'Don123456', 'dan123456'].map((value) => protectedBy(positions(), value).slice(-6));
    expect(new Set(digits).size).toBe(3);
  });

  test('depends on the external IV, if the element takes one', () => {
    const method = positions({ externalIV: true });
    const tokens = [undefined, 'a', 'b'].map((iv) => protectedBy(method, 'Danube-123456', iv));
    expect(new Set(tokens.flatMap((token) => token.split('-'))).size).toBe(6);
    expect(method.unprotect([tokens[1]!], 'a').column).toEqual(['Danube-123456']);
    expect(refusalOf(() => positions().protect(['Danube-123456'], 'a'))).toEqual({
      code: 'IV_NOT_ALLOWED',
      row: undefined,
    });
  });

  test('is weak if either part has fewer than a million values', () => {
    const column = ['ABCD123456', 'ABCD', '123456', 'ABC123456', 'ABCD12345', '---'];
    expect(positions().protect(column, undefined).weakCount).toBe(2);
    expect(positions({ preserveCase: true }).protect(column, undefined).weakCount).toBe(4);
  });

  test.each([
    ['letters', 'ABC123456'],
    ['digits', 'ABCD12345'],
    ['symbols at all', '---'],
  ])('is refused for too few %s, unless weak tokens are allowed', (_, value) => {
    const column = ['ABCD123456', value];
    expect(refusalOf(() => positions({ shortData: 'error' }).protect(column, undefined))).toEqual({
      code: 'INPUT_TOO_SHORT',
      row: 1,
    });
    expect(positions({ shortData: 'error' }).protect(['', null], undefined).column).toEqual(['', null]);
    expect(positions({ shortData: 'as-is' }).protect(column, undefined).column[1]).toBe(value);
    expect(positions({ shortData: 'as-is' }).unprotect(column, undefined).column[1]).toBe(value);
  });

  test.each([
    ['ABC123456', { is: 'at least', count: 4, of: 'letter' }],
    ['ABCD12345', { is: 'at least', count: 6, of: 'digit' }],
    ['ABC12345', { is: 'at least', count: 6, of: 'digit' }],
  ])('names the limit that %s falls short of', (value, limit) => {
    expect(() => positions({ shortData: 'error' }).protect([value], undefined)).toThrow(
      expect.objectContaining({ code: 'INPUT_TOO_SHORT', limit: expect.objectContaining(limit) }),
    );
  });

  test('has 4,096 letters and digits at most', () => {
    const column = [`${'x'.repeat(2048)}${'7'.repeat(2048)}`, 'y'.repeat(4096)];
    const tokens = positions().protect(column, undefined).column;
    expect(positions().unprotect(tokens, undefined).column).toEqual(column);
    expect(refusalOf(() => positions().protect(['', 'y'.repeat(4097)], undefined))).toEqual({
      code: 'INPUT_TOO_LONG',
      row: 1,
    });
  });

  test('comes with others in a column, NULL and the empty string as they were', () => {
    const column = [...VALUES, null, '', '---'];
    const tokens = positions().protect(column, undefined).column;
    expect(tokens.slice(-3)).toEqual([null, '', '---']);
    expect(tokens.slice(0, -3)).toEqual(VALUES.map((value) => protectedBy(positions(), value)));
    expect(refusalOf(() => positions().protect(['a1', 12], undefined))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
  });
});

test('tokens written long ago are read and written today', () => {
  const { groups } = readTokens('positions');
  expect(groups.flatMap(({ pairs }) => pairs).length).toBeGreaterThanOrEqual(12);
  expect(reproduce('positions')).toEqual(groups);
});
