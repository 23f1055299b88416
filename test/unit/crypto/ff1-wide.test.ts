import { describe, expect, test } from '@jest/globals';
import { type Ff1Domain, ff1Domain } from '../../../lib/crypto/ff1-domain.ts';
import { wideShape } from '../../../lib/crypto/ff1-wide.ts';
import { tierOf } from '../../support/ff1-batch.ts';

const EXACT = 2n ** 51n;
const big = (values: ArrayLike<number>): bigint[] => Array.from(values, BigInt);

/**
 * The largest of all sums that the two conversions of a domain form, carries included, when every limb and every word
 * has its largest value: sums of non-negative products, so no other input gives more.
 */
function largestSum(domain: Ff1Domain): bigint {
  const { left, right, wordBits } = wideShape(domain);
  const word = 2n ** BigInt(wordBits);
  let largest = 0n;
  const see = (sum: bigint): bigint => {
    if (sum > largest) largest = sum;
    return sum;
  };
  for (const { sizes, toWords, toLimbs } of [left, right]) {
    const limbs = big(sizes).map((size) => size - 1n);
    let carry = 0n;
    for (const factors of toWords) {
      carry = see(big(factors).reduce((sum, factor, j) => sum + factor * limbs[j]!, carry)) / word;
    }
    carry = 0n;
    for (const [j, factors] of toLimbs.entries()) {
      const sum = big(factors).reduce((total, factor) => total + factor * (word - 1n), carry + limbs[j]!);
      carry = see(sum) / BigInt(sizes[j]!);
    }
  }
  return largest;
}

const RADICES = [2, 3, 5, 10, 26, 36, 52, 62, 65, 95, 114, 190, 256, 1000, 5000, 20_000, 41_000, 50_000, 65_536];

/** Lengths of a radix that the wide runner serves: the first, the last, and every twelfth between. */
function wideDomains(radix: number): Ff1Domain[] {
  const domains = Array.from({ length: 1100 }, (_, i) => ff1Domain(radix, i + 2)).filter(
    (domain) => tierOf(domain) === 'wide',
  );
  return domains.filter((_, i) => i % 12 === 0 || i === domains.length - 1);
}

describe('the cut of a half into limbs and words', () => {
  test.each(RADICES)('keeps every sum of radix %d below 2^51, where doubles divide exactly', (radix) => {
    const domains = wideDomains(radix);
    expect(domains.length).toBeGreaterThan(2);
    expect(domains.filter((domain) => largestSum(domain) >= EXACT).map(({ length }) => length)).toEqual([]);
  });

  // The estimate that the cut goes by lies within 0.03 bits of 51: a higher bound gives the first four another cut, a
  // lower bound the last three.
  test.each([
    [5, 193, 24, 9],
    [26, 163, 24, 4],
    [65, 127, 24, 3],
    [41_000, 21, 16, 2],
    [2, 415, 32, 15],
    [2, 529, 24, 23],
    [52, 113, 24, 4],
  ])('of radix %d and length %d has words of %d bits and limbs of %d numerals', (radix, length, bits, numerals) => {
    const domain = ff1Domain(radix, length);
    expect(tierOf(domain)).toBe('wide');
    expect(wideShape(domain)).toMatchObject({ wordBits: bits, numeralsPerLimb: numerals });
  });
});
