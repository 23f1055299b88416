// Card numbers: digits become digits, marked on request so that a token is never a valid card number.

import { MIN_DOMAIN } from '../../crypto/ff1-domain.ts';
import type { Problem } from '../../document/problem.ts';
import { fixedCodePoints } from '../alphabet.ts';
import { clearEnds } from './clear-parts.ts';
import { bothWays, SAME } from './growth.ts';
import { checkLengths, lintClearParts, lintLengths, weakFrom } from './lengths.ts';
import type { CreditCardElement } from './card.schema.ts';
import { NOTHING_SHOWN } from './shown.ts';
import { byOption, type ElementTraits, nothing, textToken } from './traits.ts';
import { AS_WIDE } from './width.ts';

interface CardMarks {
  readonly invalidLuhn: boolean;
  readonly invalidCardType: boolean;
}

interface CardOptions extends CardMarks {
  readonly alphabeticIndicator?: number | undefined;
  readonly fromLeft: number;
}

/** The reference product's least number of tokenized digits, and two for FF1 once the Luhn digit is taken away. */
export const LEAST_CARD_DIGITS = 3;

/** Returns the least number of digits that a credit card element tokenizes, the Luhn digit counted. */
export function leastCardDigits(options: CardMarks & { readonly minLength?: number | undefined }): number {
  return Math.max(LEAST_CARD_DIGITS, options.minLength ?? strongCardDigits(options));
}

/** Returns the number of card numbers with this many tokenized digits; exact up to 2^53. */
export function cardDomain({ invalidLuhn, invalidCardType }: CardMarks, digits: number): number {
  const free = invalidLuhn ? digits - 1 : digits;
  return invalidCardType ? 5 * 10 ** (free - 1) : 10 ** free;
}

/** Returns the number of digits from which a card number has a domain of a million. */
export function strongCardDigits(options: CardMarks): number {
  let digits = LEAST_CARD_DIGITS;
  while (cardDomain(options, digits) < MIN_DOMAIN) digits++;
  return digits;
}

export function hasCardOptions(element: CardOptions): boolean {
  return element.invalidLuhn || element.invalidCardType || element.alphabeticIndicator !== undefined;
}

export function checkCardOptions(element: CardOptions, path: string): Problem[] {
  const problems: Problem[] = [];
  if (element.alphabeticIndicator !== undefined && (element.invalidLuhn || element.invalidCardType)) {
    problems.push({ path: `${path}.alphabeticIndicator`, message: 'it stands alone: no other card option beside it' });
  }
  if (element.invalidCardType && element.fromLeft > 0) {
    const message = 'it must be 0 where the first digit makes the card type invalid';
    problems.push({ path: `${path}.fromLeft`, message });
  }
  return problems;
}

export const creditCard: ElementTraits<CreditCardElement> = {
  ...textToken,
  describe: () => ({
    element: { method: 'tokenization', type: 'credit-card', fromRight: 4, invalidCardType: true },
    alphabet: '0-9, no separators',
    lengths: '6 (7 or 8 with options) … 4,096 digits to tokenize',
    example: '4111111111111111',
  }),
  check: (element, path) => [
    ...checkLengths(element, { floor: 1, least: leastCardDigits(element) }, path),
    ...checkCardOptions(element, path),
  ],
  lint: {
    shortData: nothing,
    clearParts: nothing,
    domain: (element, path) => [
      ...lintLengths(element, strongCardDigits(element), path),
      ...lintClearParts(element, strongCardDigits(element), path),
    ],
  },
  clearParts: clearEnds,
  shown: (element) => ({
    ...NOTHING_SHOWN,
    fromLeft: element.fromLeft,
    fromRight: element.fromRight,
    hidden: [fixedCodePoints('numeric')],
    weakFrom: weakFrom(leastCardDigits(element), strongCardDigits(element)),
  }),
  takesExternalIv: byOption,
  width: () => AS_WIDE,
  growth: bothWays(SAME, 1),
};
