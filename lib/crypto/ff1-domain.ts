// The constants of FF1 that depend on radix and length alone: SP 800-38G, algorithm 7, steps 1, 3 and 4.

import { ProtectorError } from '../base/errors.ts';

/** Parameters or numerals FF1 does not take. The message names the limit, never a numeral. */
export class Ff1Error extends ProtectorError<
  'FF1_RADIX' | 'FF1_LENGTH' | 'FF1_DOMAIN_TOO_SMALL' | 'FF1_TWEAK' | 'FF1_NUMERAL'
> {}

/** What 4,096 bytes need in radix 62, the longest strings that a token is made of. */
export const MAX_LENGTH = 5504;
export const MAX_TWEAK_BYTES = 65_535;

/** SP 800-38G Rev. 1 (second public draft): radix^minlen ≥ 1,000,000. */
export const MIN_DOMAIN = 1_000_000;
/** SP 800-38G (2016), section 5.1: radix^minlen ≥ 100. */
export const MIN_DOMAIN_2016 = 100;

/** Halves up to this size are one double each, and y mod M is exact in doubles (see ff1-narrow.ts). */
const NARROW_LIMIT = 2 ** 38;

/** FF1's derived sizes for numeral strings of one `length` over one `radix`. */
export interface Ff1Domain {
  readonly radix: number;
  readonly length: number;
  /** Numerals in the left half, ⌊n/2⌋, and in the right half. */
  readonly u: number;
  readonly v: number;
  /** Bytes of NUM of a half, and bytes of S. */
  readonly b: number;
  readonly d: number;
  /** radix^u and radix^v when both are at most 2^38, else 0: then the halves are kept in limbs. */
  readonly leftSize: number;
  readonly rightSize: number;
}

/** Least length whose domain reaches `minimum` (≤ 2^53): 6 for radix 10 and a million. At least 2, as FF1 needs two halves. */
export function minimumLength(radix: number, minimum: number = MIN_DOMAIN): number {
  let length = 1;
  for (let size = radix; size < minimum; size *= radix) length++;
  return Math.max(2, length);
}

const domains = new Map<number, Ff1Domain>();

/** The domain of `length` numerals of `radix`, computed once. Throws `Ff1Error` for what FF1 does not define or we do not take. */
export function ff1Domain(radix: number, length: number): Ff1Domain {
  checkDomain(radix, length);
  const key = radix * (MAX_LENGTH + 1) + length;
  let domain = domains.get(key);
  if (domain === undefined) {
    domain = computeDomain(radix, length);
    domains.set(key, domain);
  }
  return domain;
}

function checkDomain(radix: number, length: number): void {
  if (!Number.isInteger(radix) || radix < 2 || radix > 65_536) {
    throw new Ff1Error('FF1_RADIX', 'The radix must be a whole number from 2 to 65,536');
  }
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

/** Byte length of radix^v − 1 beyond what a double holds; once per domain, so BigInt may serve. */
function wideByteLength(radix: number, v: number): number {
  return Math.ceil((BigInt(radix) ** BigInt(v) - 1n).toString(16).length / 2);
}
