import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Direction } from '../../../lib/crypto/direction.ts';
import { MAX_SIZE, SmallPermutation } from '../../../lib/crypto/small-permutation.ts';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const sizes = Array.from({ length: MAX_SIZE - 1 }, (_, i) => i + 2);
const all = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);
const NONE = Buffer.alloc(0);

function permuted(
  direction: Direction,
  size: number,
  tweaks: Uint8Array,
  tweakLength = tweaks.length,
  values = all(size),
): number[] {
  new SmallPermutation(KEY)[direction]({ size, values, tweaks, tweakLength });
  return [...values];
}

/** The rule of the specification, with Node's own CTR mode and a stream that is always long enough. */
function reference(size: number, tweak: Uint8Array): number[] {
  const length = Buffer.from([0, 0, 0, size]);
  const iv = createHash('sha256').update('perm').update(length).update(tweak).digest().subarray(0, 16);
  const stream = createCipheriv('aes-256-ctr', KEY, iv).update(Buffer.alloc(4096));
  const table = [...all(size)];
  let at = 0;
  for (let i = size - 1; i >= 1; i--) {
    let draw: number;
    do {
      draw = stream.readUInt16BE(at);
      at += 2;
    } while (draw >= Math.floor(65_536 / (i + 1)) * (i + 1));
    const j = draw % (i + 1);
    [table[i], table[j]] = [table[j]!, table[i]!];
  }
  return table;
}

describe('the permutation of a small domain', () => {
  test.each([
    ['no tweak', NONE],
    ['a tweak', Buffer.from('tweak')],
    ['40 bytes', Buffer.alloc(40, 0xff)],
  ])('is the shuffle that the specification describes, for every size: %s', (_, tweak) => {
    for (const size of sizes) expect(permuted('encrypt', size, tweak)).toEqual(reference(size, tweak));
  });

  test('is the same shuffle for hundreds of tweaks, including those with rejected draws', () => {
    for (let i = 0; i < 1500; i++) {
      const tweak = Buffer.from(`tweak ${i}`);
      expect(permuted('encrypt', 99, tweak)).toEqual(reference(99, tweak));
    }
  });

  test('is undone by decrypting', () => {
    for (const size of sizes) {
      const forward = permuted('encrypt', size, NONE);
      expect(permuted('decrypt', size, NONE, 0, Uint8Array.from(forward))).toEqual([...all(size)]);
    }
  });

  test('differs with key, size and tweak', () => {
    const values = all(50);
    new SmallPermutation(Buffer.alloc(32)).encrypt({ size: 50, values, tweaks: NONE, tweakLength: 0 });
    const own = permuted('encrypt', 50, NONE);
    expect([...values]).not.toEqual(own);
    expect(permuted('encrypt', 51, NONE).slice(0, 50)).not.toEqual(own);
    expect(permuted('encrypt', 50, Buffer.of(0))).not.toEqual(own);
  });

  test('is the same for rows with individual tweaks, more of them than the cache keeps', () => {
    const rows = 9000;
    const tweaks = new Uint8Array(3 * rows);
    for (let row = 0; row < rows; row++) tweaks.set([row >> 8, row & 0xff, 7], 3 * row);
    const values = Uint8Array.from({ length: rows }, (_, row) => row % 10);
    const permutation = new SmallPermutation(KEY);
    permutation.encrypt({ size: 10, values, tweaks, tweakLength: 3 });
    for (const row of [0, 1, 511, 512, 4095, 4096, 8999]) {
      expect(values[row]).toBe(reference(10, tweaks.subarray(3 * row, 3 * row + 3))[row % 10]);
    }
    permutation.decrypt({ size: 10, values, tweaks, tweakLength: 3 });
    expect(values).toEqual(Uint8Array.from({ length: rows }, (_, row) => row % 10));
  });

  test.each([0, 1, 100, 2.5])('is refused for %d values', (size) => {
    expect(() => permuted('encrypt', size, NONE, 0, all(2))).toThrow(RangeError);
  });
});
