// The constants of FF1 that depend only on radix and length: SP 800-38G, algorithm 7, steps 1, 3 and 4.

import { ProtectorError } from '../base/errors.ts';

/**
 * FF1 does not take these parameters or numerals. A bug in the caller. The message names the limit, never a numeral.
 */
export class Ff1Error extends ProtectorError<
  'FF1_RADIX' | 'FF1_LENGTH' | 'FF1_DOMAIN_TOO_SMALL' | 'FF1_TWEAK' | 'FF1_NUMERAL'
> {}

/** The longest numeral string: 4,096 bytes in radix 62, the longest token. */
export const MAX_LENGTH = 5504;
export const MAX_TWEAK_BYTES = 65_535;

/** SP 800-38G Rev. 1 (second public draft): radix^minlen ≥ 1,000,000. */
export const MIN_DOMAIN = 1_000_000;
/** SP 800-38G (2016), section 5.1: radix^minlen ≥ 100. */
export const MIN_DOMAIN_2016 = 100;

/** The largest half that is kept as one double, for which y mod M is exact in doubles (see ff1-narrow.ts). */
const NARROW_LIMIT = 2 ** 38;

/** FF1's constants for numeral strings of one `length` over one `radix`, by their names in SP 800-38G. */
export interface Ff1Domain {
  readonly radix: number;
  readonly length: number;
  /** Step 1: numerals in the left half, u = ⌊n/2⌋, and in the right half, v = n − u. */
  readonly u: number;
  readonly v: number;
  /** Step 3: bytes of NUM of a half, b = ⌈⌈v·log2(radix)⌉/8⌉. Step 4: bytes of S, d = 4⌈b/4⌉ + 4. */
  readonly b: number;
  readonly d: number;
  /** radix^u and radix^v if both are at most 2^38, else 0: the halves are then kept in limbs. */
  readonly leftSize: number;
  readonly rightSize: number;
}

/**
 * Returns the least length whose domain reaches `minimum` (at most 2^53), such as 6 for radix 10 and a million. At
 * least 2, because FF1 needs two halves. Throws `Ff1Error` for a radix below 2, whose domains never grow.
 */
export function minimumLength(radix: number, minimum: number = MIN_DOMAIN): number {
  checkRadix(radix);
  let length = 1;
  for (let size = radix; size < minimum; size *= radix) length++;
  return Math.max(2, length);
}

/**
 * Elements have a few hundred domains; those of `unicode-script` depend on the values. Half a million would fit a batch, and
 * each may have tables.
 */
const MAX_KEPT = 4096;

const domains = new Map<number, Ff1Domain>();

/**
 * Returns the domain of `length` numerals of `radix`, computed once while it is in use. Throws `Ff1Error`: `FF1_RADIX` outside 2 to
 * 65,536, `FF1_LENGTH` outside 2 to 5,504.
 */
export function ff1Domain(radix: number, length: number): Ff1Domain {
  checkDomain(radix, length);
  const key = radix * (MAX_LENGTH + 1) + length;
  let domain = domains.get(key);
  if (domain === undefined) {
    domain = computeDomain(radix, length);
    if (domains.size >= MAX_KEPT) domains.clear();
    domains.set(key, domain);
  }
  return domain;
}

function checkRadix(radix: number): void {
  if (!Number.isInteger(radix) || radix < 2 || radix > 65_536) {
    throw new Ff1Error('FF1_RADIX', 'The radix must be a whole number from 2 to 65,536');
  }
}

function checkDomain(radix: number, length: number): void {
  checkRadix(radix);
  if (!Number.isInteger(length) || length < 2 || length > MAX_LENGTH) {
    throw new Ff1Error('FF1_LENGTH', `A numeral string must have 2 to ${MAX_LENGTH} numerals`);
  }
}

function computeDomain(radix: number, length: number): Ff1Domain {
  const u = Math.floor(length / 2);
  const v = length - u;
  const rightSize = radix ** v;
  const narrow = rightSize <= NARROW_LIMIT;
  const b = narrow ? byteLength(rightSize - 1) : wideByteLength(radix, v);
  return {
    radix,
    length,
    u,
    v,
    b,
    d: 4 * Math.ceil(b / 4) + 4,
    leftSize: narrow ? radix ** u : 0,
    rightSize: narrow ? rightSize : 0,
  };
}

function byteLength(value: number): number {
  let bytes = 1;
  while (value >= 256 ** bytes) bytes++;
  return bytes;
}

/** Returns the byte length of radix^v − 1 where a double cannot hold it. */
function wideByteLength(radix: number, v: number): number {
  const bytes = (v * Math.log2(radix)) / 8;
  // The logarithm is exact to 10^-10.
  if (Math.abs(bytes - Math.round(bytes)) > 1e-6) return Math.ceil(bytes);
  return Math.ceil((BigInt(radix) ** BigInt(v) - 1n).toString(16).length / 2);
}
