// An independent implementation of tokens that keep script and width, one value at a time with big integers, from the
// list of kinds: the reference for lib/protect/methods/script, of whose code it uses the list alone.

import { createHash } from 'node:crypto';
import { KINDS } from '../../lib/protect/methods/script/kinds.data.ts';
import { aes, decrypt, encrypt } from './ff1-reference.ts';

/** The characters of each kind, in order. */
export const KIND_CHARACTERS: readonly (readonly string[])[] = KINDS.map((ranges) =>
  ranges.split(' ').flatMap((range) => {
    const [, from, to, step] = /^([\dA-F]+)(?:-([\dA-F]+))?(?:\/(\d))?$/.exec(range)!;
    const characters: string[] = [];
    for (let point = Number(`0x${from}`); point <= Number(`0x${to ?? from}`); point += Number(step ?? 1)) {
      characters.push(String.fromCodePoint(point));
    }
    return characters;
  }),
);

/** Number and rank of each character, kinds counted from 1. */
const PLACES = new Map(
  KIND_CHARACTERS.flatMap((characters, i) => characters.map((character, rank) => [character, [i + 1, rank]] as const)),
);

/** Returns the number of a character's kind; undefined if it has none. */
export function kindOf(character: string): number | undefined {
  return PLACES.get(character)?.[0];
}

/** Returns how many values have the kinds of this one. */
export function domainOf(value: string): bigint {
  return Array.from(value.normalize('NFC')).reduce((product, character) => {
    const kind = kindOf(character);
    return kind === undefined ? product : product * BigInt(KIND_CHARACTERS[kind - 1]!.length);
  }, 1n);
}

/** Returns the token of a value, or the value of a token, of at least 100 possible ones. */
export function referenceScript(key: Uint8Array, direction: 'encrypt' | 'decrypt', given: string, iv: string): string {
  const characters = Array.from(given.normalize('NFC'));
  const places = characters.flatMap((character, i) => (PLACES.has(character) ? [i] : []));
  const kinds = places.map((place) => kindOf(characters[place]!)!);
  const sizes = kinds.map((kind) => BigInt(KIND_CHARACTERS[kind - 1]!.length));
  const domain = sizes.reduce((product, size) => product * size, 1n);
  const length = 2 * Math.ceil((domain - 1n).toString(2).length / 32);
  let radix = 10n;
  while (radix ** BigInt(length) < domain) radix++;
  const tweak = tweakOf(kinds, iv);
  const cipher = direction === 'encrypt' ? encrypt : decrypt;
  let rank = places.reduce((sum, place, i) => sum * sizes[i]! + BigInt(PLACES.get(characters[place]!)![1]), 0n);
  for (;;) {
    const numerals: number[] = [];
    for (let i = 0, rest = rank; i < length; i++, rest /= radix) numerals.unshift(Number(rest % radix));
    rank = cipher(aes(key), Number(radix), tweak, numerals).reduce((sum, each) => sum * radix + BigInt(each), 0n);
    if (rank >= domain) continue;
    const text = [...characters];
    let rest = rank;
    for (let i = places.length - 1; i >= 0; i--, rest /= sizes[i + 1]!) {
      text[places[i]!] = KIND_CHARACTERS[kinds[i]! - 1]![Number(rest % sizes[i]!)]!;
    }
    const token = text.join('');
    if (token.normalize('NFC') === token) return token;
  }
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function tweakOf(kinds: readonly number[], iv: string): Uint8Array {
  const bytes = Buffer.from(iv);
  const encoded = [Uint8Array.of(5), u16(kinds.length), ...kinds.map(u16), u16(bytes.length), bytes];
  return createHash('sha256').update(Buffer.concat(encoded)).digest().subarray(0, 16);
}
