import { describe, expect, test } from '@jest/globals';
import { compileCreditCard } from '../../../../lib/protect/methods/card/credit-card.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import { tweakOf } from '../../../../lib/protect/tweak.ts';
import * as reference from '../../../support/ff1-reference.ts';
import { elementOf, fixedKey, fixedKeyContext, readTokens, refusalOf, roundTrip } from '../../../support/fixed-key.ts';

const card = (options: object = {}, elementId?: string): Method =>
  compileCreditCard(elementOf('credit-card', options), fixedKeyContext(elementId));

/** The Luhn checksum by its textbook definition: double every second digit from the right, add the digits. */
function isLuhnValid(digits: string): boolean {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, i) => {
      const counted = i % 2 === 1 ? 2 * Number(digit) : Number(digit);
      return total + Math.floor(counted / 10) + (counted % 10);
    }, 0);
  return sum % 10 === 0;
}

const completed = (digits: string): string =>
  '0123456789'
    .split('')
    .map((digit) => digits + digit)
    .find((number) => isLuhnValid(number))!;

/** Published test numbers: 13 to 19 digits, among them 15 and 14. */
const CARDS = [
  '4222222222222',
  '30569309025904',
  '378282246310005',
  '4111111111111111',
  '5555555555554444',
  '6011111111111117',
  '2223003122003222',
  '50339619890917',
  completed('60799999999999999'),
  completed('635000000000000000'),
];
const CARD_TYPES = CARDS.filter((number) => /^[2-6]/.test(number));

const MARKED = [
  {},
  { invalidLuhn: true },
  { invalidCardType: true },
  { invalidLuhn: true, invalidCardType: true },
  { alphabeticIndicator: 1 },
  { alphabeticIndicator: 3 },
];
const CLEAR = [
  {},
  { fromRight: 4 },
  { fromLeft: 6 },
  { fromLeft: 6, fromRight: 4, minLength: 3 },
  { fromLeft: 1, fromRight: 1 },
];
const COMBINATIONS = MARKED.flatMap((marks) => CLEAR.map((clear) => ({ ...marks, ...clear }))).filter(
  (options) => !('invalidCardType' in options && 'fromLeft' in options),
);

describe.each(COMBINATIONS)('a card element with %j', (options) => {
  const method = card({ minLength: 3, ...options });
  const all: { invalidLuhn?: boolean; invalidCardType?: boolean; alphabeticIndicator?: number } = options;
  const { fromLeft = 0, fromRight = 0 }: { fromLeft?: number; fromRight?: number } = options;

  test('makes tokens of the same length with their clear digits and marks, and reverses them', () => {
    const { tokens, values } = roundTrip(method, CARD_TYPES);
    expect(values).toEqual(CARD_TYPES);
    for (const [i, token] of (tokens as string[]).entries()) {
      const value = CARD_TYPES[i]!;
      expect(token).toHaveLength(value.length);
      expect(token.slice(0, fromLeft)).toBe(value.slice(0, fromLeft));
      expect(token.slice(token.length - fromRight)).toBe(value.slice(value.length - fromRight));
      expect(isLuhnValid(token) && all.invalidLuhn === true).toBe(false);
      expect(token).toMatch(all.invalidCardType === true ? /^[01789]/ : /./);
      const letters = all.alphabeticIndicator === undefined ? [] : [fromLeft + all.alphabeticIndicator - 1];
      const positions = token.split('').flatMap((character, at) => (/[A-J]/.test(character) ? [at] : []));
      expect(positions).toEqual(letters);
      expect(token).toMatch(/^[0-9A-J]+$/);
    }
  });

  test('has another token for another element, IV and clear part', () => {
    const first = method.protect(CARD_TYPES, undefined).column;
    expect(card({ minLength: 3, ...options }, 'other').protect(CARD_TYPES, undefined).column).not.toEqual(first);
    expect(method.protect(CARD_TYPES, 'a').column).not.toEqual(first);
    expect(method.protect(CARD_TYPES, '').column).toEqual(first);
    expect(roundTrip(method, CARD_TYPES, 'a').values).toEqual(CARD_TYPES);
  });
});

test.each([{ fromLeft: 2 }, { fromRight: 2 }])('a clear part, %j, changes the token of the same middle', (options) => {
  const cut = (number: string) => ('fromLeft' in options ? number.slice(2) : number.slice(0, -2));
  const values = 'fromLeft' in options ? ['11345678901234', '12345678901234'] : ['34567890123411', '34567890123412'];
  const [one, two] = card(options).protect(values, undefined).column as [string, string];
  expect(cut(one)).not.toBe(cut(two));
});

const numeralsOf = (digits: string): number[] => digits.split('').map(Number);

describe('a card token', () => {
  const aes = reference.aes(fixedKey());

  test('without options is FF1 over its digits with the clear parts and the IV in the tweak', () => {
    const tweak = tweakOf(Buffer.from('411111'), Buffer.from('1111'), Buffer.from('iv'));
    const middle = reference.encrypt(aes, 10, tweak, numeralsOf('111111')).join('');
    expect(card({ fromLeft: 6, fromRight: 4 }).protect(['4111111111111111'], 'iv').column).toEqual([
      `411111${middle}1111`,
    ]);
  });

  test('shows the meter how many values go through the cipher', () => {
    const metered: number[] = [];
    const meter = (values: number, work: () => void): void => {
      metered.push(values);
      work();
    };
    const method = compileCreditCard(elementOf('credit-card', {}), { ...fixedKeyContext(), meter });
    method.protect(['4111111111111111', null, '', '378282246310005', '5500000000000004'], undefined);
    expect(metered).toEqual([3]);
  });

  test('with a tweak beyond 40 bytes is FF1 with its digest', () => {
    const iv = 'i'.repeat(40);
    const tweak = tweakOf(Buffer.from('41'), new Uint8Array(0), Buffer.from(iv));
    const rest = reference.encrypt(aes, 10, tweak, numeralsOf('11111111')).join('');
    expect(card({ fromLeft: 2 }).protect(['4111111111', '4111111111'], iv).column).toEqual([`41${rest}`, `41${rest}`]);
  });

  test('with a wrong Luhn digit has the digit after the right one', () => {
    const others = reference.encrypt(aes, 10, new Uint8Array(0), numeralsOf('411111111111111')).join('');
    const right = Number(completed(others).at(-1));
    expect(card({ invalidLuhn: true }).protect(['4111111111111111'], undefined).column).toEqual([
      `${others}${(right + 1) % 10}`,
    ]);
  });

  test('with a wrong card type is FF1 walked until the first digit is one of five', () => {
    let numerals = numeralsOf('2111111111111111'); // 4 is the third of 2 to 6
    do numerals = reference.encrypt(aes, 10, new Uint8Array(0), numerals);
    while (numerals[0]! > 4);
    const expected = `${'01789'[numerals[0]!]}${numerals.slice(1).join('')}`;
    expect(card({ invalidCardType: true }).protect(['4111111111111111'], undefined).column).toEqual([expected]);
  });

  test('of three digits is a permutation of all values', () => {
    const numbers = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
    for (const options of MARKED) {
      const column = numbers
        .filter((number) => !('invalidLuhn' in options) || isLuhnValid(number))
        .filter((number) => !('invalidCardType' in options) || /^[2-6]/.test(number));
      const { tokens, values } = roundTrip(card({ minLength: 3, ...options }), column);
      expect(values).toEqual(column);
      expect(new Set(tokens).size).toBe(column.length);
    }
  });
});

describe('a card element refuses', () => {
  const VALID = '4111111111111111';
  test.each<[string, object, string, string]>([
    ['a blank', {}, '4111 1111 1111 1111', 'CARD_INVALID'],
    ['a hyphen', {}, '4111-1111-1111-1111', 'CARD_INVALID'],
    ['a letter', {}, '411111111111111A', 'CARD_INVALID'],
    ['a letter in a clear part', { fromLeft: 6 }, 'A111111111111111', 'CARD_INVALID'],
    ['a letter where the indicator will be', { alphabeticIndicator: 1 }, 'A111111111111111', 'CARD_INVALID'],
    ['a digit of another script', {}, '411111111111111１', 'CARD_INVALID'],
    ['five digits', {}, '41111', 'INPUT_TOO_SHORT'],
    ['five digits between clear parts', { fromLeft: 6, fromRight: 4 }, '411111111111111', 'INPUT_TOO_SHORT'],
    ['less than its clear parts', { fromLeft: 6, fromRight: 4 }, '41111', 'INPUT_TOO_SHORT'],
    ['two digits even where one is enough', { minLength: 1 }, '18', 'INPUT_TOO_SHORT'],
    ['six digits of which one is the Luhn digit', { invalidLuhn: true }, completed('41111'), 'INPUT_TOO_SHORT'],
    ['six digits of which the first is one of five', { invalidCardType: true }, '411111', 'INPUT_TOO_SHORT'],
    ['seven digits with both', { invalidLuhn: true, invalidCardType: true }, completed('411111'), 'INPUT_TOO_SHORT'],
    ['more than its maximum', { maxLength: 15 }, VALID, 'INPUT_TOO_LONG'],
    ['a wrong Luhn digit', { invalidLuhn: true }, '4111111111111112', 'LUHN_MUST_BE_VALID'],
    ['a first digit below 2', { invalidCardType: true }, '1111111111111111', 'CARD_TYPE_MUST_BE_VALID'],
    ['a first digit above 6', { invalidCardType: true }, '7111111111111111', 'CARD_TYPE_MUST_BE_VALID'],
    ['an indicator in the right part', { alphabeticIndicator: 13, fromRight: 4 }, VALID, 'INDICATOR_INVALID'],
    ['an indicator beyond the value', { alphabeticIndicator: 17, fromRight: 4 }, VALID, 'INDICATOR_BEYOND_DATA'],
    ['an indicator beyond the left part', { alphabeticIndicator: 11, fromLeft: 6 }, VALID, 'INDICATOR_BEYOND_DATA'],
  ])('%s', (_what, options, value, code) => {
    expect(refusalOf(() => card(options).protect([null, '', value], undefined))).toEqual({ code, row: 2 });
  });

  test.each<[string, object, string, string]>([
    ['one with a letter', {}, '41111111111111A1', 'CARD_INVALID'],
    ['one without the letter', { alphabeticIndicator: 2 }, '4111111111111111', 'CARD_INVALID'],
    ['one with a letter after J', { alphabeticIndicator: 2 }, '4K11111111111111', 'CARD_INVALID'],
    ['one with a small letter', { alphabeticIndicator: 2 }, '4a11111111111111', 'CARD_INVALID'],
    ['one with a second letter', { alphabeticIndicator: 2 }, '4A11111111111A11', 'CARD_INVALID'],
    ['one that is Luhn-valid', { invalidLuhn: true }, '4111111111111111', 'LUHN_MUST_BE_INVALID'],
    ['one with another wrong Luhn digit', { invalidLuhn: true }, '4111111111111113', 'CARD_INVALID'],
    ['one that begins like a card', { invalidCardType: true }, '4111111111111111', 'CARD_TYPE_MUST_BE_INVALID'],
    ['a short one', {}, '41111', 'INPUT_TOO_SHORT'],
  ])('as a token %s', (_what, options, token, code) => {
    expect(refusalOf(() => card(options).unprotect(['', null, token], undefined))).toEqual({ code, row: 2 });
  });

  test('a number or a boolean, whose leading zeros would be lost', () => {
    for (const cell of [4_111_111_111_111_111, true]) {
      expect(refusalOf(() => card().protect([null, cell], undefined))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
    }
  });

  test('an IV that is too long or not allowed', () => {
    expect(refusalOf(() => card().protect(CARDS, 'x'.repeat(257))).code).toBe('IV_TOO_LONG');
    expect(refusalOf(() => card({ externalIV: false }).protect(CARDS, 'x')).code).toBe('IV_NOT_ALLOWED');
  });

  test.each([
    { alphabeticIndicator: 1, invalidLuhn: true },
    { alphabeticIndicator: 1, invalidCardType: true },
    { invalidCardType: true, fromLeft: 1 },
  ])('options that exclude each other: %j', (options) => {
    expect(refusalOf(() => card(options)).code).toBe('ELEMENT_UNFIT');
  });
});

describe('a card element', () => {
  test.each<[object, string, number]>([
    [{}, '411111', 0],
    [{ minLength: 3 }, '41111', 1],
    [{ minLength: 3, invalidLuhn: true }, completed('41111'), 1],
    [{ minLength: 3, invalidLuhn: true }, completed('411111'), 0],
    [{ minLength: 3, invalidCardType: true }, '411111', 1],
    [{ minLength: 3, invalidCardType: true }, '4111111', 0],
    [{ minLength: 3, invalidLuhn: true, invalidCardType: true }, completed('411111'), 1],
    [{ minLength: 3, invalidLuhn: true, invalidCardType: true }, completed('4111111'), 0],
  ])('with %j counts %s weak %d times, both ways', (options, value, weak) => {
    const protectedColumn = card(options).protect([value, null, ''], undefined);
    expect(protectedColumn.weakCount).toBe(weak);
    expect(card(options).unprotect(protectedColumn.column, undefined).weakCount).toBe(weak);
  });

  test('leaves NULL and the empty string under all options', () => {
    for (const options of MARKED) {
      expect(card(options).protect([null, ''], undefined)).toEqual({ column: [null, ''], weakCount: 0, clearCount: 0 });
    }
  });

  test('takes numbers of 4,096 digits', () => {
    const long = completed('4'.padEnd(4095, '0123456789'));
    for (const options of MARKED) expect(roundTrip(card(options), [long]).values).toEqual([long]);
  });
});

const { elementId, sets } = readTokens('credit-card');
test.each(sets)('committed tokens with $options and IV $externalIv are written and read unchanged', (set) => {
  const element = elementOf('credit-card', { id: elementId, ...set.options });
  const method = compileCreditCard(element, fixedKeyContext(elementId));
  const [values, tokens] = [set.pairs.map(([value]) => value), set.pairs.map(([, token]) => token)];
  expect(method.protect(values, set.externalIv).column).toEqual(tokens);
  expect(method.unprotect(tokens, set.externalIv).column).toEqual(values);
});
