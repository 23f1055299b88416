// FF1's ten rounds for halves beyond 512 bits (SP 800-38G, algorithm 7, step 6, and algorithm 8, step 6). Such values
// are rare and long: the arithmetic on one value costs more than slicing a batch saves, and BigInt's arithmetic is the
// fastest.
//
// Numerals become a BigInt in chunks that a double holds exactly: a chunk is one number, and chunks are joined pairwise,
// then pairs pairwise, so that BigInt multiplies numbers of equal size, where it is faster than quadratic.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { variableBlocks } from './ff1-prefix.ts';
import { roundOutput } from './ff1-round-function.ts';

const ROUNDS = 10;
/** A chunk is below 2^48, so that its quotient by the radix is exact in a double. */
const CHUNK_BITS = 48;

/** What the values of a domain share. */
interface LongShape {
  readonly radix: number;
  readonly numeralsPerChunk: number;
  /** Size of 1, 2, 4, 8 … chunks. */
  readonly sizes: readonly bigint[];
  /** radix^u and radix^v. */
  readonly moduli: readonly [bigint, bigint];
}

const shapes = new WeakMap<Ff1Domain, LongShape>();

function shapeOf(domain: Ff1Domain): LongShape {
  let shape = shapes.get(domain);
  if (shape === undefined) {
    const { radix, u, v } = domain;
    const numeralsPerChunk = Math.floor(CHUNK_BITS / Math.log2(radix));
    const sizes = [BigInt(radix) ** BigInt(numeralsPerChunk)];
    while (numeralsPerChunk * 2 ** sizes.length < v) sizes.push(sizes.at(-1)! ** 2n);
    shape = { radix, numeralsPerChunk, sizes, moduli: [BigInt(radix) ** BigInt(u), BigInt(radix) ** BigInt(v)] };
    shapes.set(domain, shape);
  }
  return shape;
}

/** Values that go through a round together: enough to share the calls of the cipher, few enough for the cache. */
const SLICE = 64;

/** Runs FF1 over numeral strings in place. Arguments as for `runNarrow`. */
export function runLong(aes: BlockCipher, domain: Ff1Domain, numerals: Uint16Array, base: Buffer, sign: 1 | -1): void {
  const rows = numerals.length / domain.length;
  const shared = base.length === BLOCK_BYTES;
  for (let from = 0; from < rows; from += SLICE) {
    const to = Math.min(rows, from + SLICE);
    const slice = numerals.subarray(from * domain.length, to * domain.length);
    runSlice(aes, domain, slice, shared ? base : base.subarray(from * BLOCK_BYTES, to * BLOCK_BYTES), sign);
  }
}

function runSlice(aes: BlockCipher, domain: Ff1Domain, numerals: Uint16Array, base: Buffer, sign: 1 | -1): void {
  const shape = shapeOf(domain);
  const { moduli } = shape;
  const { u, length, b, d } = domain;
  const rows = numerals.length / length;
  const halves: [bigint[], bigint[]] = [[], []];
  for (let at = 0; at < numerals.length; at += length) {
    halves[0].push(toNumber(numerals.subarray(at, at + u), shape));
    halves[1].push(toNumber(numerals.subarray(at + u, at + length), shape));
  }
  const stride = variableBlocks(domain) * BLOCK_BYTES;
  const q = Buffer.alloc(rows * stride);
  for (let step = 0; step < ROUNDS; step++) {
    const round = sign === 1 ? step : ROUNDS - 1 - step;
    const to = (round % 2) as 0 | 1;
    for (let row = 0, end = stride; row < rows; row++, end += stride) {
      // i: Q = T ‖ 0^(−t−b−1 mod 16) ‖ [i] ‖ [NUM(B)]; `base` covers the part in front of [i].
      q[end - b - 1] = round;
      q.write(halves[1 - to]![row]!.toString(16).padStart(2 * b, '0'), end - b, 'hex');
    }
    const s = roundOutput(aes, domain, q, base, rows); // ii, iii
    for (let row = 0, from = 0; row < rows; row++, from += s.stride) {
      // iv–vii: y = NUM(S), c = (NUM(A) ± y) mod radix^m. Adding to alternate halves is steps viii and ix.
      const y = BigInt(`0x${s.bytes.toString('hex', from, from + d)}`) % moduli[to];
      halves[to][row] = (halves[to][row]! + (sign === 1 ? y : moduli[to] - y)) % moduli[to];
    }
  }
  for (let row = 0, at = 0; row < rows; row++, at += length) {
    toNumerals(halves[0][row]!, numerals.subarray(at, at + u), shape);
    toNumerals(halves[1][row]!, numerals.subarray(at + u, at + length), shape);
  }
}

/** Computes NUM. */
function toNumber(numerals: Uint16Array, { radix, numeralsPerChunk, sizes }: LongShape): bigint {
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

/** Writes STR of `number` to `out`. */
function toNumerals(number: bigint, out: Uint16Array, shape: LongShape): void {
  writeChunks(number, out, shape, shape.sizes.length - 1);
}

/** Writes a number of at most 2^(level + 1) chunks. */
function writeChunks(number: bigint, out: Uint16Array, shape: LongShape, level: number): void {
  const { radix, numeralsPerChunk, sizes } = shape;
  if (out.length <= numeralsPerChunk) {
    let rest = Number(number);
    for (let at = out.length - 1; at >= 0; at--) {
      const quotient = Math.floor(rest / radix);
      out[at] = rest - quotient * radix;
      rest = quotient;
    }
    return;
  }
  const low = numeralsPerChunk * 2 ** level;
  if (out.length <= low) return writeChunks(number, out, shape, level - 1);
  const middle = out.length - low;
  const high = number / sizes[level]!;
  writeChunks(high, out.subarray(0, middle), shape, level - 1);
  writeChunks(number - high * sizes[level]!, out.subarray(middle), shape, level - 1);
}
