// A letter or digit outside an element's alphabet would stay readable in a token, so a value that has one is refused.
import { describe, expect, test } from '@jest/globals';
import { alphabetCodePoints } from '../../lib/policy/alphabet.ts';
import { findBadValues } from '../../lib/protect/bad-values.ts';
import type { RefusedError } from '../../lib/protect/refusal.ts';
import { reasonOf } from '../../lib/protect/refusal-text.ts';
import { methodOf, refusalOf } from '../support/alphabet-methods.ts';

type Written = Parameters<typeof methodOf>[0];

/** Every code point of Unicode but the surrogates. */
const POINTS = Array.from({ length: 0x110000 }, (_, point) => point).filter(
  (point) => point < 0xd800 || point > 0xdfff,
);
const CHARACTERS = POINTS.map((point) => String.fromCodePoint(point));
const EVERY = CHARACTERS.filter((each) => /[\p{L}\p{N}]/u.test(each));
/** Three of four characters are ideographs or syllables of Hangul: one of sixteen stands for the others. */
const MOST = EVERY.filter((each, i) => i % 16 === 0 || !/[\p{Script=Han}\p{Script=Hangul}]/u.test(each));
/** Elements that get every character; the others share their check of what is outside. */
const WHOLE = new Set(['numeric', 'unicode, letters', 'e-mail', 'fpe-latin1-alpha']);

/** The elements over an alphabet, with enough symbols of each for a token. */
const ELEMENTS: readonly (readonly [string, Written, string])[] = [
  ['numeric', { type: 'numeric', otherCharacters: 'refuse' }, '12345678'],
  ['alpha', { type: 'alpha', otherCharacters: 'refuse' }, 'abcdefgh'],
  ['upper-case-alpha', { type: 'upper-case-alpha', otherCharacters: 'refuse' }, 'ABCDEFGH'],
  ['alpha-numeric', { type: 'alpha-numeric' }, 'abcd1234'],
  ['upper-case-alpha-numeric', { type: 'upper-case-alpha-numeric' }, 'ABCD1234'],
  ['lower-ascii', { type: 'lower-ascii' }, 'abcd1234'],
  ['printable', { type: 'printable' }, 'abcd1234'],
  ['unicode, letters', { type: 'unicode', alphabet: 'letters', otherCharacters: 'refuse' }, 'abcdefgh'],
  ['longer tokens', { type: 'numeric', preserveLength: false, otherCharacters: 'refuse' }, '12345678'],
  ['positions kept', { type: 'alpha-numeric', preservePosition: true }, 'abcdefgh12345678'],
  ['e-mail', { type: 'email' }, 'abcdefgh'],
  ['fpe-numeric', { method: 'fpe', type: 'fpe-numeric', otherCharacters: 'refuse' }, '12345678'],
  ['fpe-alpha', { method: 'fpe', type: 'fpe-alpha', otherCharacters: 'refuse' }, 'abcdefgh'],
  ['fpe-alpha-numeric', { method: 'fpe', type: 'fpe-alpha-numeric' }, 'abcd1234'],
  ['fpe-latin1-alpha', { method: 'fpe', type: 'fpe-latin1-alpha', otherCharacters: 'refuse' }, 'abcdefgh'],
  ['fpe-latin1-alpha-numeric', { method: 'fpe', type: 'fpe-latin1-alpha-numeric' }, 'abcd1234'],
];

describe.each(ELEMENTS)('%s', (name, written, symbols) => {
  const method = methodOf(written);
  const value = (character: string): string =>
    name === 'e-mail' ? `${symbols}${character}@example.com` : `${symbols}${character}`;

  const readable = WHOLE.has(name) ? EVERY : MOST;

  test('tokenizes the letters and digits of its alphabet, and refuses values with any other', () => {
    const column = readable.map(value);
    const refused = new Map<string, string>();
    findBadValues(
      column,
      (part) => void method.protect(part, undefined),
      1,
      (row, { code }) => {
        refused.set(readable[row]!, code);
        return true;
      },
    );
    const inside = readable.filter((character) => isSymbol(written, character));
    expect(readable.filter((character) => !refused.has(character))).toEqual(inside);
    expect([...refused].filter(([character, code]) => code !== reason(character))).toEqual([]);
    const values = inside.map(value);
    const { column: tokens, clearCount } = method.protect(values, undefined);
    expect(clearCount).toBe(0);
    expect(tokens.filter((token, i) => token === values[i])).toEqual([]);
  });
});

describe('letters and digits of ASCII outside the alphabet', () => {
  test.each([
    ['numeric', '12345678x', 'LETTERS_OUTSIDE'],
    ['alpha', '131 Summer Street', 'DIGITS_OUTSIDE'],
    ['upper-case-alpha', 'ABCDEF7', 'DIGITS_OUTSIDE'],
    ['fpe-numeric', '12345678x', 'LETTERS_OUTSIDE'],
    ['fpe-alpha', 'abcdef7', 'DIGITS_OUTSIDE'],
  ])('stay, or are refused, as the element says: %s', (type, text, code) => {
    const [token] = methodOf({ type }).protect([text], undefined).column;
    expect(methodOf({ type, otherCharacters: 'keep' }).protect([text], undefined).column).toEqual([token]);
    expect(refusalOf(() => methodOf({ type, otherCharacters: 'refuse' }).protect([text], undefined))).toEqual({
      code,
      row: 0,
    });
    expect(methodOf({ type, otherCharacters: 'refuse' }).unprotect([token!], undefined).column).toEqual([text]);
  });
});

describe('values of earlier releases', () => {
  test('with letters of other scripts that stayed clear are still read', () => {
    const method = methodOf({ type: 'numeric', otherCharacters: 'refuse' });
    const [token] = method.protect(['12345678'], undefined).column as string[];
    expect(method.unprotect([`${token!.slice(0, 4)}é٣𠮷${token!.slice(4)}`], undefined).column).toEqual([
      '1234é٣𠮷5678',
    ]);
  });
});

describe('the reason', () => {
  // What people sent, and the element that they sent it to. None may come back unchanged as a success.
  test.each([
    ['letters', 'রহিম উদ্দিন', 'LETTERS_OUTSIDE'],
    ['letters', 'ரவி குமார்', 'LETTERS_OUTSIDE'],
    ['letters', 'లక్ష్మి', 'LETTERS_OUTSIDE'],
    ['letters', 'ಅನಿತಾ', 'LETTERS_OUTSIDE'],
    ['letters', 'മീര', 'LETTERS_OUTSIDE'],
    ['letters', 'પ્રિયા', 'LETTERS_OUTSIDE'],
    ['letters', 'ਗੁਰਪ੍ਰੀਤ', 'LETTERS_OUTSIDE'],
    ['letters', 'සමන්', 'LETTERS_OUTSIDE'],
    ['letters', 'សុខា', 'LETTERS_OUTSIDE'],
    ['letters', 'ບຸນ', 'LETTERS_OUTSIDE'],
    ['letters', 'အောင်', 'LETTERS_OUTSIDE'],
    ['letters', 'አበበ', 'LETTERS_OUTSIDE'],
    ['letters', 'བསོད་ནམས', 'LETTERS_OUTSIDE'],
    ['letters', 'ᠪᠠᠲᠤ', 'LETTERS_OUTSIDE'],
    ['letters', 'ᎠᏓᏅᏙ', 'LETTERS_OUTSIDE'],
    ['letters', 'ﾔﾏﾀﾞ ﾀﾛｳ', 'LETTERS_OUTSIDE'],
    ['letters', 'Ｓｍｉｔｈ', 'LETTERS_OUTSIDE'],
    ['letters', 'ﻣﺤﻤﺪ', 'LETTERS_OUTSIDE'],
    ['letters', '𠮷野', 'LETTERS_OUTSIDE'],
    ['letters', '𝒜𝓃𝓃', 'LETTERS_OUTSIDE'],
    ['letters and digits', '١٢٣ شارع النيل', 'DIGITS_OF_ANOTHER_SCRIPT'],
    ['letters and digits', '१२ मार्ग', 'DIGITS_OF_ANOTHER_SCRIPT'],
    ['letters and digits', '৪২ রোড', 'DIGITS_OF_ANOTHER_SCRIPT'],
  ])('is named for an element over %s and the value %s', (alphabet, text, code) => {
    for (const shortData of ['error', 'as-is', 'weak-token']) {
      const method = methodOf({ type: 'unicode', alphabet, shortData });
      expect(refusalOf(() => method.protect(['Ada Lovelace', text], undefined))).toEqual({ code, row: 1 });
    }
  });

  test.each([
    ['９００-12-3456', 'DIGITS_OF_ANOTHER_SCRIPT'],
    ['+৮৮০ ১৭', 'DIGITS_OF_ANOTHER_SCRIPT'],
    ['QQ 12 34 56 C', 'LETTERS_OUTSIDE'],
  ])('is named for a numeric element and the value %s, although it is short too', (text, code) => {
    const method = methodOf({ type: 'numeric', otherCharacters: 'refuse' });
    expect(refusalOf(() => method.protect([text], undefined))).toEqual({ code, row: 0 });
  });

  test('is said in words, without the character', () => {
    const method = methodOf({ type: 'numeric', otherCharacters: 'refuse' });
    const said = ['12345678x', '123456٣'].map((text) => {
      try {
        return method.protect([text], undefined);
      } catch (error) {
        return reasonOf(error as RefusedError);
      }
    });
    expect(said).toEqual([
      "value has letters outside this element's alphabet, which would stay readable",
      'value has digits of another script, which would stay readable',
    ]);
  });
});

function reason(character: string): string {
  if (/\p{L}/u.test(character)) return 'LETTERS_OUTSIDE';
  return character < '\x7f' ? 'DIGITS_OUTSIDE' : 'DIGITS_OF_ANOTHER_SCRIPT';
}

/** Whether a character is a letter or digit of the element's alphabet, from its description. */
function isSymbol({ type, alphabet }: Written, character: string): boolean {
  const upper = /[A-Z]/;
  switch (type) {
    case 'numeric':
    case 'fpe-numeric':
      return /\d/.test(character);
    case 'alpha':
    case 'upper-case-alpha':
    case 'fpe-alpha':
      return upper.test(character) || /[a-z]/.test(character);
    case 'printable':
      return /[\dA-Za-zªµº¹²³À-ÖØ-öø-ÿŒœŠšŸŽž]/.test(character);
    case 'fpe-latin1-alpha':
      return /[A-Za-zÀ-ÖØ-öø-ÿ]/.test(character);
    case 'fpe-latin1-alpha-numeric':
      return /[\dA-Za-zÀ-ÖØ-öø-ÿ]/.test(character);
    case 'unicode':
      return alphabet === 'letters' && LETTERS.has(character);
    default:
      return /[\dA-Za-z]/.test(character);
  }
}

const LETTERS = new Set(Array.from(alphabetCodePoints('letters', []), (point) => String.fromCodePoint(point)));
