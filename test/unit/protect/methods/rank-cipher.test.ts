import { describe, expect, test } from '@jest/globals';
import type { Direction } from '../../../../lib/crypto/direction.ts';
import { Ff1 } from '../../../../lib/crypto/ff1.ts';
import { unmetered } from '../../../../lib/protect/methods/method.ts';
import { isWeakSize, permuteRanks, rankShape } from '../../../../lib/protect/methods/rank-cipher.ts';
import * as reference from '../../../support/ff1-reference.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const ff1 = new Ff1(KEY);
const NONE = new Uint8Array(0);
const TWEAK = Buffer.from('tweak');

const all = (size: number): number[] => Array.from({ length: size }, (_, rank) => rank);

function run(
  direction: Direction,
  size: number,
  ranks: readonly number[],
  tweaks: Uint8Array = NONE,
  tweakLength: number = tweaks.length,
): number[] {
  const batch = { size, ranks: Float64Array.from(ranks), tweaks, tweakLength };
  permuteRanks(ff1, direction, batch, unmetered);
  return [...batch.ranks];
}

/** The same walk, one rank at a time, over the reference FF1. */
function walk(size: number, rank: number, tweak: Uint8Array): number {
  const aes = reference.aes(KEY);
  const { radix, length } = rankShape(size);
  let numerals = Array.from({ length }, (_, i) => Math.floor(rank / radix ** (length - 1 - i)) % radix);
  let result = size;
  while (result >= size) {
    numerals = reference.encrypt(aes, radix, tweak, numerals);
    result = numerals.reduce((sum, numeral) => sum * radix + numeral, 0);
  }
  return result;
}

describe('a rank permutation', () => {
  const sizes = [1, 2, 5, 9, 10, 81, 99, 100, 101, 331, 355, 365, 366, 1000, 65_536];
  test.each(sizes)('of %d ranks takes each once, and back', (size) => {
    const tokens = run('encrypt', size, all(size), TWEAK);
    expect(tokens.toSorted((a, b) => a - b)).toEqual(all(size));
    expect(run('decrypt', size, tokens, TWEAK)).toEqual(all(size));
  });

  const large = [10 ** 6 - 10, 10 ** 6, 2 ** 32, 2 ** 32 + 1, 86_399_136_000, 9 ** 16, 2 ** 53 - 1, 2 ** 53];
  test.each(large)('of %d ranks leads back from both ends and the middle', (size) => {
    const ranks = [0, 1, Math.floor(size / 2), size - 2, size - 1];
    const tokens = run('encrypt', size, ranks, TWEAK);
    expect(tokens.every((token) => Number.isInteger(token) && token >= 0 && token < size)).toBe(true);
    expect(new Set(tokens).size).toBe(ranks.length);
    expect(run('decrypt', size, tokens, TWEAK)).toEqual(ranks);
  });

  test.each([5, 81, 365, 84_878, 10 ** 6, 86_399_136_000, 9 ** 16])('of %d ranks is FF1 walked one by one', (size) => {
    const ranks = all(5).map((i) => Math.floor((i / 5) * size));
    expect(run('encrypt', size, ranks, TWEAK)).toEqual(ranks.map((rank) => walk(size, rank, TWEAK)));
  });

  test('does not depend on what else is in the batch', () => {
    const together = run('encrypt', 101, all(101));
    expect(all(101).map((rank) => run('encrypt', 101, [rank])[0])).toEqual(together);
  });

  test('takes a tweak for each rank, also for those that walk on', () => {
    const tweaks = Buffer.from(all(366).map((rank) => rank % 7));
    const tokens = run('encrypt', 366, all(366), tweaks, 1);
    const alone = all(366).map((rank) => run('encrypt', 366, [rank], Buffer.of(rank % 7))[0]);
    expect(tokens).toEqual(alone);
    expect(run('decrypt', 366, tokens, tweaks, 1)).toEqual(all(366));
  });

  test('is another one under another tweak and over other numerals', () => {
    const ranks = all(300);
    const tokens = run('encrypt', 366, ranks);
    expect(run('encrypt', 366, ranks, TWEAK)).not.toEqual(tokens);
    expect(run('encrypt', 401, ranks)).not.toEqual(tokens);
  });

  test('shows the meter each rank once, however often it walks', () => {
    const metered: number[] = [];
    const batch = { size: 2, ranks: Float64Array.of(0, 1, 1), tweaks: NONE, tweakLength: 0 };
    permuteRanks(ff1, 'encrypt', batch, (values, work) => {
      metered.push(values);
      work();
    });
    expect(metered).toEqual([3]);
  });
});

describe('the numerals of ranks', () => {
  test.each([
    [1, 10, 2],
    [100, 10, 2],
    [101, 11, 2],
    [365, 20, 2],
    [84_878, 292, 2],
    [999_990, 1000, 2],
    [10 ** 6, 1000, 2],
    [10 ** 6 + 1, 1001, 2],
    [2 ** 32, 65_536, 2],
    [2 ** 32 + 1, 257, 4],
    [9741 ** 4, 9741, 4],
    [2 ** 53, 9742, 4],
  ])('for %d of them have radix %d, %d at a time', (size, radix, length) => {
    expect(rankShape(size)).toEqual({ radix, length });
  });

  test.each([0, -1, 1.5, 2 ** 53 + 2, Number.NaN, Number.POSITIVE_INFINITY])('do not exist for %d', (size) => {
    expect(() => rankShape(size)).toThrow(RangeError);
  });

  test.each([
    [366, true],
    [84_878, true],
    [998_001, true],
    [998_002, false],
    [999_990, false],
    [2 ** 53, false],
  ])('for %d of them make a domain below a million: %s', (size, weak) => {
    expect(isWeakSize(size)).toBe(weak);
  });
});
