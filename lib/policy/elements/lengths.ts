// Checks and warnings about the number of symbols of a value, for families that count them.

import { minimumLength } from '../../crypto/ff1-domain.ts';
import type { Problem } from '../../document/problem.ts';
import type { Warning } from '../warning.ts';

interface Lengths {
  readonly minLength?: number | undefined;
  readonly maxLength: number;
}

interface ClearParts {
  readonly fromLeft: number;
  readonly fromRight: number;
}

/** How few symbols a value may have. */
export interface Minimum {
  /** Fewest symbols that the method takes at all. */
  readonly floor: number;
  /** The element's effective minimum: a value with fewer symbols to tokenize is short data. */
  readonly least: number;
}

/** The most characters of a value, and of what an option counts. */
export const MAX_LENGTH = 4096;

/** Tokenizers that name a minimum beyond what some alphabets need for a million values. */
const TOKENIZER_MINIMUM: Readonly<Record<string, number>> = { SLT_1_3: 3, SLT_2_3: 3, SLT_1_6: 6, SLT_2_6: 6 };

/** Digits of a usual card number. */
const CARD_DIGITS = 16;
/** Symbols of the alphabet that digits are. */
export const DIGITS = 10;
/**
 * Digits that make a million: a token that is longer than its value has no minimum, but trying all values still finds
 * it.
 */
const STRONG_DIGITS = minimumLength(DIGITS);

export function tokenizerMinimum(tokenizer: string | undefined): number {
  return TOKENIZER_MINIMUM[tokenizer ?? ''] ?? 0;
}

/** Checks the lengths of an element against its minimum. `remedy` says how the element could take shorter values. */
export function checkLengths(
  { minLength, maxLength }: Lengths,
  { floor, least }: Minimum,
  path: string,
  remedy = '',
): Problem[] {
  const problems: Problem[] = [];
  if (minLength !== undefined && minLength < floor) {
    const message = `FF1 needs at least ${floor} symbols of this alphabet${remedy}`;
    problems.push({ path: `${path}.minLength`, message });
  }
  if (least > maxLength) problems.push({ path: `${path}.maxLength`, message: 'it is below the minimum length' });
  return problems;
}

/**
 * Warns about a minimum that admits values of less than a million combinations: those with fewer than `strong` symbols.
 */
export function lintLengths({ minLength }: Lengths, strong: number, path: string): Warning[] {
  if (minLength === undefined || minLength >= strong) return [];
  return [weakDomain(path, `values of fewer than ${strong} symbols have less than a million combinations`)];
}

/** Returns the fewest symbols of a value with a weak token; undefined where the least length makes strong ones. */
export function weakFrom(least: number, strong: number): number | undefined {
  return least < strong ? least : undefined;
}

/** Warns about clear parts that leave less than a million combinations of a card number. */
export function lintClearParts({ fromLeft, fromRight }: ClearParts, strong: number, path: string): Warning[] {
  const left = CARD_DIGITS - fromLeft - fromRight;
  if (fromLeft === 0 || fromRight === 0 || left >= Math.max(strong, STRONG_DIGITS)) return [];
  const message = `the clear parts leave ${Math.max(0, left)} of a card number's ${CARD_DIGITS} digits to tokenize`;
  return [weakDomain(path, message)];
}

/** Warns about short values that stay clear, or get tokens of a small domain. */
export function lintShortData(
  { shortData, preserveLength }: { readonly shortData: string; readonly preserveLength: boolean },
  path: string,
): Warning[] {
  if (shortData === 'weak-token' && preserveLength) {
    const message = 'short values get tokens that anyone who may protect can look up';
    return [{ rule: 'weak-token', path: `${path}.shortData`, message }];
  }
  if (shortData === 'as-is') {
    return [{ rule: 'short-data-in-clear', path: `${path}.shortData`, message: 'short values stay in clear' }];
  }
  return [];
}

export function weakDomain(path: string, message: string): Warning {
  return { rule: 'weak-domain', path, message };
}
