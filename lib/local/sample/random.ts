/** Draws that repeat exactly for the same seed. For sample data only: nothing here is hard to predict. */
export interface Random {
  /** An integer from 0 to `bound` - 1, `bound` at most 2^32. */
  below(bound: number): number;
  pick<T>(from: readonly T[]): T;
  /** Fills a pattern: `#` becomes a digit, `%` a digit from 1 to 9, `@` a letter A to Z, anything else stays. */
  fill(pattern: string): string;
}

const DIGITS = '0123456789';
/** One draw for four digits: patterns of digits are most of the work. */
const FOUR_DIGITS = Array.from({ length: 10_000 }, (_, number) => String(number).padStart(4, '0'));
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for the few million draws a sample takes. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[below(from.length)];
    if (picked === undefined) throw new RangeError('Nothing to pick from');
    return picked;
  };
  const fill = (pattern: string): string => {
    let filled = '';
    for (let index = 0; index < pattern.length; index += 1) {
      const char = pattern.charAt(index);
      if (char === '#' && pattern.startsWith('####', index)) {
        filled += FOUR_DIGITS[below(10_000)] ?? '';
        index += 3;
      } else if (char === '#') filled += DIGITS.charAt(below(10));
      else if (char === '%') filled += DIGITS.charAt(1 + below(9));
      else if (char === '@') filled += LETTERS.charAt(below(26));
      else filled += char;
    }
    return filled;
  };
  return { below, pick, fill };
}
