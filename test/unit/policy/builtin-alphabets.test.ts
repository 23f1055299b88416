import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { AlphabetError, alphabetCodePoints, elementCodePoints } from '../../../lib/policy/alphabet.ts';
import { builtInAlphabetNames, builtInRanges, isStableAlphabet } from '../../../lib/policy/builtin-alphabets.ts';

/**
 * Size and first bytes of SHA-256 of each alphabet's code points: another digest means other tokens over the alphabet.
 */
const FROZEN: Readonly<Record<string, string>> = {
  digits: '10 2205b42c24d8ca84',
  latin: '52 399e162038e1f9b6',
  'latin extended': '708 1f7141851295663a',
  greek: '315 7ee02cb776017745',
  cyrillic: '296 2135a99f0ca756d8',
  armenian: '80 f2be5badef805b45',
  hebrew: '82 207eb5e736b8c504',
  arabic: '253 be81cfafa07c1c67',
  devanagari: '105 a724662369d50c3c',
  thai: '73 cf1431df70f9373d',
  georgian: '133 5502e749ee2b9565',
  hiragana: '90 18b767ae136ac695',
  katakana: '110 d93acfd6443ca76b',
  han: '27600 d8ab2e9649169606',
  hangul: '11265 b17c48a30f82a5d5',
  'german letters': '60 cb0be9995966d7f1',
  'french letters': '84 f9cae5b9a17c8797',
  letters: '41109 c4609e7107b9114f',
  'letters and digits': '41119 9c166ad35fbf0c0f',
};

const SAMPLES: Readonly<Record<string, string>> = {
  digits: '0189',
  latin: 'AZaz',
  'latin extended': 'éŐșẞỹ',
  greek: 'Ωάϊ',
  cyrillic: 'ЖёЇўӘ',
  armenian: 'Հայ',
  hebrew: 'שלוםִ',
  arabic: 'محمّدپ',
  devanagari: 'नमस्ते',
  thai: 'น้ำกี',
  georgian: 'ქართ',
  hiragana: 'ひらがー',
  katakana: 'カタカナー',
  han: '张偉々㐀',
  hangul: '김힣',
  'german letters': 'ÄöüßẞZ',
  'french letters': 'éÇœŸz',
  letters: 'Aéжש张김ーé',
  'letters and digits': 'A0ж9',
};

/** The alphabets of the first release that had any. The later ones have a test of their own. */
const names = builtInAlphabetNames.filter((name) => !isStableAlphabet(name));

const alphabet = (name: string, change: { include?: string[]; ranges?: string[] }) => ({
  name,
  include: [],
  ranges: [],
  ...change,
});
const text = (name: string, alphabets: ReturnType<typeof alphabet>[] = []) =>
  String.fromCodePoint(...alphabetCodePoints(name, alphabets));
const failure = (name: string, alphabets: ReturnType<typeof alphabet>[]): string => {
  try {
    alphabetCodePoints(name, alphabets);
  } catch (error) {
    if (error instanceof AlphabetError) return error.code;
    throw error;
  }
  return 'none';
};

describe('a built-in alphabet', () => {
  test.each(names)('is unchanged since its publication: %s', (name) => {
    const points = alphabetCodePoints(name, []);
    const digest = createHash('sha256').update(points.join(' ')).digest('hex').slice(0, 16);
    expect(`${points.length} ${digest}`).toBe(FROZEN[name]);
  });

  test.each(names)('holds assigned letters, marks and digits of the basic plane, each its own NFC form: %s', (name) => {
    const letters = Array.from(text(name));
    expect(letters.filter((letter) => !/^[\p{L}\p{M}\d]$/u.test(letter))).toEqual([]);
    expect(letters.filter((letter) => letter.normalize('NFC') !== letter)).toEqual([]);
    expect(letters.filter((letter) => letter.length > 1 || /\p{DI}/u.test(letter))).toEqual([]);
    expect(letters.length).toBeLessThanOrEqual(65_536);
  });

  test.each(Object.entries(SAMPLES))('holds its script: %s', (name, samples) => {
    const letters = new Set(text(name));
    expect(Array.from(samples).filter((sample) => !letters.has(sample))).toEqual([]);
  });

  test('named "letters" contains all others but the digits, and "letters and digits" contains all', () => {
    const union = new Set(
      names.filter((name) => !name.startsWith('letters')).flatMap((name) => Array.from(text(name))),
    );
    expect(new Set(text('letters and digits'))).toEqual(union);
    expect(text('letters and digits')).toBe(`0123456789${text('letters')}`);
  });

  test('exists for its exact name only', () => {
    expect(builtInRanges('digits')).toEqual(['0030-0039']);
    expect(builtInRanges('Digits')).toBeUndefined();
    expect(Object.keys(SAMPLES)).toEqual(expect.arrayContaining(names));
  });
});

describe('the alphabets of a policy', () => {
  test('contain the alphabets that they include, built in or their own, at any depth', () => {
    const alphabets = [
      alphabet('deep', { include: ['middle'], ranges: ['0021'] }),
      alphabet('middle', { include: ['digits', 'own'] }),
      alphabet('own', { ranges: ['0041-0043'] }),
    ];
    expect(text('deep', alphabets)).toBe('!0123456789ABC');
  });

  test('hide a built-in alphabet of the same name', () => {
    const own = alphabet('letters', { ranges: ['0041-0042'] });
    expect(text('letters', [own])).toBe('AB');
    expect(text('more', [own, alphabet('more', { include: ['letters'], ranges: ['0043'] })])).toBe('ABC');
  });

  test('are collected once however many paths lead to them: a lattice of 40 levels is fast', () => {
    const level = (i: number) =>
      [`a${i}`, `b${i}`].map((name) => alphabet(name, { include: [`a${i + 1}`, `b${i + 1}`] }));
    const lattice = Array.from({ length: 40 }, (_, i) => level(i)).flat();
    expect(text('a0', [...lattice, alphabet('a40', { ranges: ['0041'] }), alphabet('b40', { ranges: ['0042'] })])).toBe(
      'AB',
    );
  });

  test.each([
    ['its name is unknown', 'x', [], 'ALPHABET_UNKNOWN'],
    ['it includes an unknown alphabet', 'x', [alphabet('x', { include: ['y'] })], 'ALPHABET_UNKNOWN'],
    ['it includes itself', 'x', [alphabet('x', { include: ['x'], ranges: ['0041-0043'] })], 'ALPHABET_CYCLE'],
    [
      'it includes itself by another',
      'x',
      [alphabet('x', { include: ['y'] }), alphabet('y', { include: ['x'] })],
      'ALPHABET_CYCLE',
    ],
    [
      'it hides the built-in alphabet that it includes',
      'letters',
      [alphabet('letters', { include: ['letters'] })],
      'ALPHABET_CYCLE',
    ],
    ['it is larger than FF1 takes', 'x', [alphabet('x', { ranges: ['0020-D7FF', 'E000-10820'] })], 'ALPHABET_SIZE'],
    ['it has one symbol', 'x', [alphabet('x', { ranges: ['0041'] })], 'ALPHABET_SIZE'],
    ['its range runs backwards', 'x', [alphabet('x', { ranges: ['0045-0041'] })], 'ALPHABET_SIZE'],
  ])('are refused where %s', (_, name, alphabets, code) => {
    expect(failure(name, alphabets)).toBe(code);
    expect(elementCodePoints({ type: 'unicode', alphabet: name }, alphabets)).toHaveLength(0);
  });

  test('ignore a range that runs backwards', () => {
    expect(text('x', [alphabet('x', { ranges: ['0045-0041', '0061-0063'] })])).toBe('abc');
  });

  test('may have 65,536 code points', () => {
    expect(alphabetCodePoints('x', [alphabet('x', { ranges: ['0020-D7FF', 'E000-1081F'] })])).toHaveLength(65_536);
  });
});
