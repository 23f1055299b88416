// FF1's ten rounds for halves beyond 2^38 and up to 120 bits (SP 800-38G, algorithms 7 and 8, step 6): all domains
// whose NUM fits into one block with the round number.
//
// A half is up to four limbs of at most 2^31, y and NUM are 16-bit words, and both conversions are small matrices:
//   NUM(half), word i  =  carry + Σj half[j] · (word i of R^j)                      R: size of a limb
//   half ± y,  limb j  =  carry + half[j] ± Σi y[i] · (limb j of 2^(16·i) mod radix^m)
// radix^m is the product of the limb sizes, so dropping the carry out of the top limb reduces modulo it. Ten products
// of 31 and 16 bits stay below 2^51: doubles are exact, also in the division (see ff1-narrow.ts). The code has no loops
// over limbs or words, because those loops would cost more than the arithmetic.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';

const CHUNK = 2048;
const ROUNDS = 10;
const MAX_LIMBS = 4;
const MAX_LIMB = 2 ** 31;
/** The 16-bit words of S: d is at most 20 bytes here. */
const Y_WORDS = 10;

interface Shape {
  readonly numeralsPerLimb: number;
  /** The 16-bit words of R, R² and R³, least significant first: 2, 4 and 6 of them. */
  readonly r1: Float64Array;
  readonly r2: Float64Array;
  readonly r3: Float64Array;
  readonly halves: readonly [HalfShape, HalfShape];
}

interface HalfShape {
  readonly offset: number;
  readonly numerals: number;
  readonly limbs: number;
  /** The size of each of the four limbs; 1 for an unused limb, which then stays 0. */
  readonly sizes: Float64Array;
  /** Ten factors per limb, for the words of S from its start on. */
  readonly factors: Float64Array;
}

/** The base block of each row as big-endian words, 4 per row. The stride is 0 if all rows share one block. */
interface Base {
  readonly words: Int32Array;
  readonly at: number;
  readonly stride: number;
}

const halfColumns = [new Float64Array(MAX_LIMBS * CHUNK), new Float64Array(MAX_LIMBS * CHUNK)] as const;
const carries = new Float64Array(CHUNK);
const input = new Uint8Array(CHUNK * BLOCK_BYTES);
const inputView = new DataView(input.buffer);

const shapes = new WeakMap<Ff1Domain, Shape>();

/** Tells whether `runMedium` takes a domain: at most four limbs per half, and NUM within one block. */
export function isMedium(domain: Ff1Domain): boolean {
  return domain.b <= 15 && Math.ceil(domain.v / numeralsPerLimb(domain.radix)) <= MAX_LIMBS;
}

/** Runs FF1 over numeral strings in place. Arguments as for `runNarrow`. */
export function runMedium(
  aes: BlockCipher,
  domain: Ff1Domain,
  numerals: Uint16Array,
  base: Buffer,
  sign: 1 | -1,
): void {
  const count = numerals.length / domain.length;
  let shape = shapes.get(domain);
  if (shape === undefined) {
    shape = shapeOf(domain);
    shapes.set(domain, shape);
  }
  const words = new Int32Array(base.length / 4);
  for (let i = 0; i < words.length; i++) words[i] = base.readInt32BE(4 * i);
  const stride = base.length === BLOCK_BYTES ? 0 : 4;
  for (let from = 0; from < count; from += CHUNK) {
    const rows = Math.min(CHUNK, count - from);
    const chunk = numerals.subarray(from * domain.length, (from + rows) * domain.length);
    runChunk(aes, domain, shape, chunk, { words, at: from * stride, stride }, sign, rows);
  }
}

function runChunk(
  aes: BlockCipher,
  domain: Ff1Domain,
  shape: Shape,
  numerals: Uint16Array,
  base: Base,
  sign: 1 | -1,
  rows: number,
): void {
  for (const half of [0, 1] as const) loadHalf(numerals, domain, shape, half, rows);
  const blocks = input.subarray(0, rows * BLOCK_BYTES);
  for (let step = 0; step < ROUNDS; step++) {
    const round = sign === 1 ? step : ROUNDS - 1 - step;
    const to = (round % 2) as 0 | 1;
    writeBlocks(halfColumns[(1 - to) as 0 | 1], shape, base, domain.b, round, rows);
    const r = aes(blocks);
    const more = domain.d > BLOCK_BYTES ? aes(flippedLastBit(r)) : r;
    const half = shape.halves[to];
    carries.fill(0, 0, rows);
    for (let limb = 0; limb < half.limbs; limb += 2) addLimbs(halfColumns[to], half, limb, r, more, sign, rows);
  }
  for (const half of [0, 1] as const) storeHalf(numerals, domain, shape, half, rows);
}

function numeralsPerLimb(radix: number): number {
  let numerals = 1;
  while (radix ** (numerals + 1) <= MAX_LIMB) numerals++;
  return numerals;
}

/** Computes the shape of a domain. Runs once per domain, so BigInt is fast enough. */
function shapeOf(domain: Ff1Domain): Shape {
  const perLimb = numeralsPerLimb(domain.radix);
  const r = BigInt(domain.radix) ** BigInt(perLimb);
  return {
    numeralsPerLimb: perLimb,
    r1: words16(r, 2),
    r2: words16(r ** 2n, 4),
    r3: words16(r ** 3n, 6),
    halves: [halfShape(domain, 0, domain.u, perLimb), halfShape(domain, domain.u, domain.v, perLimb)],
  };
}

function halfShape(domain: Ff1Domain, offset: number, numerals: number, perLimb: number): HalfShape {
  const limbs = Math.ceil(numerals / perLimb);
  const sizes = Float64Array.from({ length: MAX_LIMBS }, (_, j) =>
    j < limbs ? domain.radix ** Math.min(perLimb, numerals - perLimb * j) : 1,
  );
  const modulus = BigInt(domain.radix) ** BigInt(numerals);
  const r = BigInt(domain.radix) ** BigInt(perLimb);
  const yWords = domain.d / 2;
  const factors = new Float64Array(MAX_LIMBS * Y_WORDS);
  for (let j = 0; j < limbs; j++) {
    for (let i = 0; i < yWords; i++) {
      const power = 2n ** BigInt(16 * (yWords - 1 - i)) % modulus;
      factors[j * Y_WORDS + i] = Number((power / r ** BigInt(j)) % r);
    }
  }
  return { offset, numerals, limbs, sizes, factors };
}

function words16(value: bigint, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Number((value >> BigInt(16 * i)) & 0xffffn));
}

/** Computes R ⊕ [1]¹⁶, the input of S's second block (step 6.iii). */
function flippedLastBit(r: Buffer): Buffer {
  const flipped = Buffer.from(r);
  for (let at = BLOCK_BYTES - 1; at < flipped.length; at += BLOCK_BYTES) flipped[at] = flipped[at]! ^ 1;
  return flipped;
}

/**
 * Steps 6.iv–vi for limbs `limb` and `limb + 1`: half := half ± y. Carries go from limb to limb; the last one is
 * dropped.
 */
function addLimbs(
  half: Float64Array,
  shape: HalfShape,
  limb: number,
  r: Buffer,
  more: Buffer,
  sign: 1 | -1,
  rows: number,
): void {
  const first = new DataView(r.buffer, r.byteOffset, r.length);
  const second = new DataView(more.buffer, more.byteOffset, more.length);
  const f = shape.factors.subarray(limb * Y_WORDS).map((factor) => sign * factor);
  const [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = f as unknown as Ten;
  const [g0, g1, g2, g3, g4, g5, g6, g7, g8, g9] = f.subarray(Y_WORDS) as unknown as Ten;
  const size0 = shape.sizes[limb]!;
  const size1 = shape.sizes[limb + 1]!;
  const inverse0 = 1 / size0;
  const inverse1 = 1 / size1;
  for (let row = 0, i = limb * CHUNK, j = i + CHUNK, at = 0; row < rows; row++, i++, j++, at += BLOCK_BYTES) {
    const a = first.getUint32(at);
    const b = first.getUint32(at + 4);
    const c = first.getUint32(at + 8);
    const d = first.getUint32(at + 12);
    const e = second.getUint32(at);
    const y0 = a >>> 16;
    const y1 = a & 0xffff;
    const y2 = b >>> 16;
    const y3 = b & 0xffff;
    const y4 = c >>> 16;
    const y5 = c & 0xffff;
    const y6 = d >>> 16;
    const y7 = d & 0xffff;
    const y8 = e >>> 16;
    const y9 = e & 0xffff;
    let t = half[i]! + carries[row]!;
    t += y0 * f0 + y1 * f1 + (y2 * f2 + y3 * f3) + (y4 * f4 + y5 * f5 + (y6 * f6 + y7 * f7)) + (y8 * f8 + y9 * f9);
    let q = Math.floor((t + 0.5) * inverse0);
    half[i] = t - q * size0;
    t = half[j]! + q;
    t += y0 * g0 + y1 * g1 + (y2 * g2 + y3 * g3) + (y4 * g4 + y5 * g5 + (y6 * g6 + y7 * g7)) + (y8 * g8 + y9 * g9);
    q = Math.floor((t + 0.5) * inverse1);
    half[j] = t - q * size1;
    carries[row] = q;
  }
}

type Ten = readonly [number, number, number, number, number, number, number, number, number, number];

/** Step 6.i for every row: base ⊕ ([i] ‖ [NUM(half)]). */
function writeBlocks(half: Float64Array, shape: Shape, base: Base, b: number, round: number, rows: number): void {
  const [a0, a1] = shape.r1 as unknown as [number, number];
  const [b0, b1, b2, b3] = shape.r2 as unknown as [number, number, number, number];
  const [c0, c1, c2, c3, c4, c5] = shape.r3 as unknown as [number, number, number, number, number, number];
  const { words, stride } = base;
  const roundBlock = Buffer.alloc(BLOCK_BYTES);
  roundBlock[BLOCK_BYTES - 1 - b] = round;
  const round0 = roundBlock.readInt32BE(0);
  const round1 = roundBlock.readInt32BE(4);
  const round2 = roundBlock.readInt32BE(8);
  const round3 = roundBlock.readInt32BE(12);
  for (let row = 0, at = 0, w = base.at; row < rows; row++, at += BLOCK_BYTES, w += stride) {
    const h1 = half[CHUNK + row]!;
    const h2 = half[2 * CHUNK + row]!;
    const h3 = half[3 * CHUNK + row]!;
    const t0 = half[row]! + h1 * a0 + h2 * b0 + h3 * c0;
    const t1 = Math.floor(t0 * 2 ** -16) + h1 * a1 + h2 * b1 + h3 * c1;
    const t2 = Math.floor(t1 * 2 ** -16) + h2 * b2 + h3 * c2;
    const t3 = Math.floor(t2 * 2 ** -16) + h2 * b3 + h3 * c3;
    const t4 = Math.floor(t3 * 2 ** -16) + h3 * c4;
    const t5 = Math.floor(t4 * 2 ** -16) + h3 * c5;
    const t6 = Math.floor(t5 * 2 ** -16);
    const t7 = Math.floor(t6 * 2 ** -16);
    inputView.setInt32(at, words[w]! ^ round0 ^ ((t7 << 16) | (t6 & 0xffff)));
    inputView.setInt32(at + 4, words[w + 1]! ^ round1 ^ ((t5 << 16) | (t4 & 0xffff)));
    inputView.setInt32(at + 8, words[w + 2]! ^ round2 ^ ((t3 << 16) | (t2 & 0xffff)));
    inputView.setInt32(at + 12, words[w + 3]! ^ round3 ^ ((t1 << 16) | (t0 & 0xffff)));
  }
}

function loadHalf(numerals: Uint16Array, domain: Ff1Domain, shape: Shape, which: 0 | 1, rows: number): void {
  const half = halfColumns[which];
  const { offset, numerals: length, limbs } = shape.halves[which];
  half.fill(0, limbs * CHUNK);
  for (let row = 0; row < rows; row++) {
    const start = row * domain.length + offset;
    let end = start + length;
    for (let limb = 0; limb < limbs; limb++, end -= shape.numeralsPerLimb) {
      let value = 0;
      for (let at = Math.max(start, end - shape.numeralsPerLimb); at < end; at++) {
        value = value * domain.radix + numerals[at]!;
      }
      half[limb * CHUNK + row] = value;
    }
  }
}

function storeHalf(numerals: Uint16Array, domain: Ff1Domain, shape: Shape, which: 0 | 1, rows: number): void {
  const half = halfColumns[which];
  const { offset, numerals: length, limbs } = shape.halves[which];
  const inverse = 1 / domain.radix;
  for (let row = 0; row < rows; row++) {
    const start = row * domain.length + offset;
    let end = start + length;
    for (let limb = 0; limb < limbs; limb++, end -= shape.numeralsPerLimb) {
      let value = half[limb * CHUNK + row]!;
      const to = Math.max(start, end - shape.numeralsPerLimb);
      for (let at = end - 1; at >= to; at--) {
        const quotient = Math.floor((value + 0.5) * inverse);
        numerals[at] = value - quotient * domain.radix;
        value = quotient;
      }
    }
  }
}
