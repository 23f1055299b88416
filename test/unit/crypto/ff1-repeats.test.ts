import { describe, expect, test } from '@jest/globals';
import { Ff1, type Ff1Batch } from '../../../lib/crypto/ff1.ts';
import { distinctValues } from '../../../lib/crypto/ff1-repeats.ts';
import { seededBytes } from '../../support/ff1-batch.ts';

const LENGTH = 9;
const ROWS = 2000;

/** Values and tweaks by their numbers, each of which repeats. */
function batchOf(valueOf: (row: number) => number, tweakOf?: (row: number) => number): Ff1Batch {
  const numerals = new Uint16Array(ROWS * LENGTH);
  for (let row = 0; row < ROWS; row++) {
    for (let j = 0, rest = valueOf(row) * 7919; j < LENGTH; j++, rest = Math.floor(rest / 10)) {
      numerals[row * LENGTH + j] = rest % 10;
    }
  }
  const tweaks = tweakOf === undefined ? Uint8Array.of(1, 2) : new Uint8Array(2 * ROWS);
  if (tweakOf !== undefined) for (let row = 0; row < ROWS; row++) tweaks[2 * row] = tweakOf(row);
  return { radix: 10, length: LENGTH, numerals, tweaks, tweakLength: 2 };
}

describe('values that repeat', () => {
  test.each<[string, Ff1Batch, number | undefined]>([
    ['under one tweak', batchOf((row) => row % 300), 300],
    [
      'under a tweak that follows the value',
      batchOf(
        (row) => row % 300,
        (row) => row % 3,
      ),
      300,
    ],
    [
      'under three tweaks each',
      batchOf(
        (row) => row % 100,
        (row) => Math.floor(row / 100) % 3,
      ),
      300,
    ],
    [
      'under tweaks that all differ',
      batchOf(
        (row) => row % 10,
        (row) => row % 251,
      ),
      undefined,
    ],
    ['nowhere', batchOf((row) => row), undefined],
  ])('%s are enciphered once, and are what each is alone', (_what, batch, distinct) => {
    const found = distinctValues(batch);
    expect(found && found.numerals.length / LENGTH).toBe(distinct);
    const ff1 = new Ff1(seededBytes('repeats', 32));
    const before = batch.numerals.slice();
    ff1.encrypt(batch);
    for (const row of [0, 1, 299, 300, 301, 1234, ROWS - 1]) {
      const tweaks = batch.tweaks.length === 2 ? batch.tweaks : batch.tweaks.subarray(2 * row, 2 * row + 2);
      const numerals = before.slice(row * LENGTH, (row + 1) * LENGTH);
      ff1.encrypt({ ...batch, numerals, tweaks });
      expect(batch.numerals.slice(row * LENGTH, (row + 1) * LENGTH)).toEqual(numerals);
    }
    ff1.decrypt(batch);
    expect(batch.numerals).toEqual(before);
  });
});
