import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Cell } from '../../../../../lib/base/cell.ts';
import { keyOf, methodOf, readTokens, refusalOf, reproduce } from '../../../../support/alphabet-methods.ts';
import { domainOf, KIND_CHARACTERS, kindOf, referenceScript } from '../../../../support/script-reference.ts';

const script = (options: object = {}) => methodOf({ type: 'unicode-script', shortData: 'weak-token', ...options });
const tokensOf = (values: readonly Cell[], iv?: string) => script().protect(values, iv).column as string[];

/** Names as people write them, in scripts that older alphabets do not have, in other widths and beyond the basic plane. */
const NAMES = [
  'রহিম উদ্দিন',
  'ரவி குமார்',
  'లక్ష్మి',
  'ಅನಿತಾ',
  'മീര',
  'પ્રિયા',
  'ਗੁਰਪ੍ਰੀਤ',
  'සමන්',
  'សុខា',
  'ບຸນ',
  'အောင်',
  'አበበ',
  'བསོད་ནམས',
  'ᠪᠠᠲᠤ',
  'ᎠᏓᏅᏙ',
  'ﾔﾏﾀﾞ ﾀﾛｳ',
  'Ｓｍｉｔｈ',
  'ﻣﺤﻤﺪ',
  '𠮷野',
  '𝒜𝓃𝓃',
  '김',
  '李',
  'Ng',
  '١٢٣ شارع النيل',
  '१२ मार्ग',
  '৪২ রোড',
  '９００-12-3456',
  '131 Summer Street',
  'Zoë Λάμπρου-O’Brien',
  'Nguyễn Văn Anh',
  'Щербаков',
  'נועה כהן',
  'محمد علی',
  'สมชาย ใจดี',
  '山田ひなた',
  'タロー',
  'C/ 3º 2ª, ½',
];

/** Kind by kind, with other characters as they are. */
const kindsOf = (text: string) => Array.from(text, (character) => kindOf(character) ?? character);

describe('a token that keeps script and width', () => {
  test.each(NAMES)('has for each character of %s another of its kind, in its place', (name) => {
    const value = name.normalize('NFC');
    const [token] = tokensOf([name]);
    expect(kindsOf(token!)).toEqual(kindsOf(value));
    expect(Buffer.byteLength(token!)).toBe(Buffer.byteLength(value));
    expect(token!.normalize('NFC')).toBe(token);
    expect(script().unprotect([token!], undefined).column).toEqual([value]);
    expect(kindsOf(value).filter((kind) => typeof kind === 'string' && /[\p{L}\p{N}]/u.test(kind))).toEqual([]);
  });

  test('differs from its value', () => {
    // A value of 20 has one chance in 20 to be its own token; these names have a million and more.
    const strong = NAMES.filter((name) => domainOf(name) >= 1_000_000n);
    expect(strong.length).toBeGreaterThan(25);
    expect(tokensOf(strong).filter((token, i) => token === strong[i]!.normalize('NFC'))).toEqual([]);
  });

  test('is FF1 of the rank of the value in its pattern, under the key of the element', () => {
    const values = NAMES.filter((name) => domainOf(name) >= 100n);
    for (const iv of ['', 'iv']) {
      const expected = values.map((value) => referenceScript(keyOf('ff1'), 'encrypt', value, iv));
      expect(tokensOf(values, iv)).toEqual(expected);
      expect(expected.map((token) => referenceScript(keyOf('ff1'), 'decrypt', token, iv))).toEqual(
        values.map((value) => value.normalize('NFC')),
      );
    }
  });

  test('is the same however the value was composed, and comes back composed', () => {
    const [composed, decomposed, partly] = tokensOf(['Zoë Ström', 'Zoe\u0308 Stro\u0308m', 'Zoë Stro\u0308m']);
    expect([decomposed, partly]).toEqual([composed, composed]);
    expect(script().unprotect([composed!.normalize('NFD')], undefined).column).toEqual(['Zoë Ström']);
  });

  test('stays in normal form next to marks that stay, and next to marks that change, however long it is', () => {
    const values = Array.from({ length: 400 }, (_, i) => [
      `${'abcdefgh'[i % 8]}\u0323\u0302${'xyz'[i % 3]}\u0331m`,
      `க\u0bbe${'கஙசஞ'[i % 4]}\u0bc6`,
      `न\u093cम${'कखग'[i % 3]}\u093cन`,
      `ב\u05bc\u05b0ר${'אבגד'[i % 4]}\u05b7`,
    ])
      .flat()
      .flatMap((value) => [value, value.repeat(60)])
      .map((value) => value.normalize('NFC'));
    const tokens = tokensOf(values);
    expect(tokens.filter((token) => token.normalize('NFC') !== token)).toEqual([]);
    expect(script().unprotect(tokens, undefined).column).toEqual(values);
  });

  test('differs with the element, the IV and the pattern', () => {
    const other = script({ id: '00000000-0000-4000-8000-000000000099' });
    const tokens = [tokensOf(['Lovelace']), tokensOf(['Lovelace'], 'a'), other.protect(['Lovelace'], undefined).column];
    expect(new Set(tokens.flat()).size).toBe(3);
    // Capitals and small letters have equal domains: only the tweak tells the patterns apart.
    const [small, capital] = tokensOf(['lovelace', 'LOVELACE']);
    expect(small).not.toBe(capital!.toLowerCase());
  });

  test('does not depend on the other rows or on the characters between', () => {
    const alone = NAMES.map((name) => tokensOf([name])[0]);
    expect(tokensOf([...NAMES, null, '', ...NAMES.toReversed()])).toEqual([...alone, null, '', ...alone.toReversed()]);
    const [plain, spread] = tokensOf(['Lovelace', 'Love-lace']);
    expect(spread).toBe(`${plain!.slice(0, 4)}-${plain!.slice(4)}`);
  });
});

describe('short values', () => {
  const column = ['Ann', 'Lovelace', null, '', '…', '4'];

  test('become tokens and are counted, if the element says so', () => {
    const { column: tokens, weakCount, clearCount } = script().protect(column, undefined);
    expect([weakCount, clearCount]).toEqual([2, 1]);
    expect(tokens.slice(2, 5)).toEqual([null, '', '…']);
    expect(script().unprotect(tokens, undefined).column).toEqual(column);
  });

  test('stay as they are and are counted, if the element says so', () => {
    const asIs = script({ shortData: 'as-is' });
    const { column: tokens, weakCount, clearCount } = asIs.protect(column, undefined);
    expect([weakCount, clearCount]).toEqual([0, 3]);
    expect(tokens).toEqual(['Ann', expect.not.stringMatching('Lovelace'), null, '', '…', '4']);
    expect(asIs.unprotect(tokens, undefined).column).toEqual(column);
  });

  test.each(['Ann', '…', '4'])('are refused otherwise: %s', (value) => {
    const method = script({ shortData: 'error' });
    expect(refusalOf(() => method.protect(['Lovelace', value], undefined))).toEqual({
      code: 'INPUT_TOO_SHORT',
      row: 1,
    });
  });

  test('are those of fewer than a million combinations', () => {
    // 26^4 = 456,976 and 26^5 = 11,881,376; 10^6 is a million.
    expect(script().protect(['John', 'Karen', '99999', '123456'], undefined).weakCount).toBe(2);
  });

  test('of a few combinations have each a token of their own', () => {
    for (const characters of KIND_CHARACTERS.filter(({ length }) => length < 120)) {
      const tokens = tokensOf(characters);
      expect([...tokens].toSorted()).toEqual([...characters].toSorted());
      expect(script().unprotect(tokens, undefined).column).toEqual(characters);
    }
  });
});

describe('a value is refused', () => {
  test.each([
    ['for letters that have no kind', {}, 'Ann \u3164', 'LETTERS_OUTSIDE'],
    ['for numbers that have no kind', {}, 'Ann \u0bf0', 'DIGITS_OF_ANOTHER_SCRIPT'],
    ['if it has more characters than the element takes', { maxLength: 8 }, 'Lovelaces', 'INPUT_TOO_LONG'],
    [
      'if it is not in normal form and the element says so',
      { normalize: 'refuse' },
      'Zoe\u0308 Bell',
      'NOT_NORMALIZED',
    ],
  ])('%s', (_what, options, value, code) => {
    const method = script(options);
    expect(refusalOf(() => method.protect(['Lovelace', null, value], undefined))).toEqual({ code, row: 2 });
  });

  test('if its batch has thousands of different sequences of marks', () => {
    const marks = Array.from(
      '\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f\u0311\u0313',
    );
    const column = Array.from(
      { length: 5000 },
      (_, i) => `q${[0, 4, 8, 12].map((bits) => marks[(i >> bits) & 15] ?? '').join('')}`,
    );
    expect(refusalOf(() => script().protect(column, undefined))).toMatchObject({ code: 'CONTENT_INVALID' });
    const few = column.slice(0, 2000);
    expect(script().unprotect(script().protect(few, undefined).column, undefined).column).toEqual(
      few.map((value) => value.normalize('NFC')),
    );
  });

  test('of another type than text, and with an IV that the element does not take', () => {
    expect(refusalOf(() => script().protect(['Lovelace', 12], undefined))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
    expect(refusalOf(() => script({ externalIV: false }).protect(['Lovelace'], 'iv'))).toMatchObject({
      code: 'IV_NOT_ALLOWED',
    });
  });
});

test('an element that refuses other forms gives the tokens of one that normalises', () => {
  const values = NAMES.map((name) => name.normalize('NFC'));
  expect(script({ normalize: 'refuse' }).protect(values, undefined).column).toEqual(tokensOf(values));
});

test('committed tokens are written and read unchanged', () => {
  const { groups } = readTokens('unicode-script');
  expect(groups.flatMap(({ pairs }) => pairs).length).toBeGreaterThanOrEqual(80);
  expect(reproduce('unicode-script')).toEqual(groups);
  const file = readFileSync(new URL('../../../../vectors/tokens/unicode-script.json', import.meta.url), 'utf8');
  const kinds = new Set(Array.from(file, (character) => kindOf(character)).filter((kind) => kind !== undefined));
  expect(kinds.size).toBe(KIND_CHARACTERS.length);
});
