// An independent implementation of tokens that keep script and width, one value at a time with big integers, from the
// list of kinds: the reference for lib/protect/methods/script, of whose code it uses the list alone.

import { createHash } from 'node:crypto';
import { KINDS } from '../../lib/policy/kinds.data.ts';
import { aes, decrypt, encrypt } from './ff1-reference.ts';

/** The characters of each kind, in order. */
export const KIND_CHARACTERS: readonly (readonly string[])[] = KINDS.map((ranges) => {
  let from = '';
  return ranges.split(' ').flatMap((range) => {
    const [, start = '', end = start, step] = /^([\dA-F]+)(?:-([\dA-F]+))?(?:\/(\d))?$/.exec(range)!;
    const characters: string[] = [];
    // Both leave out the digits in which they begin like the start before them.
    from = from.slice(0, -start.length) + start;
    const to = from.slice(0, -end.length) + end;
    for (let point = Number(`0x${from}`); point <= Number(`0x${to}`); point += Number(step ?? 1)) {
      characters.push(String.fromCodePoint(point));
    }
    return characters;
  });
});

const KIND_OF = new Map(KIND_CHARACTERS.flatMap((characters, i) => characters.map((each) => [each, i + 1] as const)));

/** Returns the number of a character's kind, counted from 1; undefined if it has none. */
export function kindOf(character: string): number | undefined {
  return KIND_OF.get(character);
}

/** The characters that may stand in one place of a value, and the numbers of their kind in the tweak. */
interface Place {
  readonly at: number;
  readonly characters: readonly string[];
  readonly written: readonly number[];
}

/** Finds the places of a text in normal form C, and what may stand there without composing with the marks behind it. */
function placesOf(text: readonly string[]): Place[] {
  return text.flatMap((character, at): Place[] => {
    const kind = kindOf(character);
    if (kind === undefined) return [];
    const rest = text.slice(at + 1);
    const end = rest.findIndex((each) => !/^\p{M}$/u.test(each));
    const marks = rest.slice(0, end < 0 ? undefined : end).join('');
    const whole = KIND_CHARACTERS[kind - 1]!;
    const characters = marks === '' ? whole : whole.filter((each) => (each + marks).normalize('NFC') === each + marks);
    const written = characters.length === whole.length ? [kind] : [0xffff, kind, characters.length];
    return [{ at, characters, written }];
  });
}

/** Returns how many values have the pattern of this one. */
export function domainOf(value: string): bigint {
  return placesOf(Array.from(value.normalize('NFC'))).reduce(
    (product, { characters }) => product * BigInt(characters.length),
    1n,
  );
}

/** Returns the token of a value, or the value of a token, of at least 100 possible ones. */
export function referenceScript(key: Uint8Array, direction: 'encrypt' | 'decrypt', given: string, iv: string): string {
  const text = Array.from(given.normalize('NFC'));
  const places = placesOf(text);
  const domain = domainOf(given);
  const length = 2 * Math.ceil((domain - 1n).toString(2).length / 32);
  let radix = 10n;
  while (radix ** BigInt(length) < domain) radix++;
  const tweak = tweakOf(
    places.flatMap(({ written }) => written),
    iv,
  );
  const cipher = direction === 'encrypt' ? encrypt : decrypt;
  let rank = places.reduce(
    (sum, { at, characters }) => sum * BigInt(characters.length) + BigInt(characters.indexOf(text[at]!)),
    0n,
  );
  do {
    const numerals: number[] = [];
    for (let i = 0, rest = rank; i < length; i++, rest /= radix) numerals.unshift(Number(rest % radix));
    rank = cipher(aes(key), Number(radix), tweak, numerals).reduce((sum, each) => sum * radix + BigInt(each), 0n);
  } while (rank >= domain);
  for (const { at, characters } of places.toReversed()) {
    text[at] = characters[Number(rank % BigInt(characters.length))]!;
    rank /= BigInt(characters.length);
  }
  return text.join('');
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function tweakOf(kinds: readonly number[], iv: string): Uint8Array {
  const bytes = Buffer.from(iv);
  const encoded = [Uint8Array.of(5), u16(kinds.length), ...kinds.map(u16), u16(bytes.length), bytes];
  return createHash('sha256').update(Buffer.concat(encoded)).digest().subarray(0, 16);
}
