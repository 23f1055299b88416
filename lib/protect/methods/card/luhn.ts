// The Luhn checksum (ISO/IEC 7812-1, annex B) over the UTF-16 units `0` to `9`.

const ZERO = 0x30;

/** The digit sum of each digit's double, which a digit in a doubled position counts for. A permutation of 0 to 9. */
const DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9] as const;
const HALVED = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9] as const;

/** Returns the checksum of `units[from … to]` modulo 10, which is 0 for a valid number. */
export function luhnSum(units: Uint16Array, from: number, to: number): number {
  let sum = 0;
  let doubled = false;
  for (let at = to - 1; at >= from; at--) {
    const digit = units[at]! - ZERO;
    sum += doubled ? DOUBLED[digit]! : digit;
    doubled = !doubled;
  }
  return sum % 10;
}

/**
 * Returns the only digit at `at` that makes `units[from … to]` valid. The digit that stands there now does not matter.
 */
export function luhnDigit(units: Uint16Array, from: number, to: number, at: number): number {
  const doubled = (to - at) % 2 === 0;
  const digit = units[at]! - ZERO;
  const others = luhnSum(units, from, to) - (doubled ? DOUBLED[digit]! : digit);
  const needed = (20 - others) % 10;
  return doubled ? HALVED[needed]! : needed;
}
