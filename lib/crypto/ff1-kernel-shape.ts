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

/** The leading bits of y that estimate a quotient, and the most bits of the estimate. */
const LEADING_BITS = 63;
const QUOTIENT_BITS = 51;
/** A wide quotient is cut into this many bits and the rest. */
const PART_BITS = 26n;
const WORD_BITS = 32n;
const WORD = 0xffffffffn;

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
  const halves = [u, v].map((numerals) => joined(HALVES[kind](BigInt(radix) ** BigInt(numerals), domain, words)));
  const head = [
    Uint32Array.of(KINDS[kind], length, u, b, d, blocks, more, words, halves[0]!.length, limb.numerals),
    BigUint64Array.of(BigInt(radix), limb.size, limb.magic, BigInt(limb.bits)),
  ];
  return {
    bytes: Buffer.concat([joined(head), ...halves]),
    kind,
    halfBytes: { narrow64: 8, narrow96: 8, medium: BLOCK_BYTES, wide: 4 * words }[kind],
    blocks,
    more,
  };
}

/** The bytes of arrays, one behind the other. Typed arrays are little-endian on every platform of Node, as WebAssembly is. */
function joined(arrays: readonly ArrayBufferView<ArrayBuffer>[]): Buffer {
  return Buffer.concat(arrays.map(({ buffer }) => new Uint8Array(buffer)));
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

type HalfOf = (modulus: bigint, domain: Ff1Domain, words: number) => readonly ArrayBufferView<ArrayBuffer>[];

const HALVES: Readonly<Record<Kind, HalfOf>> = {
  narrow64: (modulus) => [Float64Array.from([modulus, 2n ** 32n % modulus, 2n ** 48n % modulus], Number)],
  narrow96: (modulus, domain) => {
    const shifted = shiftedOf(modulus, domain);
    return [Float64Array.of(Number(modulus), 2 ** 32 / Number(shifted)), BigUint64Array.of(shifted)];
  },
  medium: (modulus, domain) => {
    const shifted = shiftedOf(modulus, domain);
    return [
      BigUint64Array.of(modulus, modulus >> 64n, shifted, shifted >> 64n),
      Float64Array.of(estimateOf(shifted, domain), 1 / Number(modulus)),
    ];
  },
  wide: (modulus, domain, words) => {
    const shifted = shiftedOf(modulus, domain);
    const wordsOf = (number: bigint): Uint32Array<ArrayBuffer> =>
      Uint32Array.from({ length: words + 1 }, (_, i) => Number((number >> (WORD_BITS * BigInt(i))) & WORD));
    return [
      Float64Array.of(estimateOf(shifted, domain), 1 / scaled(modulus, WORD_BITS * BigInt(words - 2))),
      ...[modulus, shifted, shifted << PART_BITS].map(wordsOf),
    ];
  },
};

function shiftedOf(modulus: bigint, domain: Ff1Domain): bigint {
  return modulus << shiftOf(modulus, domain);
}

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
