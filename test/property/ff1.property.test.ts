import { describe, expect, test } from '@jest/globals';
import { FF1 } from '@noble/ciphers/ff1.js';
import * as fc from 'fast-check';
import { Ff1, type Ff1Batch } from '../../lib/crypto/ff1.ts';
import { ff1Domain, MAX_LENGTH, MIN_DOMAIN_2016, minimumLength } from '../../lib/crypto/ff1-domain.ts';
import { seededBytes, seededNumerals, tierOf, tweakOfRow, valuesOf } from '../support/ff1-batch.ts';
import * as reference from '../support/ff1-reference.ts';

interface Case {
  readonly radix: number;
  readonly length: number;
  readonly rows: number;
  readonly keyBytes: number;
  readonly tweakLength: number;
  readonly sharedTweak: boolean;
  readonly seed: number;
}

function batchOf({ radix, length, rows, tweakLength, sharedTweak, seed }: Case): Ff1Batch {
  return {
    radix,
    length,
    numerals: seededNumerals(seed, radix, rows * length),
    tweaks: seededBytes(`tweaks ${seed}`, tweakLength * (sharedTweak ? 1 : rows)),
    tweakLength,
    acceptSmallDomain: true,
  };
}

const keyOf = ({ keyBytes, seed }: Pick<Case, 'keyBytes' | 'seed'>): Buffer => seededBytes(`key ${seed}`, keyBytes);

/**
 * Encrypts and decrypts a case as a batch and says where that is not what the reference gives for the rows `compared`,
 * or where decryption is not the inverse.
 */
function differences(given: Case, compared: readonly number[] = [...new Array(given.rows).keys()]): object[] {
  const key = keyOf(given);
  const ff1 = new Ff1(key);
  const aes = reference.aes(key);
  const { radix, length, rows } = given;
  const batch = batchOf(given);
  const plain = batch.numerals.slice();
  ff1.encrypt(batch);
  const encrypted = batch.numerals.slice();
  ff1.decrypt(batch);
  const found: object[] = [];
  if (!bytesOf(batch.numerals).equals(bytesOf(plain))) found.push({ radix, length, rows, inverse: false });
  ff1.decrypt(batch);
  for (const row of compared) {
    const tweak = tweakOfRow(batch, row);
    const rowOf = (numerals: Uint16Array): number[] => [...numerals.subarray(row * length, (row + 1) * length)];
    const value = rowOf(plain);
    const right =
      rowOf(encrypted).join(' ') === reference.encrypt(aes, radix, tweak, value).join(' ') &&
      rowOf(batch.numerals).join(' ') === reference.decrypt(aes, radix, tweak, value).join(' ');
    if (!right) found.push({ radix, length, rows, row });
  }
  return found;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

const keyBytes = fc.constantFrom(16, 24, 32);
const seed = fc.nat();
/** Every size of radix as often as any other. */
const radix = fc.oneof(
  fc.integer({ min: 1, max: 16 }).chain((bits) => fc.integer({ min: 2 ** (bits - 1) + 1, max: 2 ** bits })),
  fc.constantFrom(2, 10, 26, 36, 62, 256, 41_000, 65_535, 65_536),
);

/** The least length whose right half has more than `limit` values. */
function lengthBeyond(radixOf: number, limit: bigint): number {
  let length = 2;
  while (BigInt(radixOf) ** BigInt(Math.ceil(length / 2)) <= limit) length++;
  return length;
}

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

  test.each([2, 10, 62, 65_536])('for values up to the largest: radix %d', (r) => {
    for (const length of [1000, 4095, MAX_LENGTH]) {
      expect(
        differences({ radix: r, length, rows: 2, keyBytes: 32, tweakLength: 9, sharedTweak: false, seed: length }, [1]),
      ).toEqual([]);
    }
  });
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
