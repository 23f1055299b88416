import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { alphabetCodePoints, alphabetFacts } from '../../../lib/policy/alphabet.ts';
import { builtInAlphabetNames, isStableAlphabet } from '../../../lib/policy/builtin-alphabets.ts';
import { isCombining } from '../../../lib/policy/combining.ts';
import { strongLength } from '../../../lib/policy/elements/alphabet.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { elementSchema } from '../../../lib/policy/schema.ts';
import { beginsCombining } from '../../support/stable-reference.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const names = builtInAlphabetNames.filter(isStableAlphabet);
const points = (name: string): number[] => [...alphabetCodePoints(name, [])];
const characters = (name: string): string[] => points(name).map((point) => String.fromCodePoint(point));
const combining = (): number[] => Array.from({ length: 0x110000 }, (_, point) => point).filter(isCombining);
const digestOf = (content: unknown): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');

const SAMPLES: Readonly<Record<string, string>> = {
  'arabic letters': 'محمّدپگ',
  'bengali letters': 'রহিমউদ্দিন',
  'devanagari letters': 'नमस्ते',
  'ethiopic letters': 'አበበ',
  'gurmukhi letters': 'ਗੁਰਪ੍ਰੀਤ',
  'hebrew letters': 'שָלוֹם',
  'hiragana letters': 'ひらがー',
  'hangul letters': '김ㅋ한',
  'khmer letters': 'សុខា',
  'myanmar letters': 'အောင်',
  'tamil letters': 'ரவிகுமார்',
  'thai letters': 'น้ำกี',
  'tibetan letters': 'བསོད་ནམས'.replaceAll('་', ''),
  'han and extension B': '張偉々〇𠮷',
  'han and other extensions': '張偉㐀𪜀',
  'decimal digits': '09٣९９𞥐',
  'half and full width letters': 'Ａｚﾔﾏﾀﾞ',
  'arabic presentation forms': 'ﻣﺤﻤﺪ',
};

describe('alphabets whose tokens are stable', () => {
  test('are frozen, and so is the list of characters that combine: a change makes tokens unreadable', () => {
    const lists = names.map((name) => [name, points(name)]);
    expect([names.length, digestOf(lists)]).toEqual([
      69,
      '71247d17e4c4255daac06ea72c53ed5b315ba0e6098e10ea4a1170db9d4b344d',
    ]);
    expect([combining().length, digestOf(combining())]).toEqual([
      2592,
      '9e6f245530deac0dc3c283eb765ff418ade61e0f2443bc09896d6cb23d6c1c3e',
    ]);
  });

  test.each(names)('hold letters, marks or digits, each its own NFC form and visible: %s', (name) => {
    const all = characters(name);
    const sort = name === 'decimal digits' ? /^\p{Nd}$/u : /^[\p{L}\p{M}\u3007]$/u;
    expect(all.filter((each) => !sort.test(each) || /\p{DI}/u.test(each))).toEqual([]);
    expect(all.filter((each) => each.normalize('NFC') !== each)).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(28);
    expect(all.length).toBeLessThanOrEqual(65_536);
  });

  test.each(Object.entries(SAMPLES))('hold what they are named for: %s', (name, sample) => {
    const all = new Set(characters(name));
    expect(Array.from(sample.normalize('NFC')).filter((each) => !all.has(each))).toEqual([]);
  });

  test.each(names)('have a million stable tokens from their strong length on, beside any first letter: %s', (name) => {
    const element = elementSchema.parse({
      id: ID,
      name: 'e',
      method: 'tokenization',
      type: 'unicode',
      alphabet: name,
      shortData: 'error',
    });
    const facts = alphabetFacts(element as never, []);
    const { size } = facts;
    const length = strongLength(element as never, facts);
    const all = characters(name);
    const first = all.filter((each) => !beginsCombining(each));
    expect(all.length - first.length).toBe(facts.combining);
    const stable = shareOfStable(randomTexts(first, all, length, 10_000));
    expect(first.length * size ** (length - 1) * stable).toBeGreaterThanOrEqual(1_000_000);
    expect(length).toBeLessThanOrEqual(5);
  });
});

describe('a policy', () => {
  const own = [
    { name: 'street', include: ['bengali letters'], ranges: ['0030-0039'] },
    { name: 'marks', ranges: ['0300-0310'] },
    { name: 'hidden', include: ['thai letters'] },
    { name: 'thai letters', ranges: ['0E01-0E2E'] },
  ];
  const problemsOf = (options: object): string[] => {
    const element = { id: ID, name: 'e', method: 'tokenization', type: 'unicode', shortData: 'error', ...options };
    try {
      parsePolicy({ name: 'p', dataStore: 's', alphabets: own, elements: [element], roles: [] });
      return [];
    } catch (error) {
      if (error instanceof PolicyError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
      throw error;
    }
  };

  const LENGTH = '$.elements[0].preserveLength: it must be true where tokens equal their Unicode normal forms';
  test.each<[string, object, string[]]>([
    ['an alphabet of a whole script', { alphabet: 'lao letters', preserveLength: false }, [LENGTH]],
    ['an alphabet that includes one', { alphabet: 'street', preserveLength: false }, [LENGTH]],
    ['normalize', { alphabet: 'latin extended', normalize: 'nfc', preserveLength: false }, [LENGTH]],
    ['an older alphabet', { alphabet: 'latin extended', preserveLength: false }, []],
    ['an alphabet that hides one of a whole script', { alphabet: 'thai letters', preserveLength: false }, []],
    ['an alphabet that includes one that hides', { alphabet: 'hidden', preserveLength: false }, []],
  ])('takes tokens of other lengths, or not, with %s', (_what, options, problems) => {
    expect(problemsOf(options)).toEqual(problems);
  });

  test.each([
    ['hebrew', '"hebrew letters"'],
    ['letters', 'an alphabet of a whole script, such as "bengali letters"'],
    ['marks', 'an alphabet of a whole script, such as "bengali letters"'],
  ])('cannot normalise over an older alphabet with marks: %s', (alphabet, instead) => {
    expect(problemsOf({ alphabet, normalize: 'refuse' })).toEqual([
      `$.elements[0].normalize: the alphabet has combining marks; it can be set over ${instead}, and over alphabets that include one`,
    ]);
    expect(problemsOf({ alphabet })).toEqual([]);
  });

  test('is told how many tokens over older alphabets change under normalisation', () => {
    for (const [alphabet, percent] of [
      ['hebrew', 70],
      ['arabic', 8],
      ['thai', 2],
      ['devanagari', 0.6],
    ] as const) {
      const texts = randomTexts(characters(alphabet), characters(alphabet), 8, 30_000);
      const changed = 100 * (1 - shareOfStable(texts));
      expect(Math.abs(changed - percent)).toBeLessThan(percent / 5);
    }
  });
});

/** Texts of symbols that look random: the first of `first`, the others of `all`. */
function randomTexts(first: readonly string[], all: readonly string[], length: number, count: number): string[] {
  let seed = 1;
  const next = (list: readonly string[]): string => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return list[Math.floor((seed / 2 ** 32) * list.length)]!;
  };
  return Array.from({ length: count }, () =>
    [next(first), ...Array.from({ length: length - 1 }, () => next(all))].join(''),
  );
}

function shareOfStable(texts: readonly string[]): number {
  return texts.filter((text) => text.normalize('NFC') === text).length / texts.length;
}
