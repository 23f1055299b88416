// Derives the alphabets of lib/policy/script-alphabets.data.ts and the list of combining characters from the runtime's
// Unicode properties: what they were derived from once, and the check of them where the runtime has the same version of
// Unicode.

import { deriveComposers, UNICODE_VERSION } from './unicode-kinds.ts';

/** Whether the runtime has the version of Unicode that the lists are of. */
export const hasSameUnicode = process.versions['unicode'] === UNICODE_VERSION;

/** Scripts in living use: Recommended or Limited Use in Unicode Standard Annex 31, and two whose texts are still read. */
const SCRIPTS = (
  'Adlam Arabic Armenian Balinese Bamum Batak Bengali Bopomofo Canadian_Aboriginal Chakma Cham Cherokee Coptic ' +
  'Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Hangul Hanifi_Rohingya Hebrew Hiragana Javanese ' +
  'Kannada Katakana Kayah_Li Khmer Lao Latin Lepcha Limbu Lisu Malayalam Mandaic Meetei_Mayek Miao Mongolian Myanmar ' +
  'New_Tai_Lue Newa Nko Nyiakeng_Puachue_Hmong Ol_Chiki Oriya Osage Saurashtra Sinhala Sundanese Syloti_Nagri ' +
  'Syriac Tai_Le Tai_Tham Tai_Viet Tamil Telugu Thaana Thai Tibetan Tifinagh Vai Wancho Yi'
).split(' ');

type Range = readonly [number, number];

/** Blocks of letters in another form: of single ones, of presentation, of another width, of mathematics. */
const FORMS: readonly Range[] = [
  [0x1cd0, 0x1cff],
  [0x2100, 0x214f],
  [0xfb00, 0xfdff],
  [0xfe70, 0xfeff],
  [0xff00, 0xffef],
  [0x1ee00, 0x1eeff],
];

/** Letters of several scripts that some of them have as a sign alone: an apostrophe, and the stroke that widens words. */
const APOSTROPHE = 0x02bc;
const TATWEEL = 0x0640;

/** Marks that write no vowel: of recitation, of chant, of music, of church, and of phonetics. */
const SIGNS: readonly Range[] = [
  [0x0483, 0x0489],
  [0x0591, 0x05af],
  [0x05c4, 0x05c5],
  [0x0610, 0x061a],
  [0x06d6, 0x06ed],
  [0x0890, 0x08ff],
  [0x0f18, 0x0f19],
  [0x0f35, 0x0f37],
  [0x0f86, 0x0f87],
  [0x0fc6, 0x0fc6],
  [0x1b6b, 0x1b73],
  [0x2cef, 0x2cf1],
  [0x2de0, 0x2dff],
  [0xa66f, 0xa69f],
  [0xa8e0, 0xa8f1],
  [0x10ef0, 0x10eff],
  [0x1d242, 0x1d244],
  [0x1e08f, 0x1e08f],
  [0xfe20, 0xfe2f],
];

/** Arabic's vowels, which Unicode counts as inherited: they are written in Syriac too. */
const ARABIC_VOWELS: readonly Range[] = [
  [0x064b, 0x0655],
  [0x0670, 0x0670],
];

const isIn = (point: number, ranges: readonly Range[]): boolean =>
  ranges.some(([from, to]) => point >= from && point <= to);

/** Every character that equals its own NFC form and has a visible form. */
const CHARACTERS = Array.from({ length: 0x110000 }, (_, point) => point)
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point))
  .filter((character) => character.normalize('NFC') === character && !/\p{DI}/u.test(character));

const pointsOf = (characters: readonly string[]): number[] => characters.map((character) => character.codePointAt(0)!);
const matching = (pattern: RegExp): number[] => pointsOf(CHARACTERS.filter((character) => pattern.test(character)));

const LETTERS = matching(/\p{L}/u).filter((point) => !isIn(point, FORMS));
const MARKS = matching(/\p{M}/u).filter((point) => !isIn(point, FORMS) && !isIn(point, SIGNS));

/** Letters by the scripts that they are written in, marks by the one that they belong to. */
function scriptPoints(script: string): number[] {
  const written = new RegExp(`\\p{Script_Extensions=${script}}`, 'u');
  const own = new RegExp(`\\p{Script=${script}}`, 'u');
  const letters = LETTERS.filter(
    (point) =>
      written.test(String.fromCodePoint(point)) && point !== APOSTROPHE && (point !== TATWEEL || script === 'Arabic'),
  );
  const marks = MARKS.filter((point) => own.test(String.fromCodePoint(point)));
  const vowels = script === 'Arabic' ? MARKS.filter((point) => isIn(point, ARABIC_VOWELS)) : [];
  return [...letters, ...marks, ...vowels].toSorted((a, b) => a - b);
}

/** Han is larger than what FF1 takes: its main block with extension B, or with all others. */
function hanPoints(extension: readonly Range[]): number[] {
  const main = [[0x3005, 0x303c], [0x4e00, 0x9fff], [0xfa00, 0xfaff], ...extension] as const;
  return matching(/^[\p{L}\u3007]$/u).filter(
    (point) => /\p{Script_Extensions=Han}/u.test(String.fromCodePoint(point)) && isIn(point, main),
  );
}

/** Derives all alphabets, by name. */
export function deriveAlphabets(): Map<string, number[]> {
  return new Map([
    ...SCRIPTS.map((script): [string, number[]] => [
      `${script.toLowerCase().replaceAll('_', ' ')} letters`,
      scriptPoints(script),
    ]),
    ['han and extension B', hanPoints([[0x20000, 0x2a6df]])],
    [
      'han and other extensions',
      hanPoints([
        [0x3400, 0x4dbf],
        [0x2a700, 0x3ffff],
      ]),
    ],
    ['decimal digits', matching(/\p{Nd}/u)],
    ['half and full width letters', matching(/\p{L}/u).filter((point) => isIn(point, [[0xff00, 0xffef]]))],
    [
      'arabic presentation forms',
      matching(/\p{L}/u).filter((point) =>
        isIn(point, [
          [0xfb50, 0xfdff],
          [0xfe70, 0xfeff],
        ]),
      ), // prettier-ignore
    ],
  ]);
}

/** Derives the characters that combine with the one before them: all marks, and the vowels and finals of Hangul. */
export function deriveCombining(): number[] {
  const marks = Array.from({ length: 0x110000 }, (_, point) => point).filter((point) =>
    /\p{M}/u.test(String.fromCodePoint(point)),
  );
  return [...new Set([...marks, ...deriveComposers()])].toSorted((a, b) => a - b);
}
