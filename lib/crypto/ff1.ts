// FF1 format-preserving encryption: NIST SP 800-38G (2016), algorithms 7 (encrypt) and 8 (decrypt). The code is
// batch-sliced: round i runs for all values of a batch before round i + 1, so that a round takes one call of the block
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
import { runLong } from './ff1-long.ts';
import { isMedium, runMedium } from './ff1-medium.ts';
import { runNarrow } from './ff1-narrow.ts';
import { roundBase } from './ff1-prefix.ts';
import { runWide } from './ff1-wide.ts';

/** Slicing pays off for halves of up to 512 bits, at least 64 characters of any alphabet. */
const WIDE_BYTES = 64;

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

/** FF1 under one AES key. A call is synchronous and keeps no state. Calls must not nest. */
export class Ff1 {
  readonly #aes: BlockCipher;

  /** `key`: 16, 24 or 32 bytes; it is copied into the cipher. Throws `AesKeyError`. */
  constructor(key: Uint8Array) {
    this.#aes = aesBlocks(key);
  }

  /** Replaces each value of the batch by its ciphertext. Throws `Ff1Error` before anything is changed. */
  encrypt(batch: Ff1Batch): void {
    this.#run(batch, 1);
  }

  /** Replaces each value of the batch by its plaintext. Throws `Ff1Error` before anything is changed. */
  decrypt(batch: Ff1Batch): void {
    this.#run(batch, -1);
  }

  #run(batch: Ff1Batch, sign: 1 | -1): void {
    const domain = ff1Domain(batch.radix, batch.length);
    const tweakRows = check(batch);
    if (batch.numerals.length === 0) return;
    const base = roundBase(this.#aes, domain, batch.tweaks, batch.tweakLength, tweakRows);
    runnerOf(domain)(this.#aes, domain, batch.numerals, base, sign);
  }
}

/** Picks the rounds by the size of a half. All of them give the same result, those for smaller halves faster. */
export function runnerOf(domain: Ff1Domain): typeof runNarrow {
  if (domain.rightSize > 0) return runNarrow;
  if (isMedium(domain)) return runMedium;
  return domain.b <= WIDE_BYTES ? runWide : runLong;
}

/** Checks the batch against FF1's limits and returns the number of its tweaks: 1, or one for each value. */
function check(batch: Ff1Batch): number {
  const { radix, length, numerals, tweaks, tweakLength } = batch;
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
  const shared = tweaks.length === tweakLength;
  if (!shared && tweaks.length !== rows * tweakLength) {
    throw new Ff1Error('FF1_TWEAK', 'There must be one tweak for all values or one for each');
  }
  if (!allBelow(numerals, radix)) throw new Ff1Error('FF1_NUMERAL', `Every numeral must be below the radix, ${radix}`);
  return shared ? 1 : rows;
}

/** Checks four numerals at a time, because one at a time takes a tenth of the time of short values. */
function allBelow(numerals: Uint16Array, radix: number): boolean {
  const most = radix - 1;
  let sign = 0;
  let i = 0;
  for (; i + 4 <= numerals.length; i += 4) {
    sign |= (most - numerals[i]!) | (most - numerals[i + 1]!) | (most - numerals[i + 2]!) | (most - numerals[i + 3]!);
  }
  for (; i < numerals.length; i++) sign |= most - numerals[i]!;
  return sign >= 0;
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
