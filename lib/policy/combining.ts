import { COMBINING } from './combining.data.ts';
import { readFrozen } from './frozen-ranges.ts';
import { expandRanges, mergeRanges } from './ranges.ts';

let known: ReadonlySet<number> | undefined;

/**
 * Tells whether a code point combines with the one before it: it is a mark, or a vowel or final of Hangul. In a text of
 * characters that equal their own NFC forms, only these can make the text differ from its own.
 */
export function isCombining(point: number): boolean {
  known ??= new Set(expandRanges(mergeRanges(readFrozen(COMBINING))));
  return known.has(point) || isSorted(String.fromCodePoint(point));
}

/** Marks with the least and the greatest combining class. */
const FIRST = '\u0334';
const LAST = '\u0345';

/**
 * Tells whether a mark has a combining class, by which normalisation sorts it. No version of Unicode changes the class of
 * a character (Unicode Character Encoding Stability Policies).
 */
function isSorted(character: string): boolean {
  if (!/\p{M}/u.test(character)) return false;
  return [`${character}${FIRST}`, `${LAST}${character}`].some((text) => text.normalize('NFD') !== text);
}
