import { describe, expect, test } from '@jest/globals';
import { Ff1, type Ff1Batch } from '../../../lib/crypto/ff1.ts';
import { type Ff1Domain, ff1Domain, MIN_DOMAIN_2016, minimumLength } from '../../../lib/crypto/ff1-domain.ts';
import { kernelShape, limbOf, MAX_WIDE_BYTES, shiftOf } from '../../../lib/crypto/ff1-kernel-shape.ts';
import { kernels, kernelsBy, type WebAssemblyApi } from '../../../lib/crypto/ff1-kernels.ts';
import { runLockstep } from '../../../lib/crypto/ff1-lockstep.ts';
import { LONG_MEMORY, longShape } from '../../../lib/crypto/ff1-long-shape.ts';
import { variableBlocks } from '../../../lib/crypto/ff1-prefix.ts';
import { fastestRounds, javascriptRounds, roundsOf } from '../../../lib/crypto/ff1-rounds.ts';
import { chaining } from '../../support/block-cipher.ts';
import { inBothEngines } from '../../support/both-engines.ts';
import { copyOf, mixedBatches, seededBytes, seededNumerals } from '../../support/ff1-batch.ts';

const RADICES = [2, 3, 4, 5, 9, 10, 16, 26, 36, 52, 62, 65, 95, 190, 255, 256, 257, 999, 4096, 20_000, 41_000, 50_000];
const LARGEST = [65_535, 65_536];
const KEY = seededBytes('kernels', 32);

/** Lengths of a radix, with some left out where there are many. */
function kernelDomains(radix: number): Ff1Domain[] {
  const domains: Ff1Domain[] = [];
  for (let length = minimumLength(radix, MIN_DOMAIN_2016); length <= 5504; length += stepFrom(length)) {
    domains.push(ff1Domain(radix, length));
  }
  return domains;
}

function stepFrom(length: number): number {
  if (length < 200) return 1;
  return length < 2000 ? 37 : 701;
}

/** The cipher answers with zeros, so that a round adds nothing, and keeps what it was asked for Q. */
function unchanged(domain: Ff1Domain, numerals: Uint16Array): { found: Uint16Array; right: bigint } {
  const asked: Buffer[] = [];
  const aes = chaining((blocks) => {
    asked.push(Buffer.from(blocks));
    return Buffer.alloc(blocks.length);
  });
  const found = numerals.slice();
  runLockstep(kernels()!, aes, [{ domain, numerals: found, base: Buffer.alloc(16) }], 1);
  const variable = variableBlocks(domain);
  const right = Buffer.concat(asked.slice(0, variable)).subarray(-domain.b).toString('hex');
  return { found, right: BigInt(`0x${right}`) };
}

/** The numerals of a value of `length` numerals whose halves are `half`, as far as they have room. */
const withHalves = ({ length, u }: Ff1Domain, half: (i: number, count: number) => number): Uint16Array =>
  Uint16Array.from({ length }, (_, i) => (i < u ? half(i, u) : half(i - u, length - u)));

const numberOf = (numerals: Uint16Array, radix: number): bigint =>
  numerals.reduce((sum, numeral) => sum * BigInt(radix) + BigInt(numeral), 0n);

describe('the constants of a domain', () => {
  test.each([...RADICES, ...LARGEST])('keep every sum of radix %d within its machine words', (radix) => {
    for (const domain of kernelDomains(radix)) {
      for (const numerals of [domain.u, domain.v]) {
        const modulus = BigInt(radix) ** BigInt(numerals);
        // z stays below 2^(shift + 2)·M, which the top word and the estimate of its quotient must hold.
        const shift = shiftOf(modulus, domain);
        expect(shift).toBeLessThanOrEqual(29n);
        const { kind } = kernelShape(domain);
        const fits = {
          narrow64: modulus <= 2n ** 32n,
          // What is left of y, and a half, in the 51 bits that a double divides exactly.
          narrow96: (modulus << (shift + 1n)) + modulus < 2n ** 51n,
          medium: modulus << (shift + 2n) < 2n ** 127n,
          // The leading words give the quotient of z with an error far below 2^-10.
          wide: modulus >> BigInt(32 * (Math.ceil(domain.b / 4) - 2)) > 2n ** 14n,
        };
        expect(fits[kind === 'long' ? 'wide' : kind]).toBe(true);
      }
    }
  });

  test.each([...RADICES, ...LARGEST])('give every numeral of a limb of radix %d', (radix) => {
    const { numerals, size, magic, bits } = limbOf(radix);
    expect(size).toBeLessThanOrEqual(2n ** 32n);
    expect(size).toBe(BigInt(radix) ** BigInt(numerals));
    const fraction = BigInt(64 - bits);
    const powers = Array.from({ length: numerals + 1 }, (_, i) => BigInt(radix) ** BigInt(i));
    // A numeral is wrong first just below a multiple of a power of the radix, and for the largest limbs.
    const limbs = powers.flatMap((power) => [0n, 1n, power - 1n, power, power + 1n, size - power, size - 1n]);
    for (const limb of limbs.filter((each) => each >= 0n && each < size)) {
      expect(limb * magic).toBeLessThan(1n << 64n);
      let rest = ((limb * magic) >> BigInt(bits)) + 1n;
      const written: bigint[] = [];
      for (let i = 0; i < numerals; i++) {
        expect(rest * BigInt(radix)).toBeLessThan(1n << 64n);
        written.push((rest * BigInt(radix)) >> fraction);
        rest = (rest * BigInt(radix)) & ((1n << fraction) - 1n);
      }
      expect(written).toEqual(
        powers
          .slice(0, -1)
          .toReversed()
          .map((power) => (limb / power) % BigInt(radix)),
      );
    }
  });

  test('call halves beyond 160 bytes long', () => {
    expect(kernelShape(ff1Domain(2, 16 * MAX_WIDE_BYTES))).toMatchObject({ kind: 'wide' });
    expect(kernelShape(ff1Domain(2, 16 * MAX_WIDE_BYTES + 1))).toMatchObject({ kind: 'long' });
  });

  test.each([...RADICES, ...LARGEST])('leave a unit of radix %d at least 32 bits in a leaf of a long half', (radix) => {
    for (const most of [1, 400, 2752]) {
      const shape = Buffer.from(longShape({ radix, ...limbOf(radix) }, most));
      const [height, , perLeaf] = [0, 4, 8].map((at) => shape.readUInt32LE(at));
      expect(BigInt(radix) ** BigInt(perLeaf!)).toBeLessThanOrEqual(1n << (2048n - 32n));
      expect(perLeaf! % limbOf(radix).numerals).toBe(0);
      expect(perLeaf! * 2 ** height!).toBeGreaterThanOrEqual(most);
      // The memory has room for 32 leaves.
      expect(height).toBeLessThanOrEqual(5);
    }
  });

  test('cut a limb as exact arithmetic does, for every radix', () => {
    const wrong: number[] = [];
    for (let radix = 2; radix <= 65_536; radix++) {
      const { numerals, size, bits } = limbOf(radix);
      const isExact = (limb: bigint): boolean => limb * limb + (limb << BigInt(bits)) <= 1n << 64n;
      if (!isExact(size) || isExact(size * BigInt(radix)) || size !== BigInt(radix) ** BigInt(numerals))
        wrong.push(radix);
    }
    expect(wrong).toEqual([]);
  });
});

describe('batches of several domains', () => {
  test.each([
    ['one value each', () => 1],
    ['a few values each', (i: number) => 1 + (i % 5)],
    ['none of some', (i: number) => i % 3],
  ])('come out as each does alone, in both engines: %s', (_what, rows) => {
    const plain = mixedBatches(rows);
    const { together, backTogether, alone, backAlone } = inBothEngines(KEY, plain);
    expect(together).toEqual(alone);
    expect(backTogether).toEqual(plain);
    expect(backAlone).toEqual(plain);
  });

  test('change nothing when one of them is refused', () => {
    const batches = mixedBatches(() => 3);
    const bad = { ...batches[4]!, numerals: Uint16Array.from(batches[4]!.numerals, () => 2) };
    const before = batches.map(copyOf);
    expect(() => new Ff1(KEY).encrypt([...batches, bad])).toThrow(expect.objectContaining({ code: 'FF1_NUMERAL' }));
    expect(batches).toEqual(before);
  });

  test('of one domain may have tweaks of several lengths', () => {
    const batches = [11, 40, 11, 0, 40].map((tweakLength, i): Ff1Batch => {
      const rows = 1 + (i % 3);
      const tweaks = seededBytes(`tweak ${i}`, tweakLength * rows);
      return { radix: 36, length: 20, numerals: seededNumerals(i, 36, 20 * rows), tweaks, tweakLength };
    });
    const together = batches.map(copyOf);
    const alone = batches.map(copyOf);
    const ff1 = new Ff1(KEY);
    // The engine keeps what it found for the last tweak length of a domain.
    ff1.encrypt(copyOf(batches[0]!));
    ff1.encrypt(together);
    for (const batch of alone) new Ff1(KEY, javascriptRounds).encrypt(batch);
    expect(together).toEqual(alone);
    ff1.decrypt(together);
    expect(together).toEqual(batches);
  });

  test('use the block of the last tweak again only for the same tweak', () => {
    const ff1 = new Ff1(KEY);
    const [batch] = mixedBatches(() => 4) as [Ff1Batch];
    for (const tweak of ['a', 'b', 'a']) {
      const given = { ...copyOf(batch), tweaks: seededBytes(tweak, 11) };
      const fresh = { ...copyOf(batch), tweaks: seededBytes(tweak, 11) };
      ff1.encrypt(given);
      new Ff1(KEY).encrypt(fresh);
      expect(given).toEqual(fresh);
    }
  });
});

describe('long halves', () => {
  const LONG: readonly (readonly [number, number])[] = [
    [2, 5504],
    [3, 1700],
    [10, 800],
    [10, 5504],
    [62, 460],
    [62, 4080],
    [255, 2200],
    [256, 2200],
    [41_000, 168],
    [41_000, 540],
    [41_000, 4080],
    [60_000, 4096],
    [65_536, 4095],
    [65_536, 5504],
  ];

  test.each(LONG)('of radix %d and length %d become numbers and come back', (radix, length) => {
    const domain = ff1Domain(radix, length);
    expect(kernelShape(domain).kind).toBe('long');
    const most = radix - 1;
    const seeded = seededNumerals(length, radix, length);
    // Where nodes meet, fractions come nearest to a whole number: runs of the least and the largest numeral of every length.
    const runs = [1, 2, 3, 5, 16, 64, 126, 127, 128, 252, 500].flatMap((run) => [
      withHalves(domain, (i, count) => ((count - 1 - i) % (2 * run) < run ? 0 : most)),
      withHalves(domain, (i, count) => ((count - 1 - i) % (2 * run) < run ? most : 0)),
    ]);
    const ends = [1, 2, 40, 125, 126, 127, 300].flatMap((at) => [
      withHalves(domain, (i, count) => (count - 1 - i === at ? 1 : 0)),
      withHalves(domain, (i, count) => (count - 1 - i < at ? most : 0)),
    ]);
    for (const numerals of [
      seeded,
      new Uint16Array(length),
      new Uint16Array(length).fill(most),
      withHalves(domain, (i, count) => (i === count - 1 ? 1 : 0)),
      ...runs,
      ...ends,
    ]) {
      const { found, right } = unchanged(domain, numerals);
      expect(found).toEqual(numerals);
      expect(right === numberOf(numerals.subarray(domain.u), radix)).toBe(true);
    }
  });

  test('give what JavaScript gives, a row of each length of a radix', () => {
    const batches = [330, 331, 660, 1000, 1321, 1322, 2643, 2644, 4096, 5504].map((length, i): Ff1Batch => {
      const numerals = seededNumerals(i, 62, length);
      return { radix: 62, length, numerals, tweaks: seededBytes(`tweak ${i}`, 8), tweakLength: 8 };
    });
    const { together, backTogether, alone } = inBothEngines(KEY, batches);
    expect(together).toEqual(alone);
    expect(backTogether).toEqual(batches);
  });
});

describe('the memory of the kernels', () => {
  test('holds nothing of a call after it', () => {
    // Behind the constants lies nothing that depends on values: roots of one, and powers of radices.
    const bytes = kernels()!.bytes.subarray(0, LONG_MEMORY.constants);
    const batches = mixedBatches(() => 9);
    new Ff1(KEY).encrypt(batches);
    expect(bytes.some((byte) => byte !== 0)).toBe(false);
    new Ff1(KEY).decrypt(batches);
    expect(bytes.some((byte) => byte !== 0)).toBe(false);
    expect(() => new Ff1(KEY).encrypt({ ...batches[1]!, numerals: new Uint16Array(64).fill(62) })).toThrow(
      'Every numeral',
    );
    expect(bytes.some((byte) => byte !== 0)).toBe(false);
  });

  test('holds the same constants of long halves whatever their values', () => {
    const constants = kernels()!.bytes.subarray(LONG_MEMORY.constants);
    const [one, other] = [1, 2].map((seed) => {
      const numerals = seededNumerals(seed, 62, 4080);
      new Ff1(KEY).encrypt({ radix: 62, length: 4080, numerals, tweaks: new Uint8Array(0), tweakLength: 0 });
      return constants.slice();
    });
    expect(one!.some((byte) => byte !== 0)).toBe(true);
    expect(other).toEqual(one);
  });
});

describe('the kernels', () => {
  test('are made where Node has WebAssembly with vectors', () => {
    expect(kernels()).toBeDefined();
    expect(fastestRounds()).not.toBe(javascriptRounds);
  });

  test('are not made without WebAssembly, or where its vectors are unknown', () => {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
    expect(kernelsBy(undefined)).toBeUndefined();
    const { CompileError, Instance } = WebAssembly;
    const failing = (error: Error): WebAssemblyApi => {
      const fail = function (): never {
        throw error;
      };
      return { CompileError, Instance, Module: fail as never };
    };
    expect(kernelsBy(failing(new CompileError()))).toBeUndefined();
    expect(() => kernelsBy(failing(new RangeError('no memory')))).toThrow('no memory');
    expect(roundsOf(undefined)).toBe(javascriptRounds);
  });
});
