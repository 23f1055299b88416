// An independent implementation of tokens over alphabets whose tokens are stable under normalisation, one value at a time:
// the reference for lib/protect/methods/alphabet/stable.ts, of which it uses nothing.

import { aes, decrypt, encrypt } from './ff1-reference.ts';
import { tweakOf } from './token-reference.ts';

/** Marks, and the vowels and finals of Hangul. */
const COMBINING = /^[\p{M}\u1161-\u1175\u11a8-\u11c2]/u;

/** Tells whether a text begins with a character that combines with the one before it. */
export function beginsCombining(text: string): boolean {
  return COMBINING.test(text);
}

export interface StableElement {
  /** The characters of the alphabet in code point order. */
  readonly alphabet: readonly string[];
  readonly fromLeft?: number;
  readonly fromRight?: number;
  readonly key: Uint8Array;
}

/** Returns the token of a value, or the value of a token, whose symbols have a domain of 100 at least. */
export function referenceStable(
  { alphabet, fromLeft = 0, fromRight = 0, key }: StableElement,
  direction: 'encrypt' | 'decrypt',
  given: string,
  iv: string,
): string {
  const normal = given.normalize('NFC');
  const characters = Array.from(normal);
  const from = Math.min(fromLeft, characters.length);
  const to = Math.max(from, characters.length - fromRight);
  const ranks = new Map(alphabet.map((character, rank) => [character, rank]));
  const places = characters.flatMap((each, i) => (i >= from && i < to && ranks.has(each) ? [i] : []));
  const tweak = tweakOf(characters.slice(0, from).join(''), characters.slice(to).join(''), iv);
  const cipher = direction === 'encrypt' ? encrypt : decrypt;
  let numerals: readonly number[] = places.map((place) => ranks.get(characters[place]!)!);
  for (;;) {
    numerals = cipher(aes(key), alphabet.length, tweak, [...numerals]);
    const written = [...characters];
    for (const [i, place] of places.entries()) written[place] = alphabet[numerals[i]!]!;
    const token = written.join('');
    if (token.normalize('NFC') === token && beginsCombining(token) === beginsCombining(normal)) return token;
  }
}
