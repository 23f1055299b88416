import { describe, expect, test } from '@jest/globals';
import { kindTables } from '../../../../../lib/policy/kinds.ts';
import { NarrowKinds } from '../../../../../lib/protect/methods/script/narrow-kinds.ts';
import { PatternCache } from '../../../../../lib/protect/methods/script/pattern-cache.ts';
import type { ScriptScan } from '../../../../../lib/protect/methods/script/scan.ts';

const NO_IV = new Uint8Array(0);

/** Rows of two kinds, all different, with a hash for each. */
function scanOf(rows: number, hashOf: (row: number) => number): ScriptScan {
  const kinds = Uint16Array.from({ length: 2 * rows }, (_, i) => 1 + (i % 2 === 0 ? (i >> 1) % 300 : (i >> 1) / 300));
  const starts = Uint32Array.from({ length: rows + 1 }, (_, row) => 2 * row);
  const hashes = Int32Array.from({ length: rows }, (_, row) => hashOf(row));
  return { kinds, starts, hashes, ranks: kinds, places: starts };
}

function cache(): PatternCache {
  const patterns = new PatternCache(new NarrowKinds(kindTables()));
  patterns.use(NO_IV);
  return patterns;
}

/** Rows whose pattern is the same object when they ask again. */
function kept(patterns: PatternCache, scan: ScriptScan, rows: number): number {
  const first = Array.from({ length: rows }, (_, row) => patterns.patternOf(scan, row)!);
  return first.filter((pattern, row) => patterns.patternOf(scan, row) === pattern).length;
}

describe('the patterns of a column', () => {
  test('are kept, so that a value like an earlier one costs no digest', () => {
    expect(kept(cache(), scanOf(1000, Number), 1000)).toBe(1000);
  });

  test('are compared with at most eight of one hash: a caller can choose values whose hashes are equal', () => {
    const scan = scanOf(1000, () => 7);
    const patterns = cache();
    expect(kept(patterns, scan, 1000)).toBe(8);
    // A pattern that is not kept is made again, and is the right one.
    expect([...patterns.patternOf(scan, 999)!.kinds]).toEqual([...scan.kinds.subarray(1998, 2000)]);
  });

  test('are kept up to a number, whatever a column holds', () => {
    const rows = 70_000;
    const patterns = cache();
    const scan = scanOf(rows, Number);
    for (let row = 0; row < rows; row++) patterns.patternOf(scan, row);
    const again = (row: number): boolean => patterns.patternOf(scan, row) === patterns.patternOf(scan, row);
    expect([again(0), again(65_535), again(65_536), again(69_999)]).toEqual([true, true, false, false]);
  });
});
