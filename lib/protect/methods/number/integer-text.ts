// Converts signed integers of 2, 4 or 8 bytes between decimal text and the big-endian bytes of x + 2^(bits−1).
//
// Two doubles hold 64 bits, `high` · 2^16 + `low` with low < 2^16. Decimal text is a · 10^9 + b with a < 2^34, so every
// product below stays under 2^53.

const ZERO = 0x30;
const MINUS = 0x2d;
const WORD = 65_536;
const BILLION = 1e9;
/** The number of digits of 2^63. */
const MAX_DIGITS = 19;

export type IntegerSize = 2 | 4 | 8;

/** 2^(bits−1) as `high` and `low`. */
const BIAS: Record<IntegerSize, readonly [number, number]> = { 2: [0, 2 ** 15], 4: [2 ** 15, 0], 8: [2 ** 47, 0] };

/** Why a text is no integer of the size: it is no integer, or out of range. */
type IntegerFault = 'form' | 'range';

/**
 * Parses the integer in `units[from … to]` and writes it as `size` bytes to `bytes[at …]`. The form is that of text
 * conversion: an optional `-`, then digits without leading zeros; not `-0`. Returns what is wrong with any other text.
 */
export function readInteger(
  units: Uint16Array,
  from: number,
  to: number,
  size: IntegerSize,
  bytes: Uint16Array,
  at: number,
): IntegerFault | undefined {
  const negative = units[from] === MINUS;
  const first = negative ? from + 1 : from;
  if (!isCanonical(units, first, to, negative)) return 'form';
  if (to - first > MAX_DIGITS) return 'range';
  const split = Math.max(first, to - 9);
  const a = readDigits(units, first, split);
  const b = readDigits(units, split, to);
  const aHigh = Math.floor(a / WORD);
  const lowProduct = (a - aHigh * WORD) * BILLION + b;
  const carry = Math.floor(lowProduct / WORD);
  const high = aHigh * BILLION + carry;
  const low = lowProduct - carry * WORD;
  const [biasHigh, biasLow] = BIAS[size];
  return negative
    ? writeBiased(biasHigh - high, biasLow - low, size, bytes, at)
    : writeBiased(biasHigh + high, biasLow + low, size, bytes, at);
}

function isCanonical(units: Uint16Array, first: number, to: number, negative: boolean): boolean {
  if (to === first) return false;
  for (let i = first; i < to; i++) if ((units[i]! - ZERO) >>> 0 > 9) return false;
  return units[first] !== ZERO || (to - first === 1 && !negative);
}

function readDigits(units: Uint16Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + units[i]! - ZERO;
  return value;
}

/** Writes a biased integer. `low` may lie up to a word above or below its range. */
function writeBiased(
  high: number,
  low: number,
  size: IntegerSize,
  bytes: Uint16Array,
  at: number,
): IntegerFault | undefined {
  const carry = Math.floor(low / WORD);
  let top = high + carry;
  const word = low - carry * WORD;
  if (top < 0 || top >= 256 ** (size - 2)) return 'range';
  bytes[at + size - 1] = word & 255;
  bytes[at + size - 2] = word >>> 8;
  for (let i = at + size - 3; i >= at; i--) {
    const rest = Math.floor(top / 256);
    bytes[i] = top - rest * 256;
    top = rest;
  }
  return undefined;
}

/** The largest number of units that `writeInteger` writes. */
export const MAX_INTEGER_UNITS = 20;

/** Writes the integer of `size` bytes at `bytes[at …]` as text to `units[to …]` and returns the end of the text. */
export function writeInteger(
  bytes: Uint16Array,
  at: number,
  size: IntegerSize,
  units: Uint16Array,
  to: number,
): number {
  let high = 0;
  for (let i = at; i < at + size - 2; i++) high = high * 256 + bytes[i]!;
  let low = bytes[at + size - 2]! * 256 + bytes[at + size - 1]!;
  const [biasHigh, biasLow] = BIAS[size];
  high -= biasHigh;
  low -= biasLow;
  const negative = high * WORD + low < 0;
  if (negative) {
    units[to] = MINUS;
    high = -high;
    low = -low;
  }
  return writeMagnitude(high, low, units, negative ? to + 1 : to);
}

/** Writes a magnitude. `low` may be negative: the quotients round down, so the digits come out right. */
function writeMagnitude(high: number, low: number, units: Uint16Array, to: number): number {
  const qHigh = Math.floor(high / BILLION);
  const rest = (high - qHigh * BILLION) * WORD + low;
  const qLow = Math.floor(rest / BILLION);
  const a = qHigh * WORD + qLow;
  const b = rest - qLow * BILLION;
  if (a === 0) return writeDigits(b, digitCount(b), units, to);
  return writeDigits(b, 9, units, writeDigits(a, digitCount(a), units, to));
}

function digitCount(value: number): number {
  let count = 1;
  for (let power = 10; value >= power; power *= 10) count++;
  return count;
}

function writeDigits(value: number, digits: number, units: Uint16Array, to: number): number {
  let left = value;
  for (let i = to + digits - 1; i >= to; i--) {
    const quotient = Math.floor(left / 10);
    units[i] = ZERO + left - quotient * 10;
    left = quotient;
  }
  return to + digits;
}
