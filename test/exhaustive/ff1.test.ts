// Batches of FF1 against the reference at every border of size and length.
import { describe, expect, test } from '@jest/globals';
import { ff1Domain, MAX_LENGTH, MIN_DOMAIN_2016, minimumLength } from '../../lib/crypto/ff1-domain.ts';
import { tierOf } from '../support/ff1-batch.ts';
import { differences } from '../support/ff1-differences.ts';

/** The least length whose right half has more than `limit` values. */
function lengthBeyond(radixOf: number, limit: bigint): number {
  let length = 2;
  while (BigInt(radixOf) ** BigInt(Math.ceil(length / 2)) <= limit) length++;
  return length;
}

describe('a batch agrees with the reference value by value', () => {
  // On either side of each border: of the runners, of a block of Q, of a block of S, of 2^32 and of a byte of NUM.
  const BORDERS: readonly (readonly [string, bigint])[] = [
    ['24 bits', 2n ** 24n],
    ['32 bits, where y takes 96', 2n ** 32n],
    ['38 bits, where narrow ends', 2n ** 38n],
    ['40 bits', 2n ** 40n],
    ['96 bits, where S takes a second block', 2n ** 96n],
    ['120 bits, where Q takes a second block', 2n ** 120n],
    ['224 bits, where S takes a third block', 2n ** 224n],
    ['248 bits, where Q takes a third block', 2n ** 248n],
    ['512 bits, where wide ends', 2n ** 512n],
    ['2,048 bits, where the kernels end', 2n ** 2048n],
  ];

  test.each(BORDERS)('on both sides of %s', (_what, limit) => {
    for (const r of [2, 3, 10, 62, 255, 256, 41_000, 65_535, 65_536]) {
      const beyond = lengthBeyond(r, limit);
      for (const length of [beyond - 2, beyond - 1, beyond, beyond + 1]) {
        if (length < minimumLength(r, MIN_DOMAIN_2016)) continue;
        expect(
          differences({
            radix: r,
            length,
            rows: 2,
            keyBytes: 32,
            tweakLength: 8,
            sharedTweak: false,
            seed: r + length,
          }),
        ).toEqual([]);
      }
    }
  });

  const DOMAINS: readonly (readonly [string, number, number])[] = [
    ['narrow', 10, 9],
    ['narrow', 10, 22],
    ['medium', 62, 24],
    ['wide', 65_536, 13],
    ['wide', 62, 64],
    ['long', 2, 1030],
    ['long', 62, 500],
  ];
  const SIZES = [1, 33, 511, 512, 513, 1025, 2047, 2048, 2049, 4097];

  test.each(DOMAINS)('for batches around the borders of a chunk: %s, radix %d, length %d', (tier, r, length) => {
    expect(tierOf(ff1Domain(r, length))).toBe(tier);
    for (const rows of tier === 'long' ? [1, 2, 33] : SIZES) {
      for (const sharedTweak of rows === 1025 ? [true, false] : [false]) {
        // The rows of a chunk go the same way: the first and the last of it, and of the batch, stand for them.
        const compared = new Set([0, 31, 32, 511, 512, 1023, 1024, 2047, 2048, 4095, 4096, rows >> 1, rows - 1]);
        const given = { radix: r, length, rows, keyBytes: 32, tweakLength: 11, sharedTweak, seed: rows };
        expect(
          differences(
            given,
            [...compared].filter((row) => row < rows),
          ),
        ).toEqual([]);
      }
    }
  });

  test.each(DOMAINS)('for every row of a batch of 1,100: %s, radix %d, length %d', (tier, r, length) => {
    const rows = tier === 'long' ? 20 : 1100;
    expect(differences({ radix: r, length, rows, keyBytes: 32, tweakLength: 17, sharedTweak: false, seed: 1 })).toEqual(
      [],
    );
  });

  test.each([2, 10, 62, 65_536])('for values up to the largest: radix %d', (r) => {
    for (const length of [1000, 4095, MAX_LENGTH]) {
      expect(
        differences({ radix: r, length, rows: 2, keyBytes: 32, tweakLength: 9, sharedTweak: false, seed: length }, [1]),
      ).toEqual([]);
    }
  });
});
