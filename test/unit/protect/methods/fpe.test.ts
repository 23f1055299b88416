import { describe, expect, test } from '@jest/globals';
import { tweakOf } from '../../../../lib/protect/tweak.ts';
import { keyOf, methodOf, readTokens, refusalOf, reproduce } from '../../../support/alphabet-methods.ts';
import { aes, encrypt } from '../../../support/ff1-reference.ts';

const TYPES = [
  ['fpe-numeric', 10, 6, '7', 'a'],
  ['fpe-alpha', 52, 4, 'b', '7'],
  ['fpe-alpha-numeric', 62, 4, '7', '÷'],
  ['fpe-latin1-alpha', 114, 3, 'é', '×'],
  ['fpe-latin1-alpha-numeric', 124, 3, 'ÿ', '÷'],
] as const;

const latin = Array.from({ length: 0x40 }, (_, i) => String.fromCharCode(0xc0 + i))
  .filter((c) => c !== '×' && c !== '÷')
  .join('');
const ASCII = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ALPHABETS: Readonly<Record<string, string>> = {
  'fpe-numeric': '0123456789',
  'fpe-alpha': ASCII,
  'fpe-alpha-numeric': `0123456789${ASCII}`,
  'fpe-latin1-alpha': `${ASCII}${latin}`,
  'fpe-latin1-alpha-numeric': `0123456789${ASCII}${latin}`,
};

describe.each(TYPES)('%s', (type, radix, least, symbol, delimiter) => {
  const method = methodOf({ type });

  test(`is FF1 with radix ${radix}`, () => {
    const alphabet = ALPHABETS[type]!;
    expect(alphabet).toHaveLength(radix);
    const value = Array.from(alphabet).slice(-10).join('');
    const numerals = encrypt(
      aes(keyOf('ff1')),
      radix,
      Buffer.alloc(0),
      Array.from({ length: 10 }, (_, i) => radix - 10 + i),
    );
    expect(method.protect([value], undefined).column).toEqual([numerals.map((numeral) => alphabet[numeral]).join('')]);
  });

  test(`takes ${least} to 4,096 characters, and leaves others in place`, () => {
    const column = [
      symbol.repeat(least),
      symbol.repeat(4096),
      `${delimiter}${symbol.repeat(least)}${delimiter}`,
      '',
      null,
    ];
    const { column: tokens, weakCount } = method.protect(column, undefined);
    expect(weakCount).toBe(0);
    expect(tokens[2]).toBe(`${delimiter}${String(tokens[0])}${delimiter}`);
    expect(method.unprotect(tokens, undefined).column).toEqual(column);
  });

  test.each([
    ['too few characters', symbol.repeat(least - 1), 'INPUT_TOO_SHORT'],
    ['none', delimiter, 'INPUT_TOO_SHORT'],
    ['too many', symbol.repeat(4097), 'INPUT_TOO_LONG'],
    ['a number', 1_234_567, 'WRONG_DATATYPE'],
  ])('refuses %s', (_, cell, code) => {
    expect(refusalOf(() => method.protect([symbol.repeat(9), cell], undefined))).toEqual({ code, row: 1 });
  });

  test('leaves short values unchanged if the policy says so', () => {
    const column = [symbol.repeat(least - 1), delimiter];
    expect(methodOf({ type, shortData: 'as-is' }).protect(column, undefined).column).toEqual(column);
  });
});

describe('the tweak', () => {
  test('holds the clear parts', () => {
    const tweak = tweakOf(Buffer.from('99'), Buffer.from('88'), Buffer.alloc(0));
    const token = encrypt(aes(keyOf('ff1')), 10, tweak, [1, 2, 3, 4, 5, 6]).join('');
    expect(
      methodOf({ type: 'fpe-numeric', fromLeft: 2, fromRight: 2 }).protect(['9912345688'], undefined).column,
    ).toEqual([`99${token}88`]);
  });

  test('holds the argument too, if the element says so', () => {
    const method = methodOf({ type: 'fpe-numeric', tweakInput: 'argument', fromLeft: 1 });
    const tweak = tweakOf(Buffer.from('9'), Buffer.alloc(0), Buffer.from('argument'));
    const token = encrypt(aes(keyOf('ff1')), 10, tweak, [1, 2, 3, 4, 5, 6]).join('');
    expect(method.protect(['9123456'], 'argument').column).toEqual([`9${token}`]);
    expect(method.unprotect([`9${token}`], 'argument').column).toEqual(['9123456']);
  });

  test.each([
    ['missing', 'argument', undefined, 'TWEAK_MISSING'],
    ['empty', 'argument', '', 'TWEAK_MISSING'],
    ['of 257 bytes', 'argument', `${'é'.repeat(128)}x`, 'TWEAK_TOO_LONG'],
    ['given and not wanted', 'message', 'x', 'TWEAK_UNSUPPORTED'],
  ])('is refused before any value is read: %s', (_, tweakInput, iv, code) => {
    const method = methodOf({ type: 'fpe-numeric', tweakInput });
    expect(refusalOf(() => method.protect(['x'], iv))).toEqual({ code, row: undefined });
    expect(refusalOf(() => method.unprotect(['x'], iv))).toEqual({ code, row: undefined });
  });

  test('may have 256 bytes', () => {
    const method = methodOf({ type: 'fpe-numeric', tweakInput: 'argument' });
    expect(refusalOf(() => method.protect(['123456'], 'é'.repeat(128)))).toBe('not refused');
  });
});

test('a lowered minimum allows weak values, which are counted', () => {
  const method = methodOf({ type: 'fpe-numeric', minLength: 2 });
  const { column, weakCount } = method.protect(['12', '12345', '123456'], undefined);
  expect(weakCount).toBe(2);
  expect(method.unprotect(column, undefined).column).toEqual(['12', '12345', '123456']);
});

const card = (written: object = {}) => methodOf({ type: 'fpe-numeric', creditCard: true, ...written });

describe('card numbers', () => {
  test('have digits only, at least 8', () => {
    const column = ['12345678', '4111111111111111'];
    expect(card().unprotect(card().protect(column, undefined).column, undefined).column).toEqual(column);
    expect(refusalOf(() => card().protect(['12345678', '1234567'], undefined))).toEqual({
      code: 'INPUT_TOO_SHORT',
      row: 1,
    });
    expect(refusalOf(() => card({ minLength: 10 }).protect(['123456789'], undefined))).toEqual({
      code: 'INPUT_TOO_SHORT',
      row: 0,
    });
    expect(refusalOf(() => card().protect(['4111-1111-1111-1111'], undefined))).toEqual({
      code: 'CARD_INVALID',
      row: 0,
    });
  });

  test('have the options of the credit card token', () => {
    const method = card({ invalidLuhn: true, tweakInput: 'argument' });
    const { column } = method.protect(['4111111111111111'], 'x');
    expect(method.unprotect(column, 'x').column).toEqual(['4111111111111111']);
    expect(refusalOf(() => method.protect(['4111111111111112'], 'x'))).toEqual({ code: 'LUHN_MUST_BE_VALID', row: 0 });
    expect(refusalOf(() => method.protect(['4111111111111111'], undefined))).toMatchObject({ code: 'TWEAK_MISSING' });
  });

  test('refuse an element with an option for short data', () => {
    expect(refusalOf(() => card({ shortData: 'as-is' }))).toMatchObject({ code: 'ELEMENT_UNFIT' });
  });
});

test('committed tokens are written and read unchanged', () => {
  const { groups } = readTokens('fpe');
  expect(groups.flatMap(({ pairs }) => pairs).length).toBeGreaterThanOrEqual(12);
  expect(reproduce('fpe')).toEqual(groups);
});
