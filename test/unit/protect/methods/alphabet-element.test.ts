import { describe, expect, test } from '@jest/globals';
import { tweakOf } from '../../../../lib/protect/tweak.ts';
import { ELEMENT_ID, keyOf, methodOf, readTokens, refusalOf, reproduce } from '../../../support/alphabet-methods.ts';
import { aes, encrypt } from '../../../support/ff1-reference.ts';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALNUM = `0123456789${UPPER}${UPPER.toLowerCase()}`;
const NONE = Buffer.alloc(0);

/** Types with one symbol, one delimiter, and the least length that gives a million values. */
const TYPES = [
  ['numeric', '7', '-', 6],
  ['alpha', 'b', '7', 4],
  ['upper-case-alpha', 'B', '7', 5],
  ['alpha-numeric', 'b', '-', 4],
  ['upper-case-alpha-numeric', 'B', '-', 4],
  ['lower-ascii', '!', ' ', 4],
  ['printable', ' ', '→', 3],
] as const;

describe.each(TYPES)('type %s', (type, symbol, delimiter, least) => {
  const method = methodOf({ type });

  test(`takes ${least} to 4,096 symbols`, () => {
    for (const count of [least, 4096]) {
      const value = symbol.repeat(count);
      const { column, weakCount } = method.protect([value], undefined);
      expect(column[0]).toHaveLength(count);
      expect(column[0]).not.toBe(value);
      expect(weakCount).toBe(0);
      expect(method.unprotect(column, undefined).column).toEqual([value]);
    }
  });

  test.each([
    ['one symbol too few', symbol.repeat(least - 1), 'INPUT_TOO_SHORT'],
    ['no symbol at all', delimiter, 'INPUT_TOO_SHORT'],
    ['4,097 symbols', symbol.repeat(4097), 'INPUT_TOO_LONG'],
    ['a number', 1_234_567, 'WRONG_DATATYPE'],
    ['a boolean', true, 'WRONG_DATATYPE'],
  ])('refuses %s, naming the row', (_, cell, code) => {
    const column = [null, symbol.repeat(9), cell];
    expect(refusalOf(() => method.protect(column, undefined))).toEqual({ code, row: 2 });
    expect(refusalOf(() => method.unprotect(column, undefined))).toEqual({ code, row: 2 });
  });

  test('leaves short values unchanged in both directions, if the policy says so', () => {
    const asIs = methodOf({ type, shortData: 'as-is' });
    const column = [symbol.repeat(least - 1), delimiter, null, ''];
    expect(asIs.protect(column, undefined)).toEqual({ column, weakCount: 0, clearCount: 2 });
    expect(asIs.unprotect(column, undefined)).toEqual({ column, weakCount: 0, clearCount: 2 });
  });

  test('leaves other characters in place, and the token does not depend on them', () => {
    const value = symbol.repeat(8);
    const spread = Array.from(value).join(delimiter);
    const [token, other] = method.protect([value, spread], undefined).column as string[];
    expect(Array.from(token!).join(delimiter)).toBe(other);
    expect(method.unprotect([other!], undefined).column).toEqual([spread]);
  });
});

test('a type without lower case takes lower case and returns upper case', () => {
  const method = methodOf({ type: 'upper-case-alpha-numeric' });
  const [lower, upper] = method.protect(['w1a 4zz', 'W1A 4ZZ'], undefined).column;
  expect(lower).toBe(upper);
  expect(method.unprotect([lower!], undefined).column).toEqual(['W1A 4ZZ']);
});

const iban = (written: object = {}) => methodOf({ type: 'upper-case-alpha-numeric', fromLeft: 2, ...written });

describe('clear parts of an element that folds them', () => {
  const spellings = ['DE89370400440532013000', 'de89370400440532013000', 'De89370400440532013000'];

  test.each([
    ['with its length', {}],
    ['longer than its value', { preserveLength: false }],
  ])('give every spelling one token, %s, which unprotects in any case', (_, options) => {
    const method = iban({ foldClearParts: true, ...options });
    const tokens = method.protect(spellings, undefined).column.map(String);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^DE[0-9A-Z]{20,}$/);
    const back = method.unprotect([tokens[0]!, tokens[0]!.toLowerCase()], undefined).column;
    expect(back).toEqual([spellings[0], spellings[0]]);
  });

  test('give capitals the tokens that an element without the option gives', () => {
    const [capitals, small] = iban().protect(spellings, undefined).column;
    expect(iban({ foldClearParts: true }).protect(spellings.slice(0, 1), undefined).column).toEqual([capitals]);
    expect(iban({ foldClearParts: true }).unprotect([capitals!], undefined).column).toEqual([spellings[0]]);
    expect(small).not.toBe(capitals);
  });

  test('fold on the right too, beside an IV, and in values that stay clear', () => {
    const method = methodOf({ type: 'upper-case-alpha', fromRight: 3, shortData: 'as-is', foldClearParts: true });
    const { column } = method.protect(['Lovelace-abc', 'lovelace-ABC', 'short', null, ''], 'iv');
    expect(column).toEqual([column[1], expect.stringMatching(/^[A-Z]{8}-ABC$/), 'SHORT', null, '']);
    expect(method.unprotect(column, 'iv').column).toEqual(['LOVELACE-ABC', 'LOVELACE-ABC', 'SHORT', null, '']);
  });

  test('keep the case of letters beyond ASCII', () => {
    const method = methodOf({ type: 'upper-case-alpha', fromLeft: 3, foldClearParts: true });
    expect(method.protect(['éßſlovelace'], undefined).column).toEqual([expect.stringMatching(/^éßſ[A-Z]{8}$/)]);
  });
});

const ranks = (letters: string, value: string): number[] => Array.from(value, (letter) => letters.indexOf(letter));

describe('a token', () => {
  const ciph = aes(keyOf('ff1'));
  const expected = (letters: string, tweak: Uint8Array, value: string): string =>
    encrypt(ciph, letters.length, tweak, ranks(letters, value))
      .map((numeral) => letters[numeral])
      .join('');

  test('is FF1 of the ranks of its symbols under the key of the element', () => {
    expect(methodOf({ type: 'alpha-numeric' }).protect(['Protegrity'], undefined).column).toEqual([
      expected(ALNUM, NONE, 'Protegrity'),
    ]);
  });

  test('binds the external IV and the clear parts in its tweak', () => {
    const tweak = tweakOf(Buffer.from('Pr'), Buffer.from('é'), Buffer.from('iv'));
    expect(
      methodOf({ type: 'alpha-numeric', fromLeft: 2, fromRight: 1 }).protect(['Protegrityé'], 'iv').column,
    ).toEqual([`Pr${expected(ALNUM, tweak, 'otegrity')}é`]);
  });

  test('differs with element, IV and clear parts', () => {
    const id = ELEMENT_ID.replace(/10$/, '99');
    const tokens = [
      methodOf({ type: 'numeric' }).protect(['1234567890'], undefined),
      methodOf({ type: 'numeric', id }).protect(['1234567890'], undefined),
      methodOf({ type: 'numeric' }).protect(['1234567890'], '1234'),
      methodOf({ type: 'numeric' }).protect(['1234567890'], '12'),
      methodOf({ type: 'numeric' }).protect(['1234567890'], 'abc'),
      methodOf({ type: 'numeric', fromLeft: 1 }).protect(['x1234567890'], undefined),
      methodOf({ type: 'numeric', fromLeft: 1 }).protect(['y1234567890'], undefined),
      methodOf({ type: 'numeric', fromRight: 1 }).protect(['1234567890x'], undefined),
    ].map(({ column: [token] }) => String(token).replace(/[xy]/, ''));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  test.each([
    ['an IV where the element takes none', { externalIV: false }, 'iv', 'IV_NOT_ALLOWED'],
    ['an IV of 257 bytes', {}, 'é'.repeat(128) + 'x', 'IV_TOO_LONG'],
  ])('is refused with %s', (_, options, iv, code) => {
    const method = methodOf({ type: 'numeric', ...options });
    expect(refusalOf(() => method.protect(['123456'], iv))).toEqual({ code, row: undefined });
  });

  test('is counted as weak below a million values', () => {
    const method = methodOf({ type: 'numeric', minLength: 3 });
    expect(method.protect(['123', '12345', '123456', null, ''], undefined).weakCount).toBe(2);
  });

  test.each([
    ['SLT_1_3', 4],
    ['SLT_2_6', 6],
    ['SLT_X_1', 4],
  ])('has the minimum of its tokenizer if that is above a million values: %s', (tokenizer, least) => {
    const method = methodOf({ type: 'alpha-numeric', tokenizer });
    expect(refusalOf(() => method.protect(['a'.repeat(least)], undefined))).toBe('not refused');
    expect(refusalOf(() => method.protect(['a'.repeat(least - 1)], undefined))).toEqual({
      code: 'INPUT_TOO_SHORT',
      row: 0,
    });
  });
});

describe('an element that a checked policy cannot have', () => {
  test.each([
    ['leading zeros preserved but not the length', { type: 'numeric', leadingZero: 'preserve', preserveLength: false }],
    [
      'preserved positions without preserved length',
      { type: 'alpha-numeric', preservePosition: true, preserveLength: false },
    ],
    ['positions preserved with a clear part', { type: 'alpha-numeric', preserveCase: true, fromRight: 1 }],
  ])('is refused: %s', (_, written) => {
    expect(refusalOf(() => methodOf(written))).toMatchObject({ code: 'ELEMENT_UNFIT' });
  });
});

describe('type unicode', () => {
  const emoji = [{ name: 'emoji', include: ['latin'], ranges: ['1F600-1F64F'] }];

  test('counts code points: length, clear parts and delimiters', () => {
    const method = methodOf({ type: 'unicode', alphabet: 'emoji', fromLeft: 1 }, emoji);
    const value = '😀ab😁÷😂cd\u{10ffff}';
    const [token] = method.protect([value], undefined).column as string[];
    expect(Array.from(token!)).toHaveLength(9);
    expect(Array.from(token!).filter((_, i) => [0, 4, 8].includes(i))).toEqual(['😀', '÷', '\u{10ffff}']);
    expect(method.unprotect([token!], undefined).column).toEqual([value]);
  });

  test('keeps lone surrogates unchanged', () => {
    const method = methodOf({ type: 'unicode', alphabet: 'emoji', fromLeft: 1, preserveLength: false }, emoji);
    const column = ['\ud83d😀', '\ude00abc', 'x\ud83d', 'a\ud83dbc\ude00', '\ude00'.repeat(2) + 'a'];
    const plain = methodOf(
      { type: 'unicode', alphabet: 'emoji', shortData: 'as-is', fromLeft: 1, preserveLength: false },
      emoji,
    );
    const tokens = plain.protect(column, undefined).column;
    expect(plain.unprotect(tokens, undefined).column).toEqual(column);
    expect(refusalOf(() => method.protect(column, undefined))).toEqual({ code: 'INPUT_TOO_SHORT', row: 2 });
  });

  test('takes 2 to 4,096 code points of an alphabet of 40,000', () => {
    const method = methodOf({ type: 'unicode', alphabet: 'letters' });
    const column = ['张偉', '张'.repeat(4096)];
    expect(method.unprotect(method.protect(column, undefined).column, undefined).column).toEqual(column);
    expect(refusalOf(() => method.protect(['张'], undefined))).toEqual({ code: 'INPUT_TOO_SHORT', row: 0 });
  });
});

test.each(['alphabet', 'unicode'])('committed tokens are written and read unchanged: %s', (name) => {
  const { groups } = readTokens(name);
  expect(groups.flatMap(({ pairs }) => pairs).length).toBeGreaterThanOrEqual(12);
  expect(reproduce(name)).toEqual(groups);
});
