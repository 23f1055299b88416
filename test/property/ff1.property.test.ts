import { describe, expect, test } from '@jest/globals';
import { FF1 } from '@noble/ciphers/ff1.js';
import * as fc from 'fast-check';
import { Ff1, type Ff1Batch } from '../../lib/crypto/ff1.ts';
import { ff1Domain, MIN_DOMAIN_2016, minimumLength } from '../../lib/crypto/ff1-domain.ts';
import { seededBytes, seededNumerals, tierOf, tweakOfRow, valuesOf } from '../support/ff1-batch.ts';
import { batchOf, type Case, differences, keyOf } from '../support/ff1-differences.ts';

const keyBytes = fc.constantFrom(16, 24, 32);
const seed = fc.nat();
/** Every size of radix as often as any other. */
const radix = fc.oneof(
  fc.integer({ min: 1, max: 16 }).chain((bits) => fc.integer({ min: 2 ** (bits - 1) + 1, max: 2 ** bits })),
  fc.constantFrom(2, 10, 26, 36, 62, 256, 41_000, 65_535, 65_536),
);

describe('a batch agrees with the reference value by value', () => {
  test('for any radix, length, key size and tweak', () => {
    const tiers = new Set<string>();
    const cases = radix.chain((r) =>
      fc.record<Case>({
        radix: fc.constant(r),
        length: fc
          .integer({ min: minimumLength(r, MIN_DOMAIN_2016), max: Math.ceil(1200 / Math.log2(r)) })
          .map((length) => Math.max(length, minimumLength(r, MIN_DOMAIN_2016))),
        rows: fc.integer({ min: 1, max: 4 }),
        keyBytes,
        tweakLength: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 })),
        sharedTweak: fc.boolean(),
        seed,
      }),
    );
    fc.assert(
      fc.property(cases, (given) => {
        tiers.add(tierOf(ff1Domain(given.radix, given.length)));
        expect(differences(given)).toEqual([]);
      }),
      { numRuns: 120 },
    );
    expect(tiers).toEqual(new Set(['narrow', 'medium', 'wide', 'long']));
  });

  test('for short values, where a length is one or two numerals', () => {
    const cases = radix.chain((r) =>
      fc.record<Case>({
        radix: fc.constant(r),
        length: fc.integer({ min: 0, max: 6 }).map((more) => minimumLength(r, MIN_DOMAIN_2016) + more),
        rows: fc.integer({ min: 1, max: 20 }),
        keyBytes,
        tweakLength: fc.integer({ min: 0, max: 40 }),
        sharedTweak: fc.boolean(),
        seed,
      }),
    );
    fc.assert(
      fc.property(cases, (given) => {
        expect(differences(given)).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  test.each<[number, number, string, string]>([
    [2, 76, 'narrow', 'medium'],
    [10, 22, 'narrow', 'medium'],
    [62, 12, 'narrow', 'medium'],
    [65_536, 4, 'narrow', 'medium'],
    [2, 240, 'medium', 'wide'],
    [10, 72, 'medium', 'wide'],
    [62, 40, 'medium', 'wide'],
    [65_536, 8, 'medium', 'wide'],
    [2, 1024, 'wide', 'long'],
    [10, 308, 'wide', 'long'],
    [62, 170, 'wide', 'long'],
    [65_536, 64, 'wide', 'long'],
  ])('radix %d: %d numerals are %s, one more is %s', (r, length, tier, next) => {
    expect(tierOf(ff1Domain(r, length))).toBe(tier);
    expect(tierOf(ff1Domain(r, length + 1))).toBe(next);
    for (const at of [length - 1, length, length + 1, length + 2]) {
      expect(
        differences({ radix: r, length: at, rows: 4, keyBytes: 16, tweakLength: 3, sharedTweak: true, seed: at }),
      ).toEqual([]);
    }
  });

  const DOMAINS: readonly (readonly [string, number, number])[] = [
    ['narrow', 10, 9],
    ['narrow', 10, 22],
    ['medium', 62, 24],
    ['wide', 65_536, 13],
    ['wide', 62, 64],
    ['long', 2, 1030],
  ];
  test.each([
    ['narrow', 10, 9],
    ['medium', 62, 24],
    ['wide', 62, 64],
    ['long', 10, 400],
  ])('for a tweak of 65,535 bytes, shared or one each: %s', (_tier, r, length) => {
    for (const sharedTweak of [true, false]) {
      expect(
        differences({ radix: r, length, rows: 3, keyBytes: 24, tweakLength: 65_535, sharedTweak, seed: 5 }),
      ).toEqual([]);
    }
  });

  test.each([0, 1, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 26, 27, 31, 32, 33, 48, 100])(
    'for a tweak of %d bytes, wherever its padding ends',
    (tweakLength) => {
      for (const [, r, length] of DOMAINS) {
        expect(
          differences({ radix: r, length, rows: 2, keyBytes: 32, tweakLength, sharedTweak: false, seed: tweakLength }),
        ).toEqual([]);
      }
    },
  );
});

describe('agreement with @noble/ciphers', () => {
  test('for any radix up to 65,535', () => {
    let compared = 0;
    const cases = radix
      .filter((r) => r <= 65_535)
      .chain((r) =>
        fc.record({
          radix: fc.constant(r),
          length: fc.integer({ min: minimumLength(r, MIN_DOMAIN_2016), max: minimumLength(r) + 60 }),
          rows: fc.integer({ min: 1, max: 4 }),
          keyBytes,
          tweakLength: fc.integer({ min: 0, max: 40 }),
          sharedTweak: fc.boolean(),
          seed,
        }),
      );
    fc.assert(
      fc.property(cases, (given) => {
        const key = keyOf(given);
        const batch = batchOf(given);
        const plain = valuesOf(batch);
        new Ff1(key).encrypt(batch);
        const encrypted = valuesOf(batch);
        for (const [row, value] of plain.entries()) {
          const noble = FF1(given.radix, new Uint8Array(key), new Uint8Array(tweakOfRow(batch, row)));
          expect(noble.encrypt(value)).toEqual(encrypted[row]);
          expect(noble.decrypt(encrypted[row]!)).toEqual(value);
          compared++;
        }
      }),
      { numRuns: 120 },
    );
    expect(compared).toBeGreaterThan(150);
  });
});

describe('a batch', () => {
  test('gives the same results when it is cut anywhere', () => {
    const cases = fc.record({
      domain: fc.constantFrom<readonly [number, number]>([10, 9], [62, 24], [62, 64], [41_000, 13], [10, 330]),
      rows: fc.integer({ min: 2, max: 200 }),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      sharedTweak: fc.boolean(),
      seed,
    });
    fc.assert(
      fc.property(cases, ({ domain: [r, length], rows, cut, sharedTweak, seed: from }) => {
        const ff1 = new Ff1(seededBytes(from, 32));
        const given = { radix: r, length, rows, keyBytes: 32, tweakLength: 8, sharedTweak, seed: from };
        const whole = batchOf(given);
        const at = Math.floor(cut * rows);
        const parts = [
          [0, at],
          [at, rows],
        ].map(
          ([start, end]): Ff1Batch => ({
            ...whole,
            numerals: whole.numerals.slice(start! * length, end! * length),
            tweaks: sharedTweak ? whole.tweaks : whole.tweaks.slice(start! * 8, end! * 8),
          }),
        );
        ff1.encrypt(whole);
        for (const part of parts) if (part.numerals.length > 0) ff1.encrypt(part);
        expect(parts.flatMap(valuesOf)).toEqual(valuesOf(whole));
      }),
      { numRuns: 25 },
    );
  });

  test('changes neither its tweaks nor the buffer around it', () => {
    for (const length of [9, 40, 90, 330]) {
      const buffer = seededNumerals(length, 10, 5 * length);
      const before = buffer.slice();
      const tweaks = seededBytes('tweaks', 24);
      const numerals = buffer.subarray(length, 4 * length);
      new Ff1(seededBytes('key', 32)).encrypt({ radix: 10, length, numerals, tweaks, tweakLength: 8 });
      expect(buffer.subarray(0, length)).toEqual(before.subarray(0, length));
      expect(buffer.subarray(4 * length)).toEqual(before.subarray(4 * length));
      expect(numerals).not.toEqual(before.subarray(length, 4 * length));
      expect(tweaks).toEqual(seededBytes('tweaks', 24));
    }
  });
});
