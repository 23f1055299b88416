import { createHash } from 'node:crypto';
import type { Ff1Batch } from '../../lib/crypto/ff1.ts';
import type { Ff1Domain } from '../../lib/crypto/ff1-domain.ts';
import { runLong } from '../../lib/crypto/ff1-long.ts';
import { runMedium } from '../../lib/crypto/ff1-medium.ts';
import { runNarrow } from '../../lib/crypto/ff1-narrow.ts';
import { runnerOf } from '../../lib/crypto/ff1-runners.ts';
import { runWide } from '../../lib/crypto/ff1-wide.ts';

/** Returns `bytes` bytes, the same ones for the same seed. */
export function seededBytes(seed: string | number, bytes: number): Buffer {
  return createHash('shake256', { outputLength: Math.max(1, bytes) })
    .update(String(seed))
    .digest()
    .subarray(0, bytes);
}

/** Returns `count` numerals. Every eighth is 0 or the largest, to reach the edges. */
export function seededNumerals(seed: string | number, radix: number, count: number): Uint16Array {
  const bytes = seededBytes(`numerals ${seed}`, 4 * count);
  return Uint16Array.from({ length: count }, (_, i) => {
    const draw = bytes.readUInt32LE(4 * i);
    if (draw % 8 > 0) return Math.floor(draw / 8) % radix;
    return draw % 16 === 0 ? 0 : radix - 1;
  });
}

/** The runners of lib/crypto, those for smaller halves first. Each also takes what is for the ones before it. */
export const RUNNERS = { narrow: runNarrow, medium: runMedium, wide: runWide, long: runLong } as const;
export type Tier = keyof typeof RUNNERS;
export const TIERS = ['narrow', 'medium', 'wide', 'long'] as const satisfies readonly Tier[];

/** Names the runner that serves a domain. */
export function tierOf(domain: Ff1Domain): Tier {
  const runner = runnerOf(domain);
  return TIERS.find((tier) => RUNNERS[tier] === runner)!;
}

/** Returns the tweak of one row of a batch. */
export function tweakOfRow({ tweaks, tweakLength }: Ff1Batch, row: number): Uint8Array {
  return tweaks.length === tweakLength ? tweaks : tweaks.subarray(row * tweakLength, (row + 1) * tweakLength);
}

/** Returns the values of a batch as lists of numerals. */
export function valuesOf({ numerals, length }: Pick<Ff1Batch, 'numerals' | 'length'>): number[][] {
  return Array.from({ length: numerals.length / length }, (_, row) => [
    ...numerals.subarray(row * length, (row + 1) * length),
  ]);
}

/** Batches of all sizes of half, some with a tweak for each value. */
export function mixedBatches(rows: (i: number) => number): Ff1Batch[] {
  const domains: readonly (readonly [number, number])[] = [
    [10, 9],
    [62, 64],
    [10, 22],
    [62, 24],
    [2, 3000],
    [41_000, 13],
    [65_536, 30],
    [10, 7],
    [62, 300],
    [2, 4096],
    [10, 2000],
    [256, 40],
    [65_536, 999],
    [10, 5504],
  ];
  return domains.map(([radix, length], i) => {
    const own = i % 3 === 0;
    return {
      radix,
      length,
      numerals: seededNumerals(i, radix, rows(i) * length),
      tweaks: seededBytes(`tweak ${i}`, 11 * (own ? rows(i) : 1)),
      tweakLength: 11,
    };
  });
}

export const copyOf = (batch: Ff1Batch): Ff1Batch => ({ ...batch, numerals: batch.numerals.slice() });
