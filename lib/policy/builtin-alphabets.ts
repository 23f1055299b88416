// Alphabets that every policy may name. FROZEN: a symbol's numeral is its rank, so one code point more makes every
// token of an element over that alphabet unreadable. A newer Unicode version gets new names.
//
// Computed from the properties of Unicode 17.0 (Node 24's ICU): the \p{L} of the script (and \p{M} for Hebrew, Arabic,
// Devanagari and Thai, which write vowels with marks), by `Script`, or by `Script_Extensions` for the scripts with
// marks, kana and Han; within these blocks, without default-ignorable characters and without characters that NFC
// changes: latin extended 0041–024F, 1E00–1EFF · greek 0370–03FF, 1F00–1FFF · cyrillic 0400–052F · armenian 0530–058F ·
// hebrew 0590–05FF · arabic 0600–06FF, 0750–077F · devanagari 0900–097F · thai 0E00–0E7F · georgian 10A0–10FF,
// 1C90–1CBF · hiragana 3040–30FF · katakana 30A0–30FF, 31F0–31FF · han 3000–303F, 3400–4DBF, 4E00–9FFF, F900–FAFF ·
// hangul 3130–318F, AC00–D7A3. All are within the basic plane, so that a token takes no more than three UTF-8 bytes a
// symbol.

import { readFrozen } from './frozen-ranges.ts';
import { STABLE_LETTERS, STABLE_OTHERS } from './stable-alphabets.data.ts';

/** Code points in hexadecimal, `0041` or `0041-005A`; `@370` is the kind of kinds.data.ts that begins with this one. */
const SCRIPTS = {
  digits: '0030-0039',
  latin: '0041-005A 0061-007A',
  'latin extended': '0041-005A 0061-007A 00AA 00BA 00C0-00D6 00D8-00F6 00F8-024F 1E00-1EFF',
  greek: '@370 @371 @1F00 @1F08',
  cyrillic: '0400-0481 048A-052F',
  armenian: '0531-0556 0559 0560-0588',
  hebrew: '0591-05BD 05BF 05C1-05C2 05C4-05C5 05C7 05D0-05EA 05EF-05F2',
  arabic: '0610-061A 0620-065F 066E-06D3 06D5-06DC 06DF-06E8 06EA-06EF 06FA-06FC 06FF 0750-077F',
  devanagari: '0900-0952 0955-0957 0960-0963 0971-097F',
  thai: '0E01-0E3A 0E40-0E4E',
  georgian: '10A0-10C5 10C7 10CD 10D0-10FA 10FC-10FF 1C90-1CBA 1CBD-1CBF',
  hiragana: '3041-3096 309D-309F 30FC',
  katakana: '30A1-30FA 30FC-30FF 31F0-31FF',
  han: '@3005 @3400 @FA0E 3006 303C',
  hangul: '3131-3163 3165-318E AC00-D7A3',
  'german letters': '0041-005A 0061-007A 00C4 00D6 00DC 00DF 00E4 00F6 00FC 1E9E',
  'french letters': `
    0041-005A 0061-007A 00C0 00C2 00C6 00C7 00C8 00C9 00CA 00CB 00CE 00CF 00D4 00D9 00DB 00DC 00E0 00E2 00E6 00E7
    00E8 00E9 00EA 00EB 00EE 00EF 00F4 00F9 00FB 00FC 00FF 0152 0153 0178`,
} as const;

const { digits, ...scripts } = SCRIPTS;
const LETTERS = Object.values(scripts).join(' ');

/** Alphabets whose tokens are stable under normalisation: `bengali letters` and others. */
const STABLE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(STABLE_LETTERS).map(([script, ranges]) => [`${script} letters`, ranges])),
  ...STABLE_OTHERS,
};

const BUILT_IN: Readonly<Record<string, string>> = {
  ...SCRIPTS,
  letters: LETTERS,
  'letters and digits': `${digits} ${LETTERS}`,
  ...STABLE,
};

/** The names of the built-in alphabets. */
export const builtInAlphabetNames: readonly string[] = Object.keys(BUILT_IN);

/** Returns the ranges of a built-in alphabet, not yet merged; `undefined` for an unknown name. */
export function builtInRanges(name: string): readonly string[] | undefined {
  return Object.hasOwn(BUILT_IN, name) ? readFrozen(BUILT_IN[name]!) : undefined;
}

/** Tells whether the tokens over a built-in alphabet are stable under normalisation, whatever the element says. */
export function isStableAlphabet(name: string): boolean {
  return Object.hasOwn(STABLE, name);
}
