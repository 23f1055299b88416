// What the kernels of `ff1-kernels.as.ts` need to know of a domain, as the bytes that lie in their memory.

import { BLOCK_BYTES } from './aes-blocks.ts';
import { bitLength, bytesOfNumber } from './big-numerals.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { longShape } from './ff1-long-shape.ts';
import { variableBlocks } from './ff1-prefix.ts';

const KINDS = { narrow64: 0, narrow96: 1, medium: 2, wide: 3, long: 4 } as const;
type Kind = keyof typeof KINDS;

/** NUM and round number fit into one block, and so does a half into 128 bits. */
const MEDIUM_BYTES = 15;
/** Measured: longer halves become numbers and back faster by transforms, because their time grows less than its square. */
export const MAX_WIDE_BYTES = 160;

/** A shape that `ff1-kernels.as.ts` reads: ten 32-bit fields, four 64-bit fields, two halves, and more for long ones. */
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

const shapes = new WeakMap<Ff1Domain, KernelShape>();

/** Returns the shape of a domain, computed once. */
export function kernelShape(domain: Ff1Domain): KernelShape {
  let shape = shapes.get(domain);
  if (shape === undefined) {
    shape = shapeOf(domain);
    shapes.set(domain, shape);
  }
  return shape;
}

/** Runs once for each domain. Values with marks have hardly a domain in common. */
function shapeOf(domain: Ff1Domain): KernelShape {
  const { radix, length, u, v, b, d } = domain;
  const kind = kindOf(domain);
  const words = Math.ceil(b / 4);
  const blocks = variableBlocks(domain);
  const more = Math.ceil(d / BLOCK_BYTES) - 1;
  const limb = limbOf(radix);
  const halfOf = (numerals: number): Buffer => joined(HALVES[kind](BigInt(radix) ** BigInt(numerals), domain, words));
  const left = halfOf(u);
  const right = u === v ? left : halfOf(v);
  const head = [
    Uint32Array.of(KINDS[kind], length, u, b, d, blocks, more, words, left.length, limb.numerals),
    BigUint64Array.of(BigInt(radix), limb.size, limb.magic, BigInt(limb.bits)),
  ];
  return {
    bytes: Buffer.concat([joined(head), left, right, ...(kind === 'long' ? [longShape({ radix, ...limb }, v)] : [])]),
    kind,
    halfBytes: { narrow64: 8, narrow96: 8, medium: BLOCK_BYTES, wide: 4 * words, long: 4 * words }[kind],
    blocks,
    more,
  };
}

/** The bytes of arrays, one behind the other. Typed arrays are little-endian on every platform of Node, as WebAssembly is. */
function joined(arrays: readonly ArrayBufferView<ArrayBuffer>[]): Buffer {
  return Buffer.concat(
    arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  );
}

function kindOf({ rightSize, b, d }: Ff1Domain): Kind {
  if (rightSize > 0) return d === 8 ? 'narrow64' : 'narrow96';
  if (b <= MEDIUM_BYTES) return 'medium';
  return b <= MAX_WIDE_BYTES ? 'wide' : 'long';
}

/**
 * Cuts a half into limbs: R = radix^numerals, its reciprocal ⌈2^64 / R⌉, and the bits of a numeral. A limb's numerals come
 * out of limb / R as a fraction of 64 − bits bits, which is too large by less than R/2^bits + 1 of the last one; the last
 * numeral is right while R times that is at most the fraction's 1.
 */
export function limbOf(radix: number): { numerals: number; size: bigint; magic: bigint; bits: number } {
  const bits = Math.ceil(Math.log2(radix));
  // In doubles: no size comes so near to the limit that rounding matters; a test tries every radix.
  const isExact = (size: number): boolean => size * (size + 2 ** bits) <= 2 ** 64;
  let numerals = 1;
  while (isExact(radix ** (numerals + 1))) numerals++;
  const size = BigInt(radix ** numerals);
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
  wide: wideHalf,
  long: wideHalf,
};

function wideHalf(modulus: bigint, domain: Ff1Domain, words: number): readonly ArrayBufferView<ArrayBuffer>[] {
  const shifted = shiftedOf(modulus, domain);
  const bytes = 4 * (words + 1);
  return [
    Float64Array.of(estimateOf(shifted, domain), 1 / scaled(modulus, WORD_BITS * BigInt(words - 2))),
    ...[modulus, shifted, shifted << PART_BITS].map((number) =>
      bytesOfNumber(number % (1n << BigInt(8 * bytes)), bytes),
    ),
  ];
}

function shiftedOf(modulus: bigint, domain: Ff1Domain): bigint {
  return modulus << shiftOf(modulus, domain);
}

/** Returns by how many bits a modulus is shifted so that the quotient of y has at most 51. */
export function shiftOf(modulus: bigint, { d }: Ff1Domain): bigint {
  const quotientBits = 8 * d - bitLength(modulus) + 1;
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
