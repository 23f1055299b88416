// A pattern is the sequence of kinds of a value's characters. The values of a pattern are numbered by mixed radix, the
// first character first, and FF1 permutes these ranks; each pattern is a domain of its own.
//
// FF1 takes the rank as numerals of the least radix whose power covers the domain. Conversions go through chunks: runs
// of characters whose sizes multiply to at most 2^36, so that every product stays an exact double. Long values go through
// BigInt and a tree of products: chunk by chunk, their time would grow with the square of the length.

import { hash } from 'node:crypto';
import {
  bitLength,
  type Chunks,
  chunksOf as numeralChunks,
  toNumber,
  toNumerals,
} from '../../../crypto/big-numerals.ts';
import { MIN_DOMAIN } from '../../../crypto/ff1-domain.ts';
import { MAX_SIZE } from '../../../crypto/small-permutation.ts';
import { joined, type ProductTree, productTree, split } from './product-tree.ts';

const MAX_CHUNK = 2 ** 36;
/** Domains of up to 2^32 ranks take two numerals, and each further 32 bits take two more. */
const BITS_OF_TWO = 32;
/** FF1 needs 100 ranks: the least radix of two numerals. */
const LEAST_RADIX = 10;
const TWEAK_BYTES = 16;
/** Measured: with more chunks BigInt is faster. */
const MOST_SHORT_CHUNKS = 32;

/** A run of characters, `from` to `to`, with the product of the sizes of their kinds. */
interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** The values of patterns whose kinds have these sizes, and how their ranks are written. */
export interface Domain {
  /** The sizes of the kinds. */
  readonly sizes: Uint32Array;
  readonly chunks: readonly Chunk[];
  /** The number of values if it is below 100, and else 0: such a domain is too small for FF1. */
  readonly small: number;
  /** Fewer than a million values: a codebook of them is cheap. */
  readonly isWeak: boolean;
  /** Whether FF1's numerals may name a rank that is no value. */
  readonly hasGap: boolean;
  /** Radix and number of FF1's numerals. */
  readonly radix: number;
  readonly length: number;
  /** The number of values in these numerals; meaningless without a gap. */
  readonly end: Uint16Array;
  /** What ranks of long values go through; undefined for short ones. */
  readonly long: { readonly tree: ProductTree; readonly numerals: Chunks } | undefined;
}

export interface Pattern {
  readonly kinds: Uint16Array;
  readonly domain: Domain;
  /** 16 bytes, of the pattern and of the external IV: patterns may share a domain. */
  readonly tweak: Uint8Array;
}

export function makeDomain(sizes: Uint32Array): Domain {
  const chunks = chunksOf(sizes);
  return shortDomain(sizes, chunks) ?? anyDomain(sizes, chunks);
}

/** How far from a whole number a double must be to tell the next one. Those below are exact to 10^-8. */
const CLEARLY = 1e-6;

/**
 * Makes the domain of a short value, without numbers that a double does not hold: values with marks have hardly a domain in
 * common. Undefined where a double does not tell radix and length.
 */
function shortDomain(sizes: Uint32Array, chunks: readonly Chunk[]): Domain | undefined {
  if (chunks.length > MOST_SHORT_CHUNKS) return undefined;
  let bits = 0;
  let count = 1;
  for (const { size } of chunks) {
    bits += Math.log2(size);
    count *= size;
  }
  const length = 2 * Math.ceil(bits / BITS_OF_TWO);
  const root = 2 ** (bits / length);
  if (!isClear(bits / BITS_OF_TWO) || !isClear(root)) return undefined;
  const radix = Math.max(LEAST_RADIX, Math.ceil(root));
  const end = new Uint16Array(length);
  end[length - 1] = 1;
  for (const { size } of chunks) multiplyAdd(end, 0, length, radix, size, 0);
  return {
    sizes,
    chunks,
    small: count <= MAX_SIZE ? count : 0,
    isWeak: count < MIN_DOMAIN,
    // The root is no whole number.
    hasGap: true,
    radix,
    length,
    end,
    long: undefined,
  };
}

function isClear(number: number): boolean {
  return Math.abs(number - Math.round(number)) > CLEARLY;
}

function anyDomain(sizes: Uint32Array, chunks: readonly Chunk[]): Domain {
  const tree = productTree(chunks.map(({ size }) => BigInt(size)));
  const [count] = tree.at(-1) as [bigint];
  const { radix, length } = shapeOf(count);
  const numerals = numeralChunks(radix, length);
  const end = new Uint16Array(length);
  toNumerals(count, end, numerals);
  return {
    sizes,
    chunks,
    small: count <= BigInt(MAX_SIZE) ? Number(count) : 0,
    isWeak: count < BigInt(MIN_DOMAIN),
    hasGap: BigInt(radix) ** BigInt(length) > count,
    radix,
    length,
    end,
    long: chunks.length > MOST_SHORT_CHUNKS ? { tree, numerals } : undefined,
  };
}

/** Returns the numerals of a domain of at least 1 value: 2, 4, 6 … of the least radix whose power covers it. */
function shapeOf(domain: bigint): { readonly radix: number; readonly length: number } {
  const bits = bitLength(domain - 1n);
  const length = 2 * Math.ceil(bits / BITS_OF_TWO);
  const isEnough = (radix: number): boolean => BigInt(radix) ** BigInt(length) >= domain;
  // The estimate is at most one off: each power of a long domain costs as much as a value.
  let radix = Math.max(LEAST_RADIX, Math.round(2 ** (log2(domain) / length)));
  while (radix > LEAST_RADIX && isEnough(radix - 1)) radix--;
  while (!isEnough(radix)) radix++;
  return { radix, length };
}

/** The binary logarithm of a number from 1, exact to 14 digits. */
function log2(number: bigint): number {
  const beyond = Math.max(0, number.toString(16).length * 4 - 64);
  return beyond + Math.log2(Number(number >> BigInt(beyond)));
}

function chunksOf(sizes: Uint32Array): Chunk[] {
  const chunks: Chunk[] = [];
  for (let from = 0; from < sizes.length; ) {
    let size = 1;
    let to = from;
    while (to < sizes.length && size * sizes[to]! <= MAX_CHUNK) size *= sizes[to++]!;
    chunks.push({ from, to, size });
    from = to;
  }
  return chunks;
}

/** Multiplies the number in `out[from …]`, of `length` numerals, by a factor of at most 2^36, and adds less than that. */
function multiplyAdd(
  out: Uint16Array,
  from: number,
  length: number,
  radix: number,
  factor: number,
  addend: number,
): void {
  let carry = addend;
  for (let i = from + length - 1; i >= from; i--) {
    const sum = out[i]! * factor + carry;
    carry = Math.floor(sum / radix);
    let numeral = sum - carry * radix;
    // The quotient of two doubles may be rounded up to the next whole number.
    if (numeral < 0) {
      carry--;
      numeral += radix;
    }
    out[i] = numeral;
  }
}

/**
 * Returns the beginning of SHA-256(05 ‖ u16(number of the kinds' numbers) ‖ u16 of each ‖ u16(len iv) ‖ iv), big-endian.
 */
export function tweakOfPattern(kinds: readonly number[], iv: Uint8Array): Uint8Array {
  const encoded = Buffer.alloc(5 + 2 * kinds.length + iv.length);
  encoded[0] = 5;
  let at = encoded.writeUInt16BE(kinds.length, 1);
  for (const kind of kinds) at = encoded.writeUInt16BE(kind, at);
  encoded.set(iv, encoded.writeUInt16BE(iv.length, at));
  return hash('sha256', encoded, 'buffer').subarray(0, TWEAK_BYTES);
}

/** Writes the rank of a value, whose characters have the ranks `ranks[at …]` in their kinds, as numerals to `out[to …]`. */
export function writeRank(domain: Domain, ranks: Uint16Array, at: number, out: Uint16Array, to: number): void {
  const { chunks, radix, length, long } = domain;
  if (long !== undefined) {
    const digits = chunks.map((chunk) => BigInt(numberOf(domain, chunk, ranks, at)));
    return toNumerals(joined(long.tree, digits), out.subarray(to, to + length), long.numerals);
  }
  for (let i = to; i < to + length; i++) out[i] = 0;
  for (const chunk of chunks) multiplyAdd(out, to, length, radix, chunk.size, numberOf(domain, chunk, ranks, at));
}

/** Undoes `writeRank`. Overwrites the numerals. */
export function readRank(domain: Domain, numerals: Uint16Array, from: number, ranks: Uint16Array, at: number): void {
  const { chunks, radix, length, long } = domain;
  const end = from + length;
  if (long !== undefined) {
    const digits = split(long.tree, toNumber(numerals.subarray(from, end), long.numerals));
    for (const [c, digit] of digits.entries()) writeNumber(domain, chunks[c]!, Number(digit), ranks, at);
    return;
  }
  for (let c = chunks.length - 1; c >= 0; c--) {
    const chunk = chunks[c]!;
    let rest = 0;
    for (let i = from; i < end; i++) {
      // Below 2^52, where no quotient is rounded up to the next whole number.
      const sum = rest * radix + numerals[i]!;
      const quotient = Math.floor(sum / chunk.size);
      rest = sum - quotient * chunk.size;
      numerals[i] = quotient;
    }
    writeNumber(domain, chunk, rest, ranks, at);
  }
}

/** Returns the number that the ranks of a chunk's characters stand for. */
function numberOf({ sizes }: Domain, { from, to }: Chunk, ranks: Uint16Array, at: number): number {
  let number = 0;
  for (let j = from; j < to; j++) number = number * sizes[j]! + ranks[at + j]!;
  return number;
}

/** Undoes `numberOf`. */
function writeNumber({ sizes }: Domain, { from, to }: Chunk, number: number, ranks: Uint16Array, at: number): void {
  let rest = number;
  for (let j = to - 1; j >= from; j--) {
    const quotient = Math.floor(rest / sizes[j]!);
    ranks[at + j] = rest - quotient * sizes[j]!;
    rest = quotient;
  }
}

/** Tells whether the numerals name a rank that is no value of the domain. */
export function isBeyond({ end, length }: Domain, numerals: Uint16Array, at: number): boolean {
  for (let i = 0; i < length; i++) {
    const difference = numerals[at + i]! - end[i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
