// The marks that keep a token from being taken for a card number: a wrong Luhn digit, a first digit that no card scheme
// uses, a letter among the digits (§4.3).

import type { Direction } from '../../../crypto/direction.ts';
import { RefusedError } from '../../refusal.ts';
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
  readonly row: number;
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
 * Checks that a value (a token, when decrypting) has the form that the options require. Throws `RefusedError` with its
 * row. Replaces a token's letter in `units` by its digit.
 */
export function checkDigits(units: Uint16Array, span: CardSpan, rules: CardRules, direction: Direction): void {
  const { row, start, end } = span;
  if (rules.alphabeticIndicator !== undefined) checkIndicator(units, span, rules.alphabeticIndicator, direction);
  for (let at = start; at < end; at++) {
    if ((units[at]! - ZERO) >>> 0 > 9) throw new RefusedError('CARD_INVALID', { row });
  }
  if (rules.invalidCardType && isCardType(units[start]! - ZERO) !== (direction === 'encrypt')) {
    throw new RefusedError(direction === 'encrypt' ? 'CARD_TYPE_MUST_BE_VALID' : 'CARD_TYPE_MUST_BE_INVALID', { row });
  }
  if (rules.invalidLuhn && span.cipherTo > span.from) checkLuhn(units, span, direction);
}

function isCardType(digit: number): boolean {
  return digit >= 2 && digit <= 6;
}

function checkLuhn(units: Uint16Array, { row, start, end, cipherTo }: CardSpan, direction: Direction): void {
  const valid = luhnSum(units, start, end) === 0;
  if (direction === 'encrypt') {
    if (!valid) throw new RefusedError('LUHN_MUST_BE_VALID', { row });
    return;
  }
  if (valid) throw new RefusedError('LUHN_MUST_BE_INVALID', { row });
  // Of the nine invalid digits, a token has the one after the valid digit.
  if (units[cipherTo]! - ZERO !== (luhnDigit(units, start, end, cipherTo) + 1) % 10) {
    throw new RefusedError('CARD_INVALID', { row });
  }
}

function checkIndicator(units: Uint16Array, span: CardSpan, position: number, direction: Direction): void {
  const { row, end, from, to } = span;
  const at = from + position - 1;
  if (at >= end) throw new RefusedError('INDICATOR_BEYOND_DATA', { row });
  if (at >= to) throw new RefusedError('INDICATOR_INVALID', { row });
  if (direction === 'encrypt') return;
  const digit = units[at]! - LETTER_A;
  if (digit >>> 0 > 9) throw new RefusedError('CARD_INVALID', { row });
  units[at] = ZERO + digit;
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
