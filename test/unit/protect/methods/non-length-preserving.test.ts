import { describe, expect, test } from '@jest/globals';
import { keyOf, methodOf, readTokens, refusalOf, reproduce } from '../../../support/alphabet-methods.ts';
import { aes, decrypt, encrypt } from '../../../support/ff1-reference.ts';

const marked = (written: object = {}) => methodOf({ type: 'numeric', preserveLength: false, ...written });
const ciph = aes(keyOf('ff1'));
const NONE = Buffer.alloc(0);
const protectedBy = (method: ReturnType<typeof marked>, value: string): string =>
  String(method.protect([value], undefined).column[0]);

describe('a token that may be longer than its value', () => {
  test.each([
    ['1', 6],
    ['12345', 6],
    ['123456', 7],
    ['1'.repeat(3933), 3934],
  ])('has at least one symbol more and at least a million values', (value, length) => {
    const { column, weakCount } = marked().protect([value], undefined);
    expect(column[0]).toHaveLength(length);
    expect(weakCount).toBe(0);
    expect(marked().unprotect(column, undefined).column).toEqual([value]);
  });

  test('is FF1 of zeros, a one and the value', () => {
    expect(protectedBy(marked(), '042')).toBe(encrypt(ciph, 10, NONE, [0, 0, 1, 0, 4, 2]).join(''));
  });

  test.each([
    ['1-2', /^\d{5}-\d$/],
    ['(555) 1234', /^\(\d{4}\) \d{4}$/],
    ['--7--', /^--\d{6}--$/],
    ['€1.234,56', /^€\d{2}\.\d{3},\d{2}$/],
  ])('begins at the first symbol, and delimiters keep their distance from the end: %s', (value, form) => {
    expect(protectedBy(marked(), value)).toMatch(form);
    expect(marked().unprotect([protectedBy(marked(), value)], undefined).column).toEqual([value]);
  });

  test('keeps the clear parts', () => {
    const method = marked({ fromLeft: 2, fromRight: 2 });
    expect(protectedBy(method, '9912388')).toMatch(/^99\d{6}88$/);
    expect(method.unprotect([protectedBy(method, '9912388')], undefined).column).toEqual(['9912388']);
  });

  test.each([
    ['numeric', '7', 3933],
    ['alpha', 'a', 4076],
    ['upper-case-alpha', 'A', 4049],
    ['alpha-numeric', 'a', 4080],
    ['upper-case-alpha-numeric', 'A', 4064],
    ['lower-ascii', '!', 4086],
    ['printable', ' ', 4091],
  ])('takes 1 to the documented number of symbols: %s', (type, symbol, most) => {
    const method = marked({ type });
    const column = [symbol, symbol.repeat(most)];
    expect(method.unprotect(method.protect(column, undefined).column, undefined).column).toEqual(column);
    expect(refusalOf(() => method.protect([symbol.repeat(most + 1)], undefined))).toEqual({
      code: 'INPUT_TOO_LONG',
      row: 0,
    });
    expect(refusalOf(() => method.unprotect([symbol.repeat(most + 2)], undefined))).toEqual({
      code: 'INPUT_TOO_LONG',
      row: 0,
    });
  });

  test.each([
    ['error', { code: 'INPUT_TOO_SHORT', row: 1 }],
    ['as-is', 'not refused'],
    ['weak-token', 'not refused'],
  ])('is refused for a value without symbols: shortData %s', (shortData, outcome) => {
    const method = marked({ shortData });
    const column = ['1', '--', '', null];
    expect(refusalOf(() => method.protect(column, undefined))).toEqual(outcome);
    expect(refusalOf(() => method.unprotect([protectedBy(method, '1'), '--', '', null], undefined))).toEqual(outcome);
  });

  test.each(['as-is', 'weak-token'])('leaves a value without symbols unchanged: shortData %s', (shortData) => {
    const column = ['--', '', null];
    expect(marked({ shortData }).protect(column, undefined)).toEqual({ column, weakCount: 0, clearCount: 1 });
    expect(marked({ shortData }).unprotect(column, undefined)).toEqual({ column, weakCount: 0, clearCount: 1 });
  });

  test("is refused for a value below the policy's minimum", () => {
    const method = marked({ shortData: 'as-is', minLength: 3 });
    const column = ['12', '123', '1'];
    const tokens = method.protect(column, undefined).column;
    expect(tokens).toEqual(['12', expect.stringMatching(/^\d{6}$/), '1']);
    expect(method.unprotect(tokens, undefined).column).toEqual(column);
  });
});

const from = (numerals: number[]): string => encrypt(ciph, 10, NONE, numerals).join('');

describe('unprotect refuses texts that protect never produces', () => {
  test.each([
    ['a first numeral that is no marker', from([0, 2, 1, 3, 4, 5])],
    ['zeros only', from([0, 0, 0, 0, 0, 0])],
    ['a marker without a value', from([0, 0, 0, 0, 0, 1])],
    ['a zero in front that the length does not call for', from([0, 1, 3, 4, 5, 6, 7])],
    ['fewer symbols than any token has', '12345'],
  ])('%s', (_, token) => {
    const good = protectedBy(marked(), '1234');
    expect(refusalOf(() => marked().unprotect([good, null, token], undefined))).toEqual({
      code: 'CONTENT_INVALID',
      row: 2,
    });
  });

  test('such as most strings of digits, and maps the others back to themselves', () => {
    const strings = Array.from({ length: 500 }, (_, i) => String(i * 1999).padStart(6, '0'));
    let read = 0;
    for (const text of strings) {
      const hasMarker = /^0*1./.test(decrypt(ciph, 10, NONE, Array.from(text).map(Number)).join(''));
      const outcome = refusalOf(() => marked().unprotect([text], undefined));
      expect(outcome === 'not refused').toBe(hasMarker);
      if (outcome !== 'not refused') continue;
      read++;
      expect(marked().protect(marked().unprotect([text], undefined).column, undefined).column).toEqual([text]);
    }
    expect(read).toBeGreaterThan(20);
    expect(read).toBeLessThan(120);
  });
});

test('committed tokens are written and read unchanged', () => {
  const { groups } = readTokens('non-length-preserving');
  expect(groups.flatMap(({ pairs }) => pairs).length).toBeGreaterThanOrEqual(12);
  expect(reproduce('non-length-preserving')).toEqual(groups);
});
