// Byte strings as numeral strings: the number 01 ‖ bytes, written in a radix. The 01 keeps leading zero bytes.
//
// Both sides are kept in digits of about 24 bits, least significant first, and converted by Horner's rule. A product of
// two digits stays below 2^49, so doubles are exact, also in the division (see lib/crypto/ff1-narrow.ts). The cost
// grows with the square of the length: 0.1 µs for 12 bytes. Strings beyond 96 bytes therefore go through BigInt.

import { type Chunks, chunksOf, toNumber, toNumerals } from '../../../crypto/big-numerals.ts';

const BYTES_PER_DIGIT = 3;
const BYTE_DIGIT = 2 ** 24;
const NUMERALS_PER_DIGIT = 4;
/** The numerals of 4,096 bytes in radix 62. */
const MAX_NUMERALS = 5504;

/** From so many bytes on BigInt is faster, and so many numerals hold them in any radix of 62 and more. */
const MAX_SHORT_BYTES = 96;
const MAX_SHORT_NUMERALS = 128;

const digits = new Float64Array(MAX_NUMERALS / NUMERALS_PER_DIGIT);

/**
 * Returns the least m with radix^m ≥ 2^(8·bytes + 1), enough for any 01 ‖ bytes. For radix 62 and 65, up to 4,096
 * bytes.
 */
export function numeralCount(radix: number, bytes: number): number {
  // The quotient is never so close to a whole number that rounding matters; a test tries all lengths.
  return Math.ceil((8 * bytes + 1) / Math.log2(radix));
}

/**
 * Writes `bytes[from … to]` to `numerals[start … end]`, which must have room for them. Radix 2 to 65. Throws
 * `RangeError` beyond 5,504 numerals.
 */
export function writeNumerals(
  radix: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  numerals: Uint16Array,
  start: number,
  end: number,
): void {
  checkLength(end - start);
  if (to - from > MAX_SHORT_BYTES) {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('hex');
    return toNumerals(BigInt(`0x01${hex}`), numerals.subarray(start, end), chunksFor(radix));
  }
  const size = radix ** NUMERALS_PER_DIGIT;
  let at = from;
  let head = 1;
  for (let i = (to - from) % BYTES_PER_DIGIT; i > 0; i--) head = head * 256 + bytes[at++]!;
  let used = multiplyAdd(size, 0, 0, head);
  for (; at < to; at += BYTES_PER_DIGIT) {
    used = multiplyAdd(size, used, BYTE_DIGIT, bytes[at]! * 65_536 + bytes[at + 1]! * 256 + bytes[at + 2]!);
  }
  for (let i = 0, n = end - 1; n >= start; i++) {
    let digit = i < used ? digits[i]! : 0;
    for (let k = 0; k < NUMERALS_PER_DIGIT && n >= start; k++) {
      const quotient = Math.floor(digit / radix);
      numerals[n--] = digit - quotient * radix;
      digit = quotient;
    }
  }
}

/**
 * Writes the bytes that `numerals[start … end]` stand for to `bytes[at …]` and returns their number. Returns undefined
 * and writes nothing if the numerals' number does not begin with 01. Radix 2 to 65. Throws `RangeError` beyond 5,504
 * numerals.
 */
export function readBytes(
  radix: number,
  numerals: Uint16Array,
  start: number,
  end: number,
  bytes: Uint8Array,
  at: number,
): number | undefined {
  checkLength(end - start);
  if (end - start > MAX_SHORT_NUMERALS) return readLong(radix, numerals.subarray(start, end), bytes, at);
  const size = radix ** NUMERALS_PER_DIGIT;
  let used = 0;
  for (let n = start, next = start + ((end - start) % NUMERALS_PER_DIGIT); n < end; next += NUMERALS_PER_DIGIT) {
    let digit = 0;
    while (n < next) digit = digit * radix + numerals[n++]!;
    used = multiplyAdd(BYTE_DIGIT, used, size, digit);
  }
  if (used === 0) return undefined;
  const top = digits[used - 1]!;
  const topBytes = top < 2 ** 8 ? 0 : top < 2 ** 16 ? 1 : 2;
  if (top >>> (8 * topBytes) !== 1) return undefined;
  const count = topBytes + BYTES_PER_DIGIT * (used - 1);
  for (let i = 0, to = at + count - 1; to >= at; i++) {
    for (let k = 0, digit = digits[i]!; k < BYTES_PER_DIGIT && to >= at; k++, digit >>>= 8) bytes[to--] = digit;
  }
  return count;
}

/** `readBytes` of many numerals. */
function readLong(radix: number, numerals: Uint16Array, bytes: Uint8Array, at: number): number | undefined {
  const hex = toNumber(numerals, chunksFor(radix)).toString(16);
  // 01 is written without its zero, and an even number of digits follows.
  if (hex[0] !== '1' || hex.length % 2 === 0) return undefined;
  const found = Buffer.from(hex.slice(1), 'hex');
  bytes.set(found, at);
  return found.length;
}

const cuts = new Map<number, Chunks>();

function chunksFor(radix: number): Chunks {
  let chunks = cuts.get(radix);
  if (chunks === undefined) {
    chunks = chunksOf(radix, MAX_NUMERALS);
    cuts.set(radix, chunks);
  }
  return chunks;
}

/**
 * digits := digits · `factor` + `next`, over the first `used` digits of base `size`. Returns the new number of digits.
 */
function multiplyAdd(size: number, used: number, factor: number, next: number): number {
  const inverse = 1 / size;
  let carry = next;
  for (let i = 0; i < used; i++) {
    const t = digits[i]! * factor + carry;
    carry = Math.floor((t + 0.5) * inverse);
    digits[i] = t - carry * size;
  }
  let end = used;
  for (; carry > 0; carry = Math.floor(carry / size)) digits[end++] = carry % size;
  return end;
}

function checkLength(numerals: number): void {
  if (numerals > MAX_NUMERALS) throw new RangeError(`At most ${MAX_NUMERALS} numerals`);
}
