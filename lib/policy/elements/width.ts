// How wide protected values can be: what a column must have room for.

import { minimumLength } from '../../crypto/ff1-domain.ts';
import type { AlphabetDefinition } from './parts.ts';

/** A value of n becomes at most ⌊`factor`·n⌋ + `more`, but `least` even if that is less, and never beyond `most`. */
export interface Bound {
  readonly factor: number;
  readonly more: number;
  /** @default 0 */
  readonly least?: number;
  /** @default no limit */
  readonly most?: number;
}

/**
 * The width of an element's protected values. Clear parts count as if they were tokenized. Where an element normalises
 * values, n is the width of the normalised value.
 */
export interface Width {
  /** Characters (Unicode code points), for a value of n characters. */
  readonly characters: Bound;
  /** Bytes of UTF-8, for a value of n bytes. */
  readonly bytes: Bound;
}

export type WidthOf<Element> = (element: Element, alphabets: readonly AlphabetDefinition[]) => Width;

/** Most bytes of a character in UTF-8. */
export const MAX_CHARACTER_BYTES = 4;

/** A protected value has as many characters as its value, and as many bytes. */
export const AS_WIDE: Width = both({ factor: 1, more: 0 });

/** Makes the width of protected values for which characters and bytes have one bound. */
export function both(bound: Bound): Width {
  return { characters: bound, bytes: bound };
}

/** Makes the width of protected values of ASCII characters, made from the bytes of any text. */
export function asciiOfBytes(bytes: Bound): Width {
  return { characters: { ...bytes, factor: MAX_CHARACTER_BYTES * bytes.factor }, bytes };
}

/**
 * Returns the width of tokens in which symbols of an alphabet become others of it and other characters stay, with at
 * most `more` additional symbols. `codePoints`: the alphabet, ascending.
 */
export function symbolWidth(codePoints: Uint32Array, more: number): Width {
  const fewest = utf8Bytes(codePoints.at(0)!);
  const most = utf8Bytes(codePoints.at(-1)!);
  return { characters: { factor: 1, more }, bytes: { factor: most / fewest, more: most * more } };
}

function utf8Bytes(codePoint: number): number {
  return Buffer.byteLength(String.fromCodePoint(codePoint));
}

/**
 * Returns how many symbols a token has more than a value of at least `least` symbols, where a marker precedes the value
 * and the token has a domain of a million.
 */
export function markerSymbols(radix: number, least: number): number {
  return Math.max(1, minimumLength(radix) - least);
}

/** Returns the bound for a value of `n`. */
export function atMost({ factor, more, least = 0, most = Infinity }: Bound, n: number): number {
  return Math.min(most, Math.max(least, Math.floor(factor * n) + more));
}

/** Returns the largest n whose bound is at most `size`; 0 if there is none, or if the bound does not depend on n. */
export function fittingWithin({ factor, more, least = 0 }: Bound, size: number): number {
  if (factor === 0 || least > size) return 0;
  return Math.max(0, Math.ceil((size - more + 1) / factor) - 1);
}

/** Writes a bound as a formula, with its factor rounded up: `n`, `n + 5`, `1.344n + 2, at least 4, at most 5,504`. */
export function describeBound({ factor, more, least, most }: Bound): string {
  const rounded = Math.ceil(1000 * factor) / 1000;
  const terms = [...(factor === 0 ? [] : [factor === 1 ? 'n' : `${rounded}n`]), ...(more === 0 ? [] : [String(more)])];
  return [
    terms.join(' + '),
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most.toLocaleString('en-US')}`]),
  ].join(', ');
}
