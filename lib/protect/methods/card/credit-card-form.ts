// The marks that keep a token from passing for a card number: a wrong Luhn digit, a first digit that no card scheme has, a
// letter among the digits (§4.3).

import type { Direction } from '../../../crypto/direction.ts';
import { RefusedError } from '../../refusal.ts';
import { luhnDigit, luhnSum } from './luhn.ts';

/** What a card number element does. */
export interface CardRules {
  /** Digits at either end that stay clear and enter the tweak. */
  readonly fromLeft: number;
  readonly fromRight: number;
  /** Tokenized digits, the Luhn digit counted. Absent: what makes a domain of a million. */
  readonly minLength?: number | undefined;
  readonly maxLength: number;
  readonly invalidLuhn: boolean;
  readonly invalidCardType: boolean;
  readonly alphabeticIndicator?: number | undefined;
  readonly externalIV: boolean;
}

/** A value: its units, those tokenized, and those of them that FF1 takes. */
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

/** First digits of cards (ISO/IEC 7812: travel, banking, merchandising) and of tokens; numeral i stands for the i-th. */
const CARD_DIGITS = [2, 3, 4, 5, 6] as const;
const TOKEN_DIGITS = [0, 1, 7, 8, 9] as const;
/** Numeral of a first digit, card's or token's. */
const FIRST_NUMERALS = [0, 1, 0, 1, 2, 3, 4, 2, 3, 4] as const;

/**
 * Checks that a value, or when decrypting a token, is of the form the options ask for; throws `RefusedError` with its row.
 * A token's letter becomes a digit in `units`.
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
  // Of nine invalid digits a token has the one after the valid one.
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

/** Makes the first digit of each value, one of five either way, a numeral 0 to 4. */
export function toFirstNumerals(numerals: Uint16Array, length: number): void {
  for (let at = 0; at < numerals.length; at += length) numerals[at] = FIRST_NUMERALS[numerals[at]!]!;
}

/** Puts the marks on a token, or takes them off a value, after FF1's numerals were written as digits. */
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
