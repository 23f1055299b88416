// Numeral strings as BigInt and back, in a time that grows slower than the square of their length.
//
// Numerals go through chunks of a machine word: a number of BigInt takes as long for one word as for some. Chunks are joined
// pairwise, then pairs pairwise, so that BigInt multiplies numbers of equal size, where it is faster than quadratic.

const CHUNK_BITS = 64;
const WORD = 2 ** 32;

/** Counts the binary digits of a number from 0. 0 has one. */
export function bitLength(number: bigint): number {
  const hex = number.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0]!, 16) | 1) + 28;
}

/** Writes a number as bytes, the least significant first. */
export function bytesOfNumber(number: bigint, bytes: number): Uint8Array<ArrayBuffer> {
  return Buffer.from(number.toString(16).padStart(2 * bytes, '0'), 'hex').toReversed();
}

/** How numeral strings of a radix are cut. */
export interface Chunks {
  readonly radix: number;
  readonly numeralsPerChunk: number;
  /** The sizes of 1, 2, 4, 8 … chunks: the numbers that they can stand for. */
  readonly sizes: readonly bigint[];
}

/** Strings of a column differ in length more than in radix, and their sizes are the same. */
const MAX_KEPT = 64;
const sizesByRadix = new Map<number, bigint[]>();

/** Returns the cut of strings of up to `most` numerals. `radix`: 2 to 65,536. */
export function chunksOf(radix: number, most: number): Chunks {
  const numeralsPerChunk = Math.floor(CHUNK_BITS / Math.log2(radix));
  const sizes = sizesByRadix.get(radix) ?? [BigInt(radix) ** BigInt(numeralsPerChunk)];
  if (sizesByRadix.size >= MAX_KEPT) sizesByRadix.clear();
  sizesByRadix.set(radix, sizes);
  while (numeralsPerChunk * 2 ** sizes.length < most) sizes.push(sizes.at(-1)! ** 2n);
  return { radix, numeralsPerChunk, sizes };
}

/** A chunk as BigInt and as its two words. */
interface Chunk {
  readonly number: BigUint64Array;
  readonly words: Uint32Array;
}

function newChunk(): Chunk {
  const number = new BigUint64Array(1);
  return { number, words: new Uint32Array(number.buffer) };
}

function readChunk(numerals: Uint16Array, from: number, to: number, radix: number, { number, words }: Chunk): bigint {
  let low = 0;
  let high = 0;
  for (let i = from; i < to; i++) {
    const sum = low * radix + numerals[i]!;
    const carry = Math.floor(sum / WORD);
    low = sum - carry * WORD;
    high = high * radix + carry;
  }
  words[0] = low;
  words[1] = high;
  return number[0]!;
}

/** Undoes `readChunk`. The quotients are exact: each dividend is below 2^48. */
function writeChunk(value: bigint, numerals: Uint16Array, from: number, to: number, radix: number, chunk: Chunk): void {
  chunk.number[0] = value;
  let [low, high] = chunk.words as unknown as [number, number];
  for (let at = to - 1; at >= from; at--) {
    const quotient = Math.floor(high / radix);
    const dividend = (high - quotient * radix) * WORD + low;
    low = Math.floor(dividend / radix);
    numerals[at] = dividend - low * radix;
    high = quotient;
  }
}

/** Returns the number that numerals stand for, most significant first. */
export function toNumber(numerals: Uint16Array, { radix, numeralsPerChunk, sizes }: Chunks): bigint {
  const chunk = newChunk();
  let parts: bigint[] = [];
  for (let end = numerals.length; end > 0; end -= numeralsPerChunk) {
    parts.push(readChunk(numerals, Math.max(0, end - numeralsPerChunk), end, radix, chunk));
  }
  for (let level = 0; parts.length > 1; level++) {
    const pairs: bigint[] = [];
    for (let i = 0; i < parts.length; i += 2) {
      const high = parts[i + 1];
      pairs.push(high === undefined ? parts[i]! : high * sizes[level]! + parts[i]!);
    }
    parts = pairs;
  }
  return parts[0]!;
}

/** Writes a number as the numerals of `out`, which has room for it. */
export function toNumerals(number: bigint, out: Uint16Array, chunks: Chunks): void {
  writeChunks(number, out, 0, out.length, chunks, chunks.sizes.length - 1, newChunk());
}

/** Writes a number of at most 2^(level + 1) chunks to `out`, from `from` to `to`. */
function writeChunks(
  number: bigint,
  out: Uint16Array,
  from: number,
  to: number,
  chunks: Chunks,
  level: number,
  chunk: Chunk,
): void {
  const { radix, numeralsPerChunk, sizes } = chunks;
  if (to - from <= numeralsPerChunk) return writeChunk(number, out, from, to, radix, chunk);
  const low = numeralsPerChunk * 2 ** level;
  if (to - from <= low) return writeChunks(number, out, from, to, chunks, level - 1, chunk);
  const size = sizes[level]!;
  let high = level < LEAST_INVERTED ? number / size : quotientBy(size, number);
  let rest = number - high * size;
  for (; rest >= size; rest -= size) high++;
  writeChunks(high, out, from, to - low, chunks, level - 1, chunk);
  writeChunks(rest, out, to - low, to, chunks, level - 1, chunk);
}

/** From this level on, two products take less time than a quotient. */
const LEAST_INVERTED = 4;

/** Barrett's quotient of a number below size², which is at most 2 too small: a product with 2^(2·bits) / size. */
function quotientBy(size: bigint, number: bigint): bigint {
  let found = inverses.get(size);
  if (found === undefined) {
    const bits = BigInt(bitLength(size));
    found = { bits, inverse: (1n << (2n * bits)) / size };
    if (inverses.size >= MAX_KEPT) inverses.clear();
    inverses.set(size, found);
  }
  const { bits, inverse } = found;
  return ((number >> (bits - 1n)) * inverse) >> (bits + 1n);
}

/** By size, its bits and 2^(2·bits) / size. */
const inverses = new Map<bigint, { readonly bits: bigint; readonly inverse: bigint }>();
