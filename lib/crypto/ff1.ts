// FF1 format-preserving encryption: NIST SP 800-38G (2016), algorithms 7 (encrypt) and 8 (decrypt). The code is
// batch-sliced: round i runs for all values of all batches before round i + 1, so that a round takes one call of the block
// cipher.

import { aesBlocks, type BlockCipher } from './aes-blocks.ts';
import {
  type Ff1Domain,
  Ff1Error,
  ff1Domain,
  MAX_TWEAK_BYTES,
  MIN_DOMAIN,
  MIN_DOMAIN_2016,
  minimumLength,
} from './ff1-domain.ts';
import type { Ff1Group } from './ff1-lockstep.ts';
import { RoundBases } from './ff1-prefix.ts';
import { distinctValues } from './ff1-repeats.ts';
import { fastestRounds, type Ff1Rounds } from './ff1-rounds.ts';

/** A batch of numeral strings of one length over one radix. */
export interface Ff1Batch {
  /** 2 to 65,536. */
  readonly radix: number;
  /** Numerals of each value, 2 to 5,504 (`MAX_LENGTH`). */
  readonly length: number;
  /** The values row after row, `length` numerals each, most significant first, replaced in place. */
  readonly numerals: Uint16Array;
  /** One tweak of `tweakLength` bytes (0 to 65,535) for all values, or one for each value, row after row. */
  readonly tweaks: Uint8Array;
  readonly tweakLength: number;
  /**
   * Accepts domains below the 1,000,000 of SP 800-38G Rev. 1, down to the 100 of the 2016 edition. A caller who may
   * encrypt can write down the whole codebook of such a domain.
   */
  readonly acceptSmallDomain?: boolean;
}

/**
 * FF1 under one AES key. A call is synchronous and keeps no value. Calls must not nest. Batches of one call go through the
 * rounds together, whatever their radix and length, and must not share numerals.
 */
export class Ff1 {
  readonly #aes: BlockCipher;
  readonly #bases: RoundBases;
  readonly #rounds: Ff1Rounds;

  /**
   * `key`: 16, 24 or 32 bytes; it is copied into the cipher. Throws `AesKeyError`.
   *
   * @param rounds - @default the fastest ones of this machine
   */
  constructor(key: Uint8Array, rounds: Ff1Rounds = fastestRounds()) {
    this.#aes = aesBlocks(key);
    this.#bases = new RoundBases(this.#aes);
    this.#rounds = rounds;
  }

  /** Replaces each value of the batches by its ciphertext. Throws `Ff1Error` before anything is changed. */
  encrypt(batches: Ff1Batch | readonly Ff1Batch[]): void {
    this.#run(batches, 1);
  }

  /** Replaces each value of the batches by its plaintext. Throws `Ff1Error` before anything is changed. */
  decrypt(batches: Ff1Batch | readonly Ff1Batch[]): void {
    this.#run(batches, -1);
  }

  #run(batches: Ff1Batch | readonly Ff1Batch[], sign: 1 | -1): void {
    const all = 'numerals' in batches ? [batches] : batches;
    for (const batch of all) check(batch, this.#rounds);
    const copiers: (() => void)[] = [];
    const values = all.filter(({ numerals }) => numerals.length > 0).map((batch) => valuesOf(batch, copiers));
    const bases = this.#bases.of(values);
    const groups = values.map(({ domain, numerals }, i): Ff1Group => ({ domain, numerals, base: bases[i]! }));
    if (groups.length > 0) this.#rounds.run(this.#aes, groups, sign);
    for (const copyBack of copiers) copyBack();
  }
}

/** Returns the values that go through the rounds. Adds to `copiers` what brings them back to repeated ones. */
function valuesOf(given: Ff1Batch, copiers: (() => void)[]): Values {
  const distinct = distinctValues(given);
  if (distinct !== undefined) copiers.push(distinct.copyBack);
  const { radix, length, tweakLength } = given;
  const { numerals, tweaks } = distinct ?? given;
  return { domain: ff1Domain(radix, length), numerals, tweaks, tweakLength };
}

/** Values of one domain with their tweaks. */
interface Values {
  readonly domain: Ff1Domain;
  readonly numerals: Uint16Array;
  readonly tweaks: Uint8Array;
  readonly tweakLength: number;
}

/** Checks a batch against FF1's limits. */
function check(batch: Ff1Batch, { allBelow }: Ff1Rounds): void {
  const { radix, length, numerals, tweaks, tweakLength } = batch;
  ff1Domain(radix, length);
  const minimum = batch.acceptSmallDomain === true ? MIN_DOMAIN_2016 : MIN_DOMAIN;
  if (length < minimumLength(radix, minimum)) {
    throw new Ff1Error('FF1_DOMAIN_TOO_SMALL', `FF1 needs radix^length ≥ ${minimum}: radix ${radix}, length ${length}`);
  }
  if (numerals.length % length !== 0) {
    throw new Ff1Error('FF1_LENGTH', 'The numerals must be a whole number of values');
  }
  if (!Number.isInteger(tweakLength) || tweakLength < 0 || tweakLength > MAX_TWEAK_BYTES) {
    throw new Ff1Error('FF1_TWEAK', `A tweak must have 0 to ${MAX_TWEAK_BYTES} bytes`);
  }
  const rows = numerals.length / length;
  if (tweaks.length !== tweakLength && tweaks.length !== rows * tweakLength) {
    throw new Ff1Error('FF1_TWEAK', 'There must be one tweak for all values or one for each');
  }
  if (!allBelow(numerals, radix)) throw new Ff1Error('FF1_NUMERAL', `Every numeral must be below the radix, ${radix}`);
}

/**
 * Encrypts one value: `key` 16, 24 or 32 bytes, `radix` 2 to 65,536, `tweak` 0 to 65,535 bytes, 2 to 5,504 `numerals`
 * below the radix. Enforces only the limits of the 2016 edition (radix^length ≥ 100), so that published vectors run.
 * Methods use `Ff1`. Throws `Ff1Error` or `AesKeyError`.
 *
 *     encryptNumerals(key, 10, new Uint8Array(0), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
 */
export function encryptNumerals(
  key: Uint8Array,
  radix: number,
  tweak: Uint8Array,
  numerals: readonly number[],
): number[] {
  const batch = single(radix, tweak, numerals);
  new Ff1(key).encrypt(batch);
  return Array.from(batch.numerals);
}

/** Decrypts one value: the inverse of `encryptNumerals`, with the same arguments and limits. */
export function decryptNumerals(
  key: Uint8Array,
  radix: number,
  tweak: Uint8Array,
  numerals: readonly number[],
): number[] {
  const batch = single(radix, tweak, numerals);
  new Ff1(key).decrypt(batch);
  return Array.from(batch.numerals);
}

function single(radix: number, tweak: Uint8Array, numerals: readonly number[]): Ff1Batch {
  for (const numeral of numerals) {
    // Checked first: 16-bit storage would wrap the numeral.
    if (!Number.isInteger(numeral) || numeral < 0 || numeral >= radix) {
      throw new Ff1Error('FF1_NUMERAL', `Every numeral must be a whole number below the radix, ${radix}`);
    }
  }
  return {
    radix,
    length: numerals.length,
    numerals: Uint16Array.from(numerals),
    tweaks: tweak,
    tweakLength: tweak.length,
    acceptSmallDomain: true,
  };
}
