// Keyed permutations of 0 … N − 1 for any N up to 2^53: FF1 and cycle walking (SP 800-38G).
//
// The numerals are not decimal digits but two (N ≤ 2^32) or four numerals of the least radix whose power covers N.
// FF1's halves stay balanced and as large as with digits (N = 10^6 gives the same 1000 · 1000), but hardly any value is
// left to walk over: a year of 365 days lies in 20² = 400 instead of 10³.

import type { Direction } from '../../crypto/direction.ts';
import type { Ff1, Ff1Batch } from '../../crypto/ff1.ts';
import { MIN_DOMAIN } from '../../crypto/ff1-domain.ts';
import { cycleWalk } from '../../crypto/cycle-walk.ts';
import type { CipherMeter } from './method.ts';

/** A batch of ranks of one domain. */
interface RankBatch {
  /** N: 1 to 2^53. */
  readonly size: number;
  /** Whole numbers from 0 to N − 1, replaced in place. */
  readonly ranks: Float64Array;
  /** One tweak of `tweakLength` bytes for all ranks, or one for each rank, row after row. */
  readonly tweaks: Uint8Array;
  readonly tweakLength: number;
}

/** The numerals that ranks below a size are written in. */
interface RankShape {
  readonly radix: number;
  readonly length: 2 | 4;
}

/**
 * With a smaller radix, two numerals do not reach the 100 values that FF1 needs. Smaller sets are walked to within 100.
 */
const LEAST_RADIX = 10;
const MAX_TWO_NUMERALS = 2 ** 32;

/**
 * Returns the least radix that covers `size` (1 to 2^53) with two or four numerals. Throws `RangeError` for other
 * sizes.
 */
export function rankShape(size: number): RankShape {
  if (!Number.isInteger(size) || size < 1 || size > 2 ** 53) {
    throw new RangeError('A rank domain must have 1 to 2^53 ranks');
  }
  const length = size <= MAX_TWO_NUMERALS ? 2 : 4;
  let radix = Math.max(LEAST_RADIX, Math.floor(size ** (1 / length)) - 1);
  while (radix ** length < size) radix++;
  return { radix, length };
}

/**
 * Tells whether FF1's domain for this many ranks is below a million (SP 800-38G Rev. 1), so that a codebook is cheap.
 */
export function isWeakSize(size: number): boolean {
  const { radix, length } = rankShape(size);
  return radix ** length < MIN_DOMAIN;
}

/**
 * Replaces each rank by another one below the same size; `decrypt` undoes `encrypt` under the same key and tweak.
 * Domains of equal shape walk over the same FF1 permutation, so give them different tweaks.
 */
export function permuteRanks(ff1: Ff1, direction: Direction, batch: RankBatch, meter: CipherMeter): void {
  const { size, ranks, tweaks, tweakLength } = batch;
  const { radix, length } = rankShape(size);
  const numerals = toNumerals(ranks, radix, length);
  const ff1Batch: Ff1Batch = { radix, length, numerals, tweaks, tweakLength, acceptSmallDomain: true };
  const rankAt = length === 2 ? rankOfTwo : rankOfFour;
  const outside = (values: Uint16Array, at: number): boolean => rankAt(values, at, radix) >= size;
  meter(ranks.length, () => void cycleWalk((parts) => ff1[direction](parts), [{ batch: ff1Batch, outside }]));
  for (let row = 0; row < ranks.length; row++) ranks[row] = rankAt(numerals, row * length, radix);
}

/** Writes each rank as numerals. ⌊rank / radix⌋ is exact in doubles up to 2^53. */
function toNumerals(ranks: Float64Array, radix: number, length: number): Uint16Array {
  const numerals = new Uint16Array(ranks.length * length);
  for (let row = 0; row < ranks.length; row++) {
    let rank = ranks[row]!;
    for (let at = (row + 1) * length - 1; at >= row * length; at--) {
      const quotient = Math.floor(rank / radix);
      numerals[at] = rank - quotient * radix;
      rank = quotient;
    }
  }
  return numerals;
}

function rankOfTwo(numerals: Uint16Array, at: number, radix: number): number {
  return numerals[at]! * radix + numerals[at + 1]!;
}

/** Beyond 2^53 the rank is rounded, but never to less than 2^53, so that a value outside stays outside. */
function rankOfFour(numerals: Uint16Array, at: number, radix: number): number {
  return rankOfTwo(numerals, at, radix) * (radix * radix) + rankOfTwo(numerals, at + 2, radix);
}
