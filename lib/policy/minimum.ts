// How few symbols a value may have: one definition for the methods, for the check of a policy and for its lint.

import { MIN_DOMAIN, minimumLength } from '../crypto/ff1-domain.ts';
import { elementAlphabetSize } from './alphabet.ts';
import type { AlphabetDefinition, ElementDefinition } from './schema.ts';

/** Elements that say between which numbers of symbols they tokenize. */
export type MeasuredElement = Extract<ElementDefinition, { fromLeft: number; maxLength: number }>;

interface CardOptions {
  readonly invalidLuhn: boolean;
  readonly invalidCardType: boolean;
}

/** Tokenizers that name a minimum beyond what some alphabets need for a million values. */
const TOKENIZER_MINIMUM: Readonly<Record<string, number>> = { SLT_1_3: 3, SLT_2_3: 3, SLT_1_6: 6, SLT_2_6: 6 };

/** The reference product's least number of tokenized digits, and two for FF1 once the Luhn digit is taken away. */
const LEAST_CARD_DIGITS = 3;
/** The reference product's least length of a card number that an FPE element takes. */
const LEAST_FPE_CARD_DIGITS = 8;
const DIGITS = 10;

/** Symbols of the element's alphabet; 0 where the policy's alphabet cannot be used. */
export function elementRadix(element: MeasuredElement, alphabets: readonly AlphabetDefinition[]): number {
  return element.type === 'credit-card' ? DIGITS : elementAlphabetSize(element, alphabets);
}

/**
 * The element's effective minimum: a value with fewer symbols to tokenize is short data. With letters and digits apart, each
 * that a value has must reach its own minimum, and this is the smaller one.
 */
export function leastLength(element: MeasuredElement, radix: number): number {
  if (element.type === 'credit-card') return leastCardDigits(element);
  if (isCard(element)) return Math.max(LEAST_CARD_DIGITS, element.minLength ?? LEAST_FPE_CARD_DIGITS);
  if (element.minLength !== undefined) return element.minLength;
  if (isMarked(element)) return 1;
  if (keepsPositions(element)) return Math.min(lettersLength(element.preserveCase), minimumLength(DIGITS));
  return Math.max(strongLength(element, radix), 'tokenizer' in element ? tokenizerMinimum(element.tokenizer) : 0);
}

/** Symbols from which on each value has a domain of a million; 1 where a token is longer than its value, and never weak. */
export function strongLength(element: MeasuredElement, radix: number): number {
  if (element.type === 'credit-card' || isCard(element)) return strongCardDigits(element);
  if (isMarked(element)) return 1;
  if (keepsPositions(element)) return Math.max(lettersLength(element.preserveCase), minimumLength(DIGITS));
  return minimumLength(radix) + (keepsLeadingZero(element) ? 1 : 0);
}

/** Whether tokens begin with 0 as values do, which leaves those of one length a tenth of the domain. */
export function keepsLeadingZero(element: ElementDefinition): boolean {
  // With a clear left part the first character stays as it is anyway.
  return element.type === 'numeric' && element.leadingZero === 'preserve' && element.fromLeft === 0;
}

/** Least number of digits that a credit card element tokenizes, the Luhn digit counted. */
export function leastCardDigits(options: CardOptions & { readonly minLength?: number | undefined }): number {
  return Math.max(LEAST_CARD_DIGITS, options.minLength ?? strongCardDigits(options));
}

/** Numbers that `digits` tokenized digits of a card can be; those beyond 2^53 are as good as exact. */
export function cardDomain({ invalidLuhn, invalidCardType }: CardOptions, digits: number): number {
  const free = invalidLuhn ? digits - 1 : digits;
  return invalidCardType ? 5 * 10 ** (free - 1) : 10 ** free;
}

function strongCardDigits(options: CardOptions): number {
  let digits = LEAST_CARD_DIGITS;
  while (cardDomain(options, digits) < MIN_DOMAIN) digits++;
  return digits;
}

function tokenizerMinimum(tokenizer: string | undefined): number {
  return TOKENIZER_MINIMUM[tokenizer ?? ''] ?? 0;
}

function lettersLength(preserveCase: boolean): number {
  return minimumLength(preserveCase ? 26 : 52);
}

function isCard(element: MeasuredElement): element is Extract<MeasuredElement, { type: 'fpe-numeric' }> {
  return element.type === 'fpe-numeric' && element.creditCard;
}

function isMarked(element: MeasuredElement): boolean {
  return 'preserveLength' in element && !element.preserveLength;
}

function keepsPositions(element: MeasuredElement): element is Extract<MeasuredElement, { type: 'alpha-numeric' }> {
  return element.type === 'alpha-numeric' && (element.preservePosition || element.preserveCase);
}
