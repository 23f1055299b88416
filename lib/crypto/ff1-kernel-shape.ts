// What the kernels of `ff1-kernels.as.ts` need to know of a domain, as the bytes that lie in their memory.

import { BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { variableBlocks } from './ff1-prefix.ts';

const KINDS = { narrow64: 0, narrow96: 1, medium: 2, wide: 3 } as const;
type Kind = keyof typeof KINDS;

/** NUM and round number fit into one block, and so does a half into 128 bits. */
const MEDIUM_BYTES = 15;
/** Measured: the arithmetic of BigInt on one value is faster for longer halves. */
export const MAX_WIDE_BYTES = 256;

/** A shape that `ff1-kernels.as.ts` reads: ten 32-bit fields, four 64-bit fields, two halves. */
export interface KernelShape {
  readonly bytes: Uint8Array;
  readonly kind: Kind;
  /** Bytes of a half in memory. */
  readonly halfBytes: number;
  /** Blocks of Q that differ from round to round, and blocks of S after the first. */
  readonly blocks: number;
  readonly more: number;
}

const HEAD_BYTES = 72;
/** The leading bits of y that estimate a quotient, and the most bits of the estimate. */
const LEADING_BITS = 63;
const QUOTIENT_BITS = 51;
/** A wide quotient is cut into this many bits and the rest. */
const PART_BITS = 26n;
const WORD_BITS = 32n;

const shapes = new WeakMap<Ff1Domain, KernelShape>();

/** Tells whether the kernels take a domain. */
export function hasKernel(domain: Ff1Domain): boolean {
  return domain.b <= MAX_WIDE_BYTES;
}

/** Returns the shape of a domain, computed once. */
export function kernelShape(domain: Ff1Domain): KernelShape {
  let shape = shapes.get(domain);
  if (shape === undefined) {
    shape = shapeOf(domain);
    shapes.set(domain, shape);
  }
  return shape;
}

/** Runs once per domain, so BigInt is fast enough. */
function shapeOf(domain: Ff1Domain): KernelShape {
  const { radix, length, u, v, b, d } = domain;
  const kind = kindOf(domain);
  const words = Math.ceil(b / 4);
  const blocks = variableBlocks(domain);
  const more = Math.ceil(d / BLOCK_BYTES) - 1;
  const limb = limbOf(radix);
  const halves = [u, v].map((numerals) => HALVES[kind](BigInt(radix) ** BigInt(numerals), domain, words));
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  const fields = [KINDS[kind], length, u, b, d, blocks, more, words, halves[0]!.length, limb.numerals];
  for (const [i, field] of fields.entries()) head.setUint32(4 * i, field, true);
  for (const [i, field] of [BigInt(radix), limb.size, limb.magic, BigInt(limb.bits)].entries()) {
    head.setBigUint64(4 * fields.length + 8 * i, field, true);
  }
  return {
    bytes: Buffer.concat([new Uint8Array(head.buffer), ...halves]),
    kind,
    halfBytes: { narrow64: 8, narrow96: 8, medium: BLOCK_BYTES, wide: 4 * words }[kind],
    blocks,
    more,
  };
}

function kindOf({ rightSize, b, d }: Ff1Domain): Kind {
  if (rightSize > 0) return d === 8 ? 'narrow64' : 'narrow96';
  return b <= MEDIUM_BYTES ? 'medium' : 'wide';
}

/**
 * Cuts a half into limbs: R = radix^numerals, its reciprocal ⌈2^64 / R⌉, and the bits of a numeral. A limb's numerals come
 * out of limb / R as a fraction of 64 − bits bits, which is too large by less than R/2^bits + 1 of the last one; the last
 * numeral is right while R times that is at most the fraction's 1.
 */
export function limbOf(radix: number): { numerals: number; size: bigint; magic: bigint; bits: number } {
  const bits = Math.ceil(Math.log2(radix));
  const base = BigInt(radix);
  const isExact = (size: bigint): boolean => size * size + (size << BigInt(bits)) <= 1n << 64n;
  let numerals = 1;
  let size = base;
  for (; isExact(size * base); size *= base) numerals++;
  return { numerals, size, magic: ((1n << 64n) + size - 1n) / size, bits };
}

const HALVES: Readonly<Record<Kind, (modulus: bigint, domain: Ff1Domain, words: number) => Uint8Array>> = {
  narrow64: (modulus) => {
    const powers = [modulus, 2n ** 32n % modulus, 2n ** 48n % modulus];
    return new Uint8Array(Float64Array.from(powers, Number).buffer);
  },
  narrow96: (modulus, domain) => {
    const shifted = modulus << shiftOf(modulus, domain);
    const half = new DataView(new ArrayBuffer(24));
    half.setFloat64(0, Number(modulus), true);
    half.setFloat64(8, 2 ** 32 / Number(shifted), true);
    half.setBigUint64(16, shifted, true);
    return new Uint8Array(half.buffer);
  },
  medium: (modulus, domain) => {
    const shifted = modulus << shiftOf(modulus, domain);
    const half = new DataView(new ArrayBuffer(48));
    for (const [i, number] of [modulus, modulus >> 64n, shifted, shifted >> 64n].entries()) {
      half.setBigUint64(8 * i, number, true);
    }
    half.setFloat64(32, estimateOf(shifted, domain), true);
    half.setFloat64(40, 1 / Number(modulus), true);
    return new Uint8Array(half.buffer);
  },
  wide: (modulus, domain, words) => {
    const shifted = modulus << shiftOf(modulus, domain);
    const numbers = [modulus, shifted, shifted << PART_BITS];
    const half = new DataView(new ArrayBuffer(16 + 4 * numbers.length * (words + 1)));
    half.setFloat64(0, estimateOf(shifted, domain), true);
    half.setFloat64(8, 1 / scaled(modulus, WORD_BITS * BigInt(words - 2)), true);
    for (const [i, number] of numbers.entries()) {
      for (let word = 0; word <= words; word++) {
        const at = 16 + 4 * (i * (words + 1) + word);
        half.setUint32(at, Number(BigInt.asUintN(32, number >> (WORD_BITS * BigInt(word)))), true);
      }
    }
    return new Uint8Array(half.buffer);
  },
};

/** Returns by how many bits a modulus is shifted so that the quotient of y has at most 51. */
export function shiftOf(modulus: bigint, { d }: Ff1Domain): bigint {
  const quotientBits = 8 * d - modulus.toString(2).length + 1;
  return BigInt(Math.max(0, quotientBits - QUOTIENT_BITS));
}

/** Returns the factor that makes a quotient by `shifted` out of the leading 63 bits of y. */
function estimateOf(shifted: bigint, { d }: Ff1Domain): number {
  return 1 / scaled(shifted, BigInt(8 * d - LEADING_BITS));
}

/** Returns number / 2^bits as a double. Numbers of more than 1,024 bits are no doubles themselves. */
function scaled(number: bigint, bits: bigint): number {
  return Number((number << 128n) >> bits) * 2 ** -128;
}
