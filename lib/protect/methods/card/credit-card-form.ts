// The marks that keep a token from being taken for a card number: a wrong Luhn digit, a first digit that no card scheme
// uses, a letter among the digits (§4.3).

import type { Direction } from '../../../crypto/direction.ts';
import type { RefusalCode } from '../../refusal.ts';
import { luhnDigit, luhnSum } from './luhn.ts';

/** The options of a card number element. */
export interface CardRules {
  /** Digits at either end that stay clear and are part of the tweak. */
  readonly fromLeft: number;
  readonly fromRight: number;
  /** The least number of tokenized digits, the Luhn digit included. Default: a domain of a million. */
  readonly minLength?: number | undefined;
  readonly maxLength: number;
  readonly invalidLuhn: boolean;
  readonly invalidCardType: boolean;
  readonly alphabeticIndicator?: number | undefined;
  readonly externalIV: boolean;
}

/**
 * A value: its units (`start` to `end`), the tokenized ones (`from` to `to`), and those that FF1 takes (`from` to
 * `cipherTo`).
 */
export interface CardSpan {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly cipherTo: number;
}

const ZERO = 0x30;
const LETTER_A = 0x41;

/**
 * The first digits of cards (ISO/IEC 7812: travel, banking, merchandising) and of tokens. Numeral i stands for the
 * i-th.
 */
const CARD_DIGITS = [2, 3, 4, 5, 6] as const;
const TOKEN_DIGITS = [0, 1, 7, 8, 9] as const;
/** The numeral of a first digit, of a card or of a token. */
const FIRST_NUMERALS = [0, 1, 0, 1, 2, 3, 4, 2, 3, 4] as const;

/**
 * Returns why a value (a token, when decrypting) has not the form that the options require. Replaces a token's letter in
 * `units` by its digit.
 */
export function faultOfDigits(
  units: Uint16Array,
  span: CardSpan,
  rules: CardRules,
  direction: Direction,
): RefusalCode | undefined {
  const { start, end } = span;
  const position = rules.alphabeticIndicator;
  const fault = position === undefined ? undefined : faultOfIndicator(units, span, position, direction);
  if (fault !== undefined) return fault;
  for (let at = start; at < end; at++) if ((units[at]! - ZERO) >>> 0 > 9) return 'CARD_INVALID';
  if (rules.invalidCardType && isCardType(units[start]! - ZERO) !== (direction === 'encrypt')) {
    return direction === 'encrypt' ? 'CARD_TYPE_MUST_BE_VALID' : 'CARD_TYPE_MUST_BE_INVALID';
  }
  return rules.invalidLuhn && span.cipherTo > span.from ? faultOfLuhn(units, span, direction) : undefined;
}

function isCardType(digit: number): boolean {
  return digit >= 2 && digit <= 6;
}

function faultOfLuhn(
  units: Uint16Array,
  { start, end, cipherTo }: CardSpan,
  direction: Direction,
): RefusalCode | undefined {
  const valid = luhnSum(units, start, end) === 0;
  if (direction === 'encrypt') return valid ? undefined : 'LUHN_MUST_BE_VALID';
  if (valid) return 'LUHN_MUST_BE_INVALID';
  // Of the nine invalid digits, a token has the one after the valid digit.
  const isToken = units[cipherTo]! - ZERO === (luhnDigit(units, start, end, cipherTo) + 1) % 10;
  return isToken ? undefined : 'CARD_INVALID';
}

function faultOfIndicator(
  units: Uint16Array,
  { end, from, to }: CardSpan,
  position: number,
  direction: Direction,
): RefusalCode | undefined {
  const at = from + position - 1;
  if (at >= end) return 'INDICATOR_BEYOND_DATA';
  if (at >= to) return 'INDICATOR_INVALID';
  if (direction === 'encrypt') return undefined;
  const digit = units[at]! - LETTER_A;
  if (digit >>> 0 > 9) return 'CARD_INVALID';
  units[at] = ZERO + digit;
  return undefined;
}

/** Replaces the first digit of each value, one of five for cards and for tokens, by a numeral 0 to 4. */
export function toFirstNumerals(numerals: Uint16Array, length: number): void {
  for (let at = 0; at < numerals.length; at += length) numerals[at] = FIRST_NUMERALS[numerals[at]!]!;
}

/** Adds the marks to a token, or removes them from a value, after FF1's numerals were written as digits. */
export function restoreDigits(units: Uint16Array, span: CardSpan, rules: CardRules, direction: Direction): void {
  const { start, end, from, cipherTo } = span;
  const encrypting = direction === 'encrypt';
  if (rules.invalidCardType) {
    units[from] = ZERO + (encrypting ? TOKEN_DIGITS : CARD_DIGITS)[units[from]! - ZERO]!;
  }
  if (rules.invalidLuhn) {
    const valid = luhnDigit(units, start, end, cipherTo);
    units[cipherTo] = ZERO + (encrypting ? (valid + 1) % 10 : valid);
  }
  if (rules.alphabeticIndicator !== undefined && encrypting) {
    units[from + rules.alphabeticIndicator - 1]! += LETTER_A - ZERO;
  }
}
