// What `ff1-long-halves.as.ts` needs to know of a radix, as the bytes that lie in the memory of the kernels.

import { bitLength, bytesOfNumber } from './big-numerals.ts';

/** The memory of long halves, behind the packs. From the constants on, it holds no part of a value. */
export const LONG_MEMORY = { start: 524_288, constants: 524_288 + 8192 + 65_536 } as const;

/** Digits of 16 bits in a leaf, and how many of them its numerals may need. */
const LEAF_DIGITS = 128;
const FILLED_DIGITS = 126;
const DIGIT_BITS = 16;
/** As many complex roots as the product of the highest root takes. */
const MOST_ROOTS = 4096;

/** A radix and its limbs. */
interface Limbs {
  readonly radix: number;
  readonly numerals: number;
}

/** By radix and height. Strings of a column differ in length more than in radix. */
const MAX_KEPT = 64;
const kept = new Map<string, Uint8Array>();

/** Returns what follows the halves of a shape for halves of up to `most` numerals. */
export function longShape({ radix, numerals }: Limbs, most: number): Uint8Array {
  const perLeaf = numerals * Math.floor((FILLED_DIGITS * DIGIT_BITS) / (numerals * Math.log2(radix)));
  const height = Math.max(0, Math.ceil(Math.log2(most / perLeaf)));
  const key = `${radix} ${height}`;
  let shape = kept.get(key);
  if (shape === undefined) {
    shape = shapeOf(radix, numerals, perLeaf, height);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, shape);
  }
  return shape;
}

function shapeOf(radix: number, numerals: number, perLeaf: number, height: number): Uint8Array {
  const powers = [BigInt(radix) ** BigInt(perLeaf)];
  while (powers.length <= height) powers.push(powers.at(-1)! ** 2n);
  const units = powers.map((power, i) => (1n << BigInt(DIGIT_BITS * digitsOf(i))) / power);
  const digits = digitsOf(height);
  // The inverse has as many digits as the root.
  const shift = digits - Math.ceil(bitLength(units[height]!) / DIGIT_BITS);
  const inverse = (1n << BigInt(DIGIT_BITS * (digits + shift))) / powers[height]!;
  const bits = [bitLength(units[0]!) - 1, numerals * Math.log2(radix)];
  return Buffer.concat([
    bytesOfArray(Uint32Array.of(height, shift, perLeaf, 0)),
    bytesOfArray(Float64Array.from(bits)),
    ...units.map(bytesOfUnit),
    ...powers.slice(0, height).map((power, i) => bytesOfNumber(power, 2 * digitsOf(i))),
    bytesOfNumber(inverse, 2 * digits),
  ]);
}

function digitsOf(height: number): number {
  return LEAF_DIGITS * 2 ** height;
}

/** A unit as value · B^place, the value from 2^16 to 2^32. */
function bytesOfUnit(unit: bigint): Uint8Array {
  const place = Math.ceil(bitLength(unit) / DIGIT_BITS) - 2;
  const value = Number(unit >> BigInt(DIGIT_BITS * place));
  return Buffer.concat([bytesOfArray(Float64Array.of(value)), bytesOfArray(Uint32Array.of(place, 0))]);
}

function bytesOfArray({ buffer }: ArrayBufferView<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer);
}

/** The square roots that a transform multiplies by, real and imaginary parts, block by block from the second place on. */
export function longRoots(): Float64Array<ArrayBuffer> {
  const roots = new Float64Array(2 * MOST_ROOTS);
  // Angles in half turns: the first block is taken modulo z^n = i, those below modulo the two roots of what was above.
  const angles = new Float64Array(MOST_ROOTS);
  for (let node = 1; node < MOST_ROOTS; node++) {
    const above = node === 1 ? 0.5 : angles[node >> 1]! + (node & 1);
    angles[node] = above / 2;
    roots[2 * node] = Math.cos(Math.PI * angles[node]!);
    roots[2 * node + 1] = Math.sin(Math.PI * angles[node]!);
  }
  return roots;
}
