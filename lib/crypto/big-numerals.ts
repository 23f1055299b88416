// Numeral strings as BigInt and back, in a time that grows slower than the square of their length.
//
// Numerals go through chunks that a double holds exactly. Chunks are joined pairwise, then pairs pairwise, so that BigInt
// multiplies numbers of equal size, where it is faster than quadratic.

/** A chunk is below 2^48, so that its quotient by the radix is exact in a double. */
const CHUNK_BITS = 48;

/** Counts the binary digits of a number from 0. 0 has one. */
export function bitLength(number: bigint): number {
  const hex = number.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0]!, 16) | 1) + 28;
}

/** Writes a number as bytes, the least significant first. */
export function bytesOfNumber(number: bigint, bytes: number): Uint8Array<ArrayBuffer> {
  return Buffer.from(number.toString(16).padStart(2 * bytes, '0'), 'hex').toReversed();
}

/** Undoes `bytesOfNumber`. */
export function numberOfBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.toReversed().buffer).toString('hex')}`);
}

/** How numeral strings of a radix are cut. */
export interface Chunks {
  readonly radix: number;
  readonly numeralsPerChunk: number;
  /** The sizes of 1, 2, 4, 8 … chunks: the numbers that they can stand for. */
  readonly sizes: readonly bigint[];
}

/** Returns the cut of strings of up to `most` numerals. `radix`: 2 to 65,536. */
export function chunksOf(radix: number, most: number): Chunks {
  const numeralsPerChunk = Math.floor(CHUNK_BITS / Math.log2(radix));
  const sizes = [BigInt(radix) ** BigInt(numeralsPerChunk)];
  while (numeralsPerChunk * 2 ** sizes.length < most) sizes.push(sizes.at(-1)! ** 2n);
  return { radix, numeralsPerChunk, sizes };
}

/** Returns the number that numerals stand for, most significant first. */
export function toNumber(numerals: Uint16Array, { radix, numeralsPerChunk, sizes }: Chunks): bigint {
  let parts: bigint[] = [];
  for (let end = numerals.length; end > 0; end -= numeralsPerChunk) {
    let chunk = 0;
    for (let i = Math.max(0, end - numeralsPerChunk); i < end; i++) chunk = chunk * radix + numerals[i]!;
    parts.push(BigInt(chunk));
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
  writeChunks(number, out, 0, out.length, chunks, chunks.sizes.length - 1);
}

/** Writes a number of at most 2^(level + 1) chunks to `out`, from `from` to `to`. */
function writeChunks(number: bigint, out: Uint16Array, from: number, to: number, chunks: Chunks, level: number): void {
  const { radix, numeralsPerChunk, sizes } = chunks;
  if (to - from <= numeralsPerChunk) {
    let rest = Number(number);
    for (let at = to - 1; at >= from; at--) {
      const quotient = Math.floor(rest / radix);
      out[at] = rest - quotient * radix;
      rest = quotient;
    }
    return;
  }
  const low = numeralsPerChunk * 2 ** level;
  if (to - from <= low) return writeChunks(number, out, from, to, chunks, level - 1);
  const high = number / sizes[level]!;
  writeChunks(high, out, from, to - low, chunks, level - 1);
  writeChunks(number - high * sizes[level]!, out, to - low, to, chunks, level - 1);
}
