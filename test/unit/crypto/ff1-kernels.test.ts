import { describe, expect, test } from '@jest/globals';
import { Ff1, type Ff1Batch } from '../../../lib/crypto/ff1.ts';
import { type Ff1Domain, ff1Domain, MIN_DOMAIN_2016, minimumLength } from '../../../lib/crypto/ff1-domain.ts';
import { kernelShape, limbOf, MAX_WIDE_BYTES, shiftOf } from '../../../lib/crypto/ff1-kernel-shape.ts';
import { kernels, kernelsBy, type WebAssemblyApi } from '../../../lib/crypto/ff1-kernels.ts';
import { fastestRounds, javascriptRounds, roundsOf } from '../../../lib/crypto/ff1-rounds.ts';
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

  test('leave the numerals of halves beyond 256 bytes to the host', () => {
    expect(kernelShape(ff1Domain(2, 16 * MAX_WIDE_BYTES))).toMatchObject({ kind: 'wide', chunks: undefined });
    expect(kernelShape(ff1Domain(2, 16 * MAX_WIDE_BYTES + 1))).toMatchObject({ kind: 'long', chunks: { radix: 2 } });
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

describe('the memory of the kernels', () => {
  test('holds nothing of a call after it', () => {
    const { bytes } = kernels()!;
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
});

describe('the kernels', () => {
  test('are made where Node has WebAssembly with vectors', () => {
    expect(kernels()).toBeDefined();
    expect(fastestRounds()).not.toBe(javascriptRounds);
  });

  test('are not made without WebAssembly, or where its vectors are unknown', () => {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
    expect(kernelsBy(undefined)).toBeUndefined();
    expect(kernelsBy({ ...WebAssembly, validate: () => false })).toBeUndefined();
    expect(roundsOf(undefined)).toBe(javascriptRounds);
  });
});
