// Elements over alphabets whose tokens are stable under normalisation, and elements that ask for it.
import { describe, expect, test } from '@jest/globals';
import { alphabetCodePoints } from '../../lib/policy/alphabet.ts';
import { builtInAlphabetNames, isStableAlphabet } from '../../lib/policy/builtin-alphabets.ts';
import { methodOf, readTokens, refusalOf, reproduce } from '../support/alphabet-methods.ts';
import { beginsCombining } from '../support/stable-reference.ts';

const names = builtInAlphabetNames.filter(isStableAlphabet);
const over = (alphabet: string, options: object = {}) =>
  methodOf({ type: 'unicode', alphabet, shortData: 'weak-token', ...options });
const weak = (alphabet: string, ...values: string[]) => over(alphabet).protect(values, undefined).weakCount;
const tokensOf = (alphabet: string, values: readonly string[], options: object = {}) =>
  over(alphabet, options).protect(values, undefined).column as string[];

test('committed tokens, made by the reference, are written and read unchanged', () => {
  const { groups } = readTokens('unicode-stable');
  expect(new Set(groups.map(({ element }) => element['alphabet']))).toEqual(
    new Set([...names, 'german letters', 'bengali street']),
  );
  expect(reproduce('unicode-stable')).toEqual(groups);
});

describe('every character of an alphabet', () => {
  test.each(names)('comes back, and its tokens are stable: %s', (name) => {
    const all = Array.from(alphabetCodePoints(name, []), (point) => String.fromCodePoint(point));
    const values: string[] = [];
    for (let i = 0; i < all.length; i += 3) values.push(`${all[0]}${all.slice(i, i + 3).join('')}`);
    const normal = [...values, ...all].map((value) => value.normalize('NFC'));
    const tokens = tokensOf(name, normal);
    expect(tokens.filter((token) => token.normalize('NFC') !== token)).toEqual([]);
    expect(tokens.map(beginsCombining)).toEqual(normal.map(beginsCombining));
    expect(over(name).unprotect(tokens, undefined).column).toEqual(normal);
    // Single characters: those that combine among themselves, and the others among themselves.
    expect(new Set(tokens.slice(values.length))).toEqual(new Set(all));
  });
});

describe('composed and decomposed spellings', () => {
  test.each([
    ['latin letters', 'Zoë Ström'],
    ['greek letters', 'Ἀχιλλεύς'],
    ['bengali letters', 'মো পো ড়'],
    ['hangul letters', '김철수한'],
    ['tamil letters', 'கொடி மோகன்'],
    ['hiragana letters', 'がぎぐ ぱぴ'],
    ['cyrillic letters', 'Андрей Їжак'],
  ])('have one token and come back composed over %s', (name, value) => {
    const [composed, decomposed] = tokensOf(name, [value.normalize('NFC'), value.normalize('NFD')]);
    expect(decomposed).toBe(composed);
    const back = over(name).unprotect([composed!, composed!.normalize('NFD')], undefined).column;
    expect(back).toEqual([value.normalize('NFC'), value.normalize('NFC')]);
  });

  test('have one token over an older alphabet without marks, if the element says so', () => {
    const values = ['Müller', 'Mu\u0308ller'];
    const [composed, decomposed] = tokensOf('german letters', values, { normalize: 'nfc' });
    expect(decomposed).toBe(composed);
    expect(tokensOf('german letters', ['Müller'])).toEqual([composed]);
    expect(new Set(tokensOf('german letters', values)).size).toBe(2);
  });

  test('are refused where the element says so, in values and tokens', () => {
    const method = over('latin letters', { normalize: 'refuse' });
    const refused = { code: 'NOT_NORMALIZED', row: 1 };
    expect(refusalOf(() => method.protect(['Zoë', 'Zoe\u0308'], undefined))).toEqual(refused);
    expect(refusalOf(() => method.unprotect(['Zoë', 'Zoe\u0308'], undefined))).toEqual(refused);
    expect(method.protect(['Zoë'], undefined).column).toEqual(tokensOf('latin letters', ['Zoë']));
  });
});

describe('characters that stay', () => {
  test('are part of the text that must be stable: marks, and clear parts', () => {
    const letters = Array.from({ length: 300 }, (_, i) => 'bcdfghjklmnpqrstvwxz'[i % 20]!);
    const values = letters.flatMap((letter) => [`${letter}\u0303ab\u030fq\u0331`, `qz${letter}\u0301\u0323xy`]);
    for (const options of [{}, { fromLeft: 1 }, { fromRight: 2 }]) {
      const given = values.map((value) => value.normalize('NFC'));
      const tokens = tokensOf('latin letters', given, options);
      expect(tokens.filter((token) => token.normalize('NFC') !== token)).toEqual([]);
      expect(over('latin letters', options).unprotect(tokens, undefined).column).toEqual(given);
    }
  });

  test('decide how a token begins where the first character stays', () => {
    const values = Array.from({ length: 200 }, (_, i) => `-${'שלוםנועהכהן'.slice(i % 5)}`);
    const seconds = tokensOf('hebrew letters', values).map((token) => beginsCombining(token.slice(1)));
    expect(new Set(seconds)).toEqual(new Set([true, false]));
  });
});

describe('a value is refused', () => {
  test.each([
    ['with more symbols than marks leave stable texts for', 'thai letters', 'ก'.repeat(257), 'INPUT_TOO_LONG'],
    ['with more symbols of Hebrew', 'hebrew letters', 'ש'.repeat(49), 'INPUT_TOO_LONG'],
    ['whose own marks leave no stable token within reach', 'latin letters', 'q\u0302'.repeat(400), 'NO_STABLE_TOKEN'],
    ['for letters of another script', 'thai letters', 'กกกกжก', 'LETTERS_OUTSIDE'],
  ])('%s', (_what, name, value, code) => {
    expect(refusalOf(() => over(name).protect([null, value], undefined))).toMatchObject({ code, row: 1 });
  });

  test('by no limit of their own where an alphabet has no marks', () => {
    const [token] = tokensOf('decimal digits', ['7'.repeat(4096)]);
    expect(Array.from(token!)).toHaveLength(4096);
  });
});

test('values of fewer than a million combinations are counted, and those that begin with a mark need more symbols', () => {
  expect([weak('thai letters', 'กขค'), weak('thai letters', 'กขคง')]).toEqual([1, 0]);
  expect([weak('tibetan letters', 'ཀཁག'), weak('tibetan letters', 'ཀཁགང')]).toEqual([1, 0]);
  expect([weak('ethiopic letters', 'አበበ'), weak('ethiopic letters', '\u135fበበ')]).toEqual([0, 1]);
  // A row counts by its own length, wherever it stands in the column.
  const column = ['አበበ', '\u135fበበ', 'አበ', '\u135fበበበ', '\u135fበበ'];
  expect([weak('ethiopic letters', ...column), weak('ethiopic letters', ...column.toReversed())]).toEqual([3, 3]);
});
