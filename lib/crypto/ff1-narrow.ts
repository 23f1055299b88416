// FF1's ten rounds for halves of at most 2^38, a chunk of values at a time (SP 800-38G, algorithms 7 and 8, step 6).
//
// Round i of all values of a chunk shares one call of the block cipher. The halves stay in place: even rounds add to
// the left half, odd rounds to the right one, which has the effect of the standard's swap (steps viii and ix) without
// moving anything.
//
// y mod M is computed in doubles: q = ⌊(x + ½)·(1/M)⌋ is exact while x < 2^51, because (x + ½)/M keeps a distance of
// ½/M from every whole number while the two roundings err by less than x/M·2^-52. A longer y is fed in steps that keep
// x below 2^51.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';

/** 2,048 values are 32 KB of blocks, which spreads the cost of a call thin. A larger chunk is no faster (measured). */
const CHUNK = 2048;
const ROUNDS = 10;

const left = new Float64Array(CHUNK);
const right = new Float64Array(CHUNK);
const input = new Uint8Array(CHUNK * BLOCK_BYTES);
const inputView = new DataView(input.buffer);

/** One round, as a kernel needs it: the modulus of the half to add to, and the input of the next round. */
interface Round {
  readonly count: number;
  /** +1 to encrypt, −1 to decrypt. */
  readonly sign: number;
  readonly modulus: number;
  readonly target: Float64Array;
  /** The base blocks, of which words 2 and 3 vary here. The stride is 0 if all values share one block. */
  readonly base: Int32Array;
  readonly baseAt: number;
  readonly baseStride: number;
  /** The next round's number in its place in words 2 and 3. */
  readonly next2: number;
  readonly next3: number;
}

/**
 * Runs FF1 over numeral strings in place. `numerals` holds the strings row after row. `base` comes from `roundBase`:
 * one block for all values, or one for each. `sign` +1 encrypts (algorithm 7), −1 decrypts (algorithm 8).
 */
export function runNarrow(
  aes: BlockCipher,
  domain: Ff1Domain,
  numerals: Uint16Array,
  base: Buffer,
  sign: 1 | -1,
): void {
  const count = numerals.length / domain.length;
  const baseWords = bigEndianWords(base);
  const baseStride = base.length === BLOCK_BYTES ? 0 : 4;
  for (let from = 0; from < count; from += CHUNK) {
    const rows = Math.min(CHUNK, count - from);
    runChunk(aes, domain, numerals.subarray(from * domain.length, (from + rows) * domain.length), {
      rows,
      baseWords,
      baseAt: from * baseStride,
      baseStride,
      sign,
    });
  }
}

function runChunk(
  aes: BlockCipher,
  domain: Ff1Domain,
  numerals: Uint16Array,
  chunk: { rows: number; baseWords: Int32Array; baseAt: number; baseStride: number; sign: 1 | -1 },
): void {
  const { rows, baseWords, baseAt, baseStride, sign } = chunk;
  const firstRound = sign === 1 ? 0 : ROUNDS - 1;
  const addRound = domain.d === 8 ? addRound64 : addRound96;
  load(numerals, domain, rows);
  writeFirstBlocks(sign === 1 ? right : left, chunk, roundWords(domain, firstRound));
  const blocks = input.subarray(0, rows * BLOCK_BYTES);
  for (let step = 0; step < ROUNDS; step++) {
    const round = firstRound + sign * step;
    const output = aes(blocks);
    const [next2, next3] = roundWords(domain, round + sign);
    addRound(new DataView(output.buffer, output.byteOffset, output.length), {
      count: rows,
      sign,
      modulus: round % 2 === 0 ? domain.leftSize : domain.rightSize,
      target: round % 2 === 0 ? left : right,
      base: baseWords,
      baseAt,
      baseStride,
      next2,
      next3,
    });
  }
  store(numerals, domain, rows);
}

/** Returns words 2 and 3 of a block that holds only the round number, in byte 15 − b. */
function roundWords(domain: Ff1Domain, round: number): readonly [number, number] {
  return domain.b < 4 ? [0, (round & 15) << (8 * domain.b)] : [(round & 15) << (8 * (domain.b - 4)), 0];
}

function bigEndianWords(bytes: Buffer): Int32Array {
  const words = new Int32Array(bytes.length / 4);
  for (let i = 0; i < words.length; i++) words[i] = bytes.readInt32BE(4 * i);
  return words;
}

/** Step 6.i of the first round; later rounds change words 2 and 3 only. */
function writeFirstBlocks(
  source: Float64Array,
  chunk: { rows: number; baseWords: Int32Array; baseAt: number; baseStride: number },
  [round2, round3]: readonly [number, number],
): void {
  const { rows, baseWords, baseStride } = chunk;
  for (let i = 0, b = chunk.baseAt; i < rows; i++, b += baseStride) {
    const at = i * BLOCK_BYTES;
    const num = source[i]!;
    inputView.setInt32(at, baseWords[b]!);
    inputView.setInt32(at + 4, baseWords[b + 1]!);
    inputView.setInt32(at + 8, baseWords[b + 2]! ^ round2 ^ ((num * 2 ** -32) | 0));
    inputView.setInt32(at + 12, baseWords[b + 3]! ^ round3 ^ num);
  }
}

/** Steps 6.iv–vi for y of 64 bits (b ≤ 4, so M ≤ 2^32), fed as 48 + 16, the second step together with the half. */
function addRound64(output: DataView, round: Round): void {
  const { count, sign, modulus, target, base, baseStride, next2, next3 } = round;
  const inverse = 1 / modulus;
  for (let i = 0, b = round.baseAt; i < count; i++, b += baseStride) {
    const at = i * BLOCK_BYTES;
    const low = output.getUint32(at + 4);
    let x = output.getUint32(at) * 65_536 + (low >>> 16);
    x -= Math.floor((x + 0.5) * inverse) * modulus;
    x = target[i]! + sign * (x * 65_536 + (low & 0xffff));
    x -= Math.floor((x + 0.5) * inverse) * modulus;
    target[i] = x;
    inputView.setInt32(at + 8, base[b + 2]! ^ next2);
    inputView.setInt32(at + 12, base[b + 3]! ^ next3 ^ x);
  }
}

/** Steps 6.iv–vi for y of 96 bits (b = 5, so M ≤ 2^38), fed as 48 + 4 · 12. */
function addRound96(output: DataView, round: Round): void {
  const { count, sign, modulus, target, base, baseStride, next2, next3 } = round;
  const inverse = 1 / modulus;
  for (let i = 0, b = round.baseAt; i < count; i++, b += baseStride) {
    const at = i * BLOCK_BYTES;
    const middle = output.getUint32(at + 4);
    const low = output.getUint32(at + 8);
    let x = output.getUint32(at) * 65_536 + (middle >>> 16);
    x -= Math.floor((x + 0.5) * inverse) * modulus;
    x = x * 4096 + ((middle >>> 4) & 0xfff);
    x -= Math.floor((x + 0.5) * inverse) * modulus;
    x = x * 4096 + (((middle & 0xf) << 8) | (low >>> 24));
    x -= Math.floor((x + 0.5) * inverse) * modulus;
    x = x * 4096 + ((low >>> 12) & 0xfff);
    x -= Math.floor((x + 0.5) * inverse) * modulus;
    x = target[i]! + sign * (x * 4096 + (low & 0xfff));
    x -= Math.floor((x + 0.5) * inverse) * modulus;
    target[i] = x;
    inputView.setInt32(at + 8, base[b + 2]! ^ next2 ^ ((x * 2 ** -32) | 0));
    inputView.setInt32(at + 12, base[b + 3]! ^ next3 ^ x);
  }
}

function load(numerals: Uint16Array, domain: Ff1Domain, rows: number): void {
  const { radix, length, u } = domain;
  for (let i = 0, at = 0; i < rows; i++) {
    let num = 0;
    const middle = at + u;
    const end = at + length;
    for (; at < middle; at++) num = num * radix + numerals[at]!;
    left[i] = num;
    num = 0;
    for (; at < end; at++) num = num * radix + numerals[at]!;
    right[i] = num;
  }
}

function store(numerals: Uint16Array, domain: Ff1Domain, rows: number): void {
  const { length, u } = domain;
  // Machine integers divide twice as fast, where they hold the half.
  const storeHalf = domain.rightSize <= 2 ** 31 ? storeInteger : storeDouble;
  for (let i = 0, at = 0; i < rows; i++, at += length) {
    storeHalf(numerals, at, at + u, left[i]!, domain.radix);
    storeHalf(numerals, at + u, at + length, right[i]!, domain.radix);
  }
}

function storeInteger(numerals: Uint16Array, from: number, to: number, value: number, radix: number): void {
  let num = value | 0;
  for (let at = to - 1; at >= from; at--) {
    const quotient = (num / radix) | 0;
    numerals[at] = num - Math.imul(quotient, radix);
    num = quotient;
  }
}

function storeDouble(numerals: Uint16Array, from: number, to: number, value: number, radix: number): void {
  const inverse = 1 / radix;
  let num = value;
  for (let at = to - 1; at >= from; at--) {
    const quotient = Math.floor((num + 0.5) * inverse);
    numerals[at] = num - quotient * radix;
    num = quotient;
  }
}
