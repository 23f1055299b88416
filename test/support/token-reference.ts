// An independent implementation of alphabet tokens, one value at a time, from the description of token types and tweak:
// the reference for lib/protect/methods, of which it uses nothing.

import { createHash } from 'node:crypto';
import { aes, decrypt, encrypt } from './ff1-reference.ts';

export interface ReferenceElement {
  /** The characters of the alphabet in code point order. */
  readonly alphabet: readonly string[];
  readonly foldsCase: boolean;
  readonly fromLeft: number;
  readonly fromRight: number;
  readonly minLength: number;
  readonly maxLength: number;
  readonly shortData: 'error' | 'as-is';
  readonly key: Uint8Array;
}

export type ReferenceToken =
  | { readonly text: string; readonly symbols: number }
  | { readonly code: 'INPUT_TOO_SHORT' | 'INPUT_TOO_LONG' | OutsideCode };

type OutsideCode = 'LETTERS_OUTSIDE' | 'DIGITS_OF_ANOTHER_SCRIPT';

/** The characters from `first` to `last`. */
export function range(first: string, last: string): string[] {
  const characters: string[] = [];
  for (let point = first.codePointAt(0)!; point <= last.codePointAt(0)!; point++) {
    characters.push(String.fromCodePoint(point));
  }
  return characters;
}

/** The alphabets of the token types; unicode is the policy's own. */
export const ALPHABETS = {
  numeric: range('0', '9'),
  alpha: [...range('A', 'Z'), ...range('a', 'z')],
  'upper-case-alpha': range('A', 'Z'),
  'alpha-numeric': [...range('0', '9'), ...range('A', 'Z'), ...range('a', 'z')],
  'upper-case-alpha-numeric': [...range('0', '9'), ...range('A', 'Z')],
  'lower-ascii': range('!', '~'),
  // ISO 8859-15 by its eight differences from ISO 8859-1.
  printable: [
    ...range(' ', '~'),
    ...range('\u00a0', '\u00ff').filter((c) => !'¤¦¨´¸¼½¾'.includes(c)),
    ...Array.from('ŒœŠšŸŽž€'),
  ],
} as const;

/** Types that take ASCII lower-case letters as their capitals. */
export const FOLDING: ReadonlySet<string> = new Set(['upper-case-alpha', 'upper-case-alpha-numeric']);

/**
 * Returns why a value must be refused although it is long enough: its first letter or digit of another script that the
 * alphabet does not hold. ASCII letters and digits stay.
 */
export function outsideCode(
  { alphabet, fromLeft, fromRight }: Pick<ReferenceElement, 'alphabet' | 'fromLeft' | 'fromRight'>,
  value: string,
): OutsideCode | undefined {
  const characters = Array.from(value);
  const window = characters.slice(fromLeft, Math.max(fromLeft, characters.length - fromRight));
  const outside = window.find((each) => each > '\x7f' && /^[\p{L}\p{N}]$/u.test(each) && !alphabet.includes(each));
  if (outside === undefined) return undefined;
  return /^\p{L}$/u.test(outside) ? 'LETTERS_OUTSIDE' : 'DIGITS_OF_ANOTHER_SCRIPT';
}

/** Returns the token of a value, or, for direction decrypt, the value of a token. */
export function referenceToken(
  element: ReferenceElement,
  direction: 'encrypt' | 'decrypt',
  value: string,
  iv: string,
): ReferenceToken {
  if (value === '') return { text: '', symbols: 0 };
  const characters = Array.from(value);
  const from = Math.min(element.fromLeft, characters.length);
  const to = Math.max(from, characters.length - element.fromRight);
  const places: number[] = [];
  const numerals: number[] = [];
  for (let at = from; at < to; at++) {
    const character = characters[at]!;
    const symbol = element.foldsCase && /^[a-z]$/.test(character) ? character.toUpperCase() : character;
    const numeral = element.alphabet.indexOf(symbol);
    if (numeral >= 0) {
      places.push(at);
      numerals.push(numeral);
    }
  }
  const outside = direction === 'encrypt' ? outsideCode(element, value) : undefined;
  if (outside !== undefined) return { code: outside };
  if (numerals.length < element.minLength) {
    return element.shortData === 'error' ? { code: 'INPUT_TOO_SHORT' } : { text: value, symbols: 0 };
  }
  if (numerals.length > element.maxLength) return { code: 'INPUT_TOO_LONG' };
  const tweak = tweakOf(characters.slice(0, from).join(''), characters.slice(to).join(''), iv);
  const cipher = direction === 'encrypt' ? encrypt : decrypt;
  cipher(aes(element.key), element.alphabet.length, tweak, numerals).forEach((numeral, i) => {
    characters[places[i]!] = element.alphabet[numeral]!;
  });
  return { text: characters.join(''), symbols: numerals.length };
}

/** Returns FF1's tweak of the clear parts and the IV. */
export function tweakOf(left: string, right: string, iv: string): Buffer {
  if (left === '' && right === '' && iv === '') return Buffer.alloc(0);
  const parts = [left, right, iv].map((part) => {
    const bytes = Buffer.from(part);
    return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
  });
  const encoded = Buffer.concat([Uint8Array.of(1), ...parts]);
  if (encoded.length <= 40) return encoded;
  return Buffer.concat([Uint8Array.of(2), createHash('sha256').update(encoded).digest()]);
}
