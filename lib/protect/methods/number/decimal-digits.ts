// Converts digit strings between base 10 and the base 9 of decimal tokens, whose digits are written 1 to 9 (§4.6).
//
// Numbers are limbs of eight digits, least significant first. Five limbs hold 38 decimal or 40 base-9 digits. In the
// division limb by limb, a remainder below 10^8 times the size of a limb stays below 2^53.

const LIMB_DIGITS = 8;
const MAX_LIMBS = 5;

/** The largest number of decimal digits of a value, as in the schema. */
const MAX_DECIMAL_DIGITS = 38;

/** Returns the number of token digits for n = `digits` decimal digits: the least m with 9^m ≥ 10^n. */
export function tokenDigits(digits: number): number {
  return digits <= 20 ? digits + 1 : digits + 2;
}

/**
 * Returns the number of decimal digits for a token length, the inverse of `tokenDigits`; 0 for a length that no token
 * has.
 */
export function valueDigits(tokenLength: number): number {
  if (tokenLength === 22 || tokenLength > MAX_DECIMAL_DIGITS + 2) return 0;
  return tokenLength < 22 ? tokenLength - 1 : tokenLength - 2;
}

const source = new Float64Array(MAX_LIMBS);
const target = new Float64Array(MAX_LIMBS);

/** Rows of `length` numerals of one base, at most 40, most significant first. */
interface NumeralRows {
  readonly numerals: Uint16Array;
  readonly length: number;
  readonly base: 9 | 10;
}

/**
 * Converts one row of `from` into the same row of `to`. Returns false if the number needs more digits; the row is then
 * undefined.
 */
export function convertBase(from: NumeralRows, to: NumeralRows, row: number): boolean {
  let limbs = readLimbs(from, row * from.length);
  const fromSize = from.base ** LIMB_DIGITS;
  const toSize = to.base ** LIMB_DIGITS;
  let count = 0;
  while (limbs > 0) {
    if (count === MAX_LIMBS) return false;
    let rest = 0;
    for (let i = limbs - 1; i >= 0; i--) {
      const dividend = rest * fromSize + source[i]!;
      const quotient = Math.floor(dividend / toSize);
      rest = dividend - quotient * toSize;
      source[i] = quotient;
    }
    target[count++] = rest;
    while (limbs > 0 && source[limbs - 1] === 0) limbs--;
  }
  target.fill(0, count);
  return writeLimbs(to, row * to.length);
}

/** Fills `source` and returns the number of limbs, zeros at the top included. */
function readLimbs({ numerals, length, base }: NumeralRows, at: number): number {
  let limbs = 0;
  for (let end = at + length; end > at; end -= LIMB_DIGITS) {
    let limb = 0;
    for (let i = Math.max(at, end - LIMB_DIGITS); i < end; i++) limb = limb * base + numerals[i]!;
    source[limbs++] = limb;
  }
  return limbs;
}

/** Writes `target` as numerals. Returns false if the number does not fit. */
function writeLimbs({ numerals, length, base }: NumeralRows, at: number): boolean {
  let end = at + length;
  let left = 0;
  for (let limb = 0; limb < MAX_LIMBS; limb++) {
    left = target[limb]!;
    const first = Math.max(at, end - LIMB_DIGITS);
    for (let i = end - 1; i >= first; i--) {
      const quotient = Math.floor(left / base);
      numerals[i] = left - quotient * base;
      left = quotient;
    }
    if (left > 0) return false;
    end = first;
  }
  return true;
}
