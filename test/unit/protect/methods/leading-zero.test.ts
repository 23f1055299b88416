import { describe, expect, test } from '@jest/globals';
import { methodOf, refusalOf } from '../../../support/alphabet-methods.ts';

const preserving = (written: object = {}) => methodOf({ type: 'numeric', leadingZero: 'preserve', ...written });
const beginsWithZero = (cell: unknown): boolean => String(cell).replace(/\D/g, '').startsWith('0');

describe('leading zeros', () => {
  test('stand in the token exactly if the value has one', () => {
    const method = preserving();
    const column = Array.from({ length: 2000 }, (_, i) =>
      String(i * 49_999)
        .padStart(8, '0')
        .replace(/^(...)/, '$1-'),
    );
    const tokens = method.protect(column, undefined).column;
    expect(tokens.map(beginsWithZero)).toEqual(column.map(beginsWithZero));
    expect(new Set(column.map(beginsWithZero)).size).toBe(2);
    expect(new Set(tokens).size).toBe(column.length);
    expect(method.unprotect(tokens, undefined).column).toEqual(column);
  });

  test('may appear in a token if the element does not preserve them', () => {
    const column = Array.from({ length: 200 }, (_, i) => String(1_000_000 + i));
    expect(methodOf({ type: 'numeric' }).protect(column, undefined).column.some(beginsWithZero)).toBe(true);
  });

  test('need seven digits for a million values in each class', () => {
    expect(refusalOf(() => preserving().protect(['123456'], undefined))).toEqual({ code: 'INPUT_TOO_SHORT', row: 0 });
    expect(preserving({ minLength: 6 }).protect(['123456', '012345', '1234567', '0123456'], undefined).weakCount).toBe(
      2,
    );
  });

  test('need no preserving behind a clear left part, so that the whole domain serves', () => {
    const method = preserving({ fromLeft: 1 });
    const column = Array.from({ length: 300 }, (_, i) => `${i % 10}${100_000 + i}`);
    const tokens = method.protect(column, undefined).column;
    expect(tokens.map(beginsWithZero)).toEqual(column.map(beginsWithZero));
    expect(tokens.some((token) => String(token)[1] === '0')).toBe(true);
    expect(method.unprotect(tokens, undefined).column).toEqual(column);
  });

  test.each([1, 2, 3])('are preserved by weak tokens of %d digits', (length) => {
    const method = preserving({ shortData: 'weak-token' });
    const column = Array.from({ length: 10 ** length }, (_, i) => String(i).padStart(length, '0'));
    const tokens = method.protect(column, undefined).column;
    expect(tokens.map(beginsWithZero)).toEqual(column.map(beginsWithZero));
    expect(new Set(tokens).size).toBe(column.length);
    expect(method.unprotect(tokens, undefined).column).toEqual(column);
  });
});

describe('number cells', () => {
  test('become numbers of as many digits, the tokens of their text', () => {
    const column = [1_234_567, '1234567', null, 900_000_000_000, '', '012-345-678'];
    const { column: tokens } = preserving().protect(column, undefined);
    expect(tokens.map((cell) => typeof cell)).toEqual(['number', 'string', 'object', 'number', 'string', 'string']);
    expect(String(tokens[0])).toBe(tokens[1]);
    expect(String(tokens[3])).toHaveLength(12);
    expect(preserving().unprotect(tokens, undefined).column).toEqual(column);
  });

  test.each([
    ['a negative number', -1_234_567, 'WRONG_DATATYPE'],
    ['negative zero', -0, 'WRONG_DATATYPE'],
    ['a fraction', 1_234_567.5, 'WRONG_DATATYPE'],
    ['no number', Number.NaN, 'WRONG_DATATYPE'],
    ['infinity', Infinity, 'WRONG_DATATYPE'],
    ['a number beyond 2^53', 2 ** 53, 'UNSAFE_NUMBER'],
    ['a boolean', false, 'WRONG_DATATYPE'],
    ['too small a number', 123_456, 'INPUT_TOO_SHORT'],
  ])('are refused: %s', (_, cell, code) => {
    expect(refusalOf(() => preserving().protect([1_234_567, cell], undefined))).toEqual({ code, row: 1 });
    expect(refusalOf(() => preserving().unprotect([1_234_567, cell], undefined))).toEqual({ code, row: 1 });
  });

  test('are refused if their token is beyond 2^53, rather than rounded', () => {
    const outcomes = Array.from({ length: 40 }, (_, i) => {
      const cell = 1_000_000_000_000_000 + i;
      const [token] = preserving().protect([String(cell)], undefined).column;
      const outcome = refusalOf(() => preserving().protect([1_234_567, cell], undefined));
      expect(outcome).toEqual(Number.isSafeInteger(Number(token)) ? 'not refused' : { code: 'NUMBER_UNFIT', row: 1 });
      return outcome;
    });
    expect(outcomes).toContain('not refused');
    expect(outcomes.filter((outcome) => outcome !== 'not refused').length).toBeGreaterThan(5);
  });

  test('stay as they are if they are short and the policy says so', () => {
    const method = preserving({ shortData: 'as-is' });
    expect(method.protect([42, 0, '42'], undefined).column).toEqual([42, 0, '42']);
  });

  test('are refused by an element whose tokens may begin with 0', () => {
    const method = methodOf({ type: 'numeric' });
    expect(refusalOf(() => method.protect(['123456', 1_234_567], undefined))).toEqual({
      code: 'WRONG_DATATYPE',
      row: 1,
    });
  });
});
