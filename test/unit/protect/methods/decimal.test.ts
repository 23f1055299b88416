import { describe, expect, test } from '@jest/globals';
import type { Cell } from '../../../../lib/base/cell.ts';
import { compileDecimal } from '../../../../lib/protect/methods/number/decimal.ts';
import { tokenDigits, valueDigits } from '../../../../lib/protect/methods/number/decimal-digits.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import * as reference from '../../../support/ff1-reference.ts';
import { elementOf, fixedKey, fixedKeyContext, readTokens, refusalOf, roundTrip } from '../../../support/fixed-key.ts';

const decimal = (options: object = {}, elementId?: string): Method =>
  compileDecimal(elementOf('decimal', { maxLength: 38, ...options }), fixedKeyContext(elementId));

const LENGTHS = Array.from({ length: 38 }, (_, i) => i + 1);

/** All zeros, all nines, and digits in between. */
const numbersOf = (digits: number): string[] => [
  '0'.repeat(digits),
  '9'.repeat(digits),
  '1'.padEnd(digits, '0'),
  '1'.padStart(digits, '0'),
  '7263459810'.repeat(4).slice(0, digits),
  '0098765432'.repeat(4).slice(0, digits),
];

/** x in base 9 with digits 1 to 9, through FF1, computed with BigInt. */
function referenceToken(digits: string): string {
  const length = tokenDigits(digits.length);
  const numerals = BigInt(digits).toString(9).padStart(length, '0').split('').map(Number);
  return reference
    .encrypt(reference.aes(fixedKey()), 9, new Uint8Array(0), numerals)
    .map((numeral) => numeral + 1)
    .join('');
}

/** Sign, separator, and the digits behind it as zeros. */
const shape = (text: unknown): (string | undefined)[] =>
  /^([+-]?)[0-9]*([.,])([0-9]*)$/
    .exec(String(text))!
    .slice(1)
    .map((part) => part.replaceAll(/\d/g, '0'));

describe.each(LENGTHS)('a decimal of %d digits', (digits) => {
  test('comes back exactly and has a longer token without zeros', () => {
    const column = numbersOf(digits);
    const { tokens, values } = roundTrip(decimal(), column);
    expect(values).toEqual(column);
    expect(tokens.filter((token) => !/^[1-9]+$/.test(token as string))).toEqual([]);
    expect(tokens.map((token) => (token as string).length - digits)).toEqual(column.map(() => (digits <= 20 ? 1 : 2)));
    expect(new Set(tokens).size).toBe(new Set(column).size);
  });

  test('has as many token digits as base 9 needs, and the token length determines its own', () => {
    const length = tokenDigits(digits);
    expect(9n ** BigInt(length) >= 10n ** BigInt(digits)).toBe(true);
    expect(valueDigits(length)).toBe(digits);
  });

  const forms = ['-', '+', ''].flatMap((sign) =>
    ['.', ','].flatMap((separator) =>
      [0, 1, digits - 1, digits].map((at) => (text: string) => sign + text.slice(0, at) + separator + text.slice(at)),
    ),
  );
  test.each(forms)('keeps its sign, its separator and the digits behind it', (form) => {
    const column = numbersOf(digits)
      .map(form)
      .filter((text) => text.length <= 38);
    const { tokens, values } = roundTrip(decimal(), column);
    expect(values).toEqual(column);
    expect(tokens.map(shape)).toEqual(column.map(shape));
  });
});

describe('a decimal', () => {
  test.each([2, 6, 16, 17, 20, 21, 32, 33, 38])('of %d digits is its number in base 9 through FF1', (digits) => {
    const column = numbersOf(digits);
    expect(decimal().protect(column, undefined).column).toEqual(column.map(referenceToken));
  });

  test('of one digit has one of 10 tokens, and the other 71 of 81 are refused', () => {
    const column = '0123456789'.split('');
    const { tokens, values } = roundTrip(decimal(), column);
    expect(values).toEqual(column);
    const accepted = Array.from({ length: 81 }, (_, i) => `${1 + Math.floor(i / 9)}${1 + (i % 9)}`).filter((token) => {
      try {
        return column.includes(decimal().unprotect([token], undefined).column[0] as string);
      } catch {
        return false;
      }
    });
    expect(new Set(accepted)).toEqual(new Set(tokens));
  });

  test('has the same token digits under every sign and separator', () => {
    const { column } = decimal().protect(['1234567', '-1234567', '1,234567', '+1234.567'], undefined);
    expect(new Set(column.map((token) => String(token).replaceAll(/\D/g, ''))).size).toBe(1);
  });

  test.each([
    '-',
    '+',
    '.',
    ',',
    '-.',
    '1.2.3',
    '1,2.3',
    '1,,2',
    '1-',
    '--1',
    '+-1',
    ' 1',
    '1 ',
    '1e5',
    '0x1',
    'x',
    '１',
    '1:',
    '1/',
  ])('is not %j', (text) => {
    expect(refusalOf(() => decimal().protect([null, '', text], undefined))).toEqual({
      code: 'DECIMAL_INVALID',
      row: 2,
    });
  });

  test.each([
    ['with a zero', '1203'],
    ['of one digit', '5'],
    ['of 22 digits', '1'.repeat(22)],
    [
      'with more digits behind the separator than its value has',
      `.${String(decimal().protect(['123'], undefined).column[0])}`,
    ],
    ['of a number beyond its length', '99'],
  ])('has no token %s', (_what, token) => {
    const outside =
      token === '99' ? Array.from({ length: 9 }, (_, i) => `1${i + 1}`).find((text) => !isToken(text))! : token;
    expect(refusalOf(() => decimal().unprotect(['', null, outside], undefined))).toEqual({
      code: 'DECIMAL_INVALID',
      row: 2,
    });
  });

  test.each<[number, string, boolean]>([
    [36, '1'.repeat(36), true],
    [36, '1'.repeat(37), false],
    [36, `-${'1'.repeat(34)}.`, true],
    [36, `-${'1'.repeat(35)}.`, false],
    [38, '1'.repeat(38), true],
    [38, '1'.repeat(39), false],
    [38, '1'.repeat(4096), false],
    [1, '1', true],
    [1, '-1', false],
  ])('of at most %d characters may be %s: %s', (maxLength, text, fits) => {
    const method = decimal({ maxLength });
    const outcome = (): unknown =>
      fits ? roundTrip(method, ['', text]).values : refusalOf(() => method.protect(['', text], undefined));
    expect(outcome()).toEqual(fits ? ['', text] : { code: 'INPUT_TOO_LONG', row: 1 });
  });

  test('is refused as a token of a value that is too long, or with more than 40 digits', () => {
    const token = decimal().protect(['123456'], undefined).column;
    expect(decimal({ maxLength: 6 }).unprotect(token, undefined).column).toEqual(['123456']);
    expect(refusalOf(() => decimal({ maxLength: 5 }).unprotect(token, undefined)).code).toBe('INPUT_TOO_LONG');
    expect(refusalOf(() => decimal().unprotect(['1'.repeat(41)], undefined)).code).toBe('DECIMAL_INVALID');
  });

  test.each<[string, number]>([
    ['1', 1],
    ['-12.345', 1],
    ['123456', 0],
    ['0.00001', 0],
  ])('%s counts as weak %d times, both ways', (text, weak) => {
    const { column, weakCount } = decimal().protect([text, null, ''], undefined);
    expect(weakCount).toBe(weak);
    expect(decimal().unprotect(column, undefined).weakCount).toBe(weak);
  });

  test('leaves NULL and the empty string, and takes no boolean', () => {
    expect(decimal().protect([null, ''], undefined)).toEqual({ column: [null, ''], weakCount: 0, clearCount: 0 });
    expect(refusalOf(() => decimal().protect([null, true], undefined))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
  });

  test('takes no IV; an empty one is none', () => {
    expect(refusalOf(() => decimal().protect(['1.5'], 'iv')).code).toBe('IV_NOT_ALLOWED');
    expect(refusalOf(() => decimal().unprotect(['12.5'], 'iv')).code).toBe('IV_NOT_ALLOWED');
    expect(decimal().protect(['1.5'], '')).toEqual(decimal().protect(['1.5'], undefined));
  });

  test('has another token under another element', () => {
    const column = numbersOf(12);
    expect(decimal({}, 'other').protect(column, undefined).column).not.toEqual(
      decimal().protect(column, undefined).column,
    );
  });
});

function isToken(text: string): boolean {
  try {
    decimal().unprotect([text], undefined);
    return true;
  } catch {
    return false;
  }
}

const withLimit = (count: number) =>
  expect.objectContaining({ limit: { is: 'at most', count, of: 'digit', besideClear: false } });

describe('a number cell', () => {
  test('stays a number, with the token of its text', () => {
    const column: Cell[] = [
      0,
      5,
      -5,
      0.5,
      -0.25,
      7634.119,
      -7634.119,
      99_999_999_999_999,
      0.000001,
      '12.50',
      null,
      '',
      100,
    ];
    const { tokens, values } = roundTrip(decimal(), column);
    expect(values).toEqual(column);
    expect(tokens.map((token) => typeof token)).toEqual(column.map((value) => typeof value));
    const texts = column.map((value) => (value === null ? null : String(value)));
    expect(tokens.map((token) => (token === null ? null : String(token)))).toEqual(
      decimal().protect(texts, undefined).column,
    );
  });

  test('keeps the sign of zero', () => {
    const { values } = roundTrip(decimal(), [-0, 0]);
    expect(Object.is(values[0], -0)).toBe(true);
    expect(Object.is(values[1], 0)).toBe(true);
  });

  test.each([
    [1e-7, '0.0000001'],
    [-2.5e-9, '-0.0000000025'],
    [1e-13, '0.0000000000001'],
    [1e2, '100'],
    [1e13, '10000000000000'],
  ])('%d is the decimal %s', (cell, text) => {
    const { tokens, values } = roundTrip(decimal(), [cell, text]);
    expect(String(tokens[0])).toBe(tokens[1]);
    expect(values).toEqual([cell, text]);
    expect(decimal().unprotect([tokens[1]!], undefined).column).toEqual([text]);
  });

  test.each([123_456_789_012_345, 1234567.12345678, 0.00000000000001234, 1e-14, 5e-324])(
    '%d is exact and refused: its token might not be',
    (cell) => {
      expect(refusalOf(() => decimal().protect([null, cell], undefined))).toEqual({ code: 'NUMBER_UNFIT', row: 1 });
    },
  );

  test.each([
    2 ** 53,
    1e21,
    Number('123456789012345678'),
    0.1 + 0.2,
    0.1234567890123456,
    Number('1.2345678901234567e-9'),
  ])('%d is refused: it may have been rounded', (cell) => {
    expect(refusalOf(() => decimal().protect([null, cell], undefined))).toEqual({ code: 'UNSAFE_NUMBER', row: 1 });
  });

  test('may have 14 digits, and a token 15, as the refusal says', () => {
    expect(() => decimal().protect([123_456_789_012_345], undefined)).toThrow(withLimit(14));
    expect(() => decimal().unprotect([1_111_111_111_111_111], undefined)).toThrow(withLimit(15));
  });

  test.each(['07', '1.50', '.5', '-00'])('is refused as token of the text %s', (text) => {
    const token = Number(decimal().protect([text], undefined).column[0]);
    expect(refusalOf(() => decimal().unprotect([null, token], undefined))).toEqual({ code: 'UNSAFE_NUMBER', row: 1 });
  });

  test('may have 15 digits as a token', () => {
    const token = decimal().protect([99_999_999_999_999], undefined).column[0] as number;
    expect(String(token)).toHaveLength(15);
    expect(refusalOf(() => decimal().unprotect([1_111_111_111_111_111], undefined)).code).toBe('NUMBER_UNFIT');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is none', (cell) => {
    expect(refusalOf(() => decimal().protect([cell], undefined))).toEqual({ code: 'DECIMAL_INVALID', row: 0 });
  });
});

const { elementId, sets } = readTokens('decimal');
test.each(sets)('committed tokens with $options are written and read unchanged', (set) => {
  const element = elementOf('decimal', { id: elementId, ...set.options });
  const method = compileDecimal(element, fixedKeyContext(elementId));
  const [values, tokens] = [set.pairs.map(([value]) => value), set.pairs.map(([, token]) => token)];
  expect(method.protect(values, undefined).column).toEqual(tokens);
  expect(method.unprotect(tokens, undefined).column).toEqual(values);
});
