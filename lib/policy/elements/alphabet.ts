// Tokens over an alphabet: symbols become other symbols of the same alphabet, characters outside it stay where they
// are.

import { MIN_DOMAIN_2016, minimumLength } from '../../crypto/ff1-domain.ts';
import type { Problem } from '../../document/problem.ts';
import { elementAlphabetSize, elementCodePoints, foldsCase } from '../alphabet.ts';
import { clearEnds, clearOthers, lintOthers } from './clear-parts.ts';
import { describeAlphabet } from './describe.ts';
import { bothWays, FOUR_TIMES, type Growth, MIN_TOKEN, type ReplyGrowth, SAME, TWICE } from './growth.ts';
import {
  checkLengths,
  DIGITS,
  lintClearParts,
  lintLengths,
  lintShortData,
  type Minimum,
  tokenizerMinimum,
} from './lengths.ts';
import type { AlphabetElement } from './alphabet.schema.ts';
import type { Warning } from '../warning.ts';
import type { AlphabetDefinition } from './parts.ts';
import { byOption, type Description, textToken, type TraitsByType } from './traits.ts';
import { markerSymbols, symbolWidth, type WidthOf } from './width.ts';

type NumericElement = Extract<AlphabetElement, { type: 'numeric' }>;
type UpperCaseElement = Extract<AlphabetElement, { type: 'upper-case-alpha' | 'upper-case-alpha-numeric' }>;
type AlphaNumericElement = Extract<AlphabetElement, { type: 'alpha-numeric' }>;

/**
 * Returns the element's effective minimum: a value with fewer symbols to tokenize is short data. With letters and
 * digits apart, the letters and the digits of a value must each reach a minimum of their own, and this is the smaller
 * one.
 */
export function leastLength(element: AlphabetElement, radix: number): number {
  if (element.minLength !== undefined) return element.minLength;
  if (!element.preserveLength) return 1;
  if (keepsPositions(element)) return Math.min(lettersLength(element), minimumLength(DIGITS));
  return Math.max(strongLength(element, radix), tokenizerMinimum(element.tokenizer));
}

/** Returns the length from which each value has a domain of a million; 1 where tokens are longer than their values. */
export function strongLength(element: AlphabetElement, radix: number): number {
  if (!element.preserveLength) return 1;
  if (keepsPositions(element)) return Math.max(lettersLength(element), minimumLength(DIGITS));
  return minimumLength(radix) + (keepsLeadingZero(element) ? 1 : 0);
}

/** Tells whether tokens begin with 0 as values do, which leaves the tokens of one length a tenth of the domain. */
export function keepsLeadingZero(element: AlphabetElement): boolean {
  // With a clear left part the first character stays as it is anyway.
  return element.type === 'numeric' && element.leadingZero === 'preserve' && element.fromLeft === 0;
}

/** Tells whether letters stay letters and digits stay digits. */
export function keepsPositions(element: AlphabetElement): element is AlphaNumericElement {
  return element.type === 'alpha-numeric' && (element.preservePosition || element.preserveCase);
}

/** Tells whether letters that stay clear are upper-cased too. */
export function foldsClearParts(element: AlphabetElement): boolean {
  return 'foldClearParts' in element && element.foldClearParts;
}

function lettersLength({ preserveCase }: AlphaNumericElement): number {
  return minimumLength(preserveCase ? 26 : 52);
}

function minimumOf(element: AlphabetElement, radix: number): Minimum {
  const takesAnyLength = element.shortData === 'weak-token' || !element.preserveLength;
  return {
    floor: takesAnyLength ? 1 : minimumLength(radix, MIN_DOMAIN_2016),
    least: leastLength(element, radix),
  };
}

function check(element: AlphabetElement, path: string, alphabets: readonly AlphabetDefinition[]): Problem[] {
  const radix = elementAlphabetSize(element, alphabets);
  if (radix === 0) return []; // the problem is reported at the alphabet
  return checkLengths(element, minimumOf(element, radix), path, '; shorter values need shortData weak-token');
}

function checkNumeric(element: NumericElement, path: string, alphabets: readonly AlphabetDefinition[]): Problem[] {
  const problems = check(element, path, alphabets);
  // The first digit of a longer token cannot be chosen.
  if (element.leadingZero === 'preserve' && !element.preserveLength) {
    const message = 'it can be preserve only where preserveLength is true';
    problems.push({ path: `${path}.leadingZero`, message });
  }
  return problems;
}

function checkAlphaNumeric(
  element: AlphaNumericElement,
  path: string,
  alphabets: readonly AlphabetDefinition[],
): Problem[] {
  const problems = check(element, path, alphabets);
  if (!keepsPositions(element)) return problems;
  if (element.fromLeft > 0 || element.fromRight > 0) {
    problems.push({ path, message: 'case and position preserving elements have no clear parts' });
  }
  if (element.externalIV) {
    const message = 'it must be false: case and position preserving takes no IV';
    problems.push({ path: `${path}.externalIV`, message });
  }
  if (!element.preserveLength) {
    problems.push({ path: `${path}.preserveLength`, message: 'it must be true where positions are preserved' });
  }
  return problems;
}

function strongLengthOf(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): number {
  return strongLength(element, elementAlphabetSize(element, alphabets));
}

function othersOf(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): string[] {
  const codePoints = elementCodePoints(element, alphabets);
  return clearOthers(element, codePoints, element.type !== 'unicode' && foldsCase(element.type));
}

const clearPartsOf = (element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): string[] => [
  ...clearEnds(element),
  ...othersOf(element, alphabets),
];

const lint = {
  shortData: lintShortData,
  clearParts: (element: AlphabetElement, path: string, alphabets: readonly AlphabetDefinition[]) =>
    lintOthers(othersOf(element, alphabets), path),
  domain: (element: AlphabetElement, path: string, alphabets: readonly AlphabetDefinition[]) =>
    lintLengths(element, strongLengthOf(element, alphabets), path),
};

/** Warns about letters of clear parts that keep their case, while the others are folded. */
function lintSpellings({ fromLeft, fromRight, foldClearParts }: UpperCaseElement, path: string): Warning[] {
  if (fromLeft + fromRight === 0 || foldClearParts) return [];
  const message =
    'spellings that differ in the case of a clear letter have different tokens (de89… and DE89…); a new element should set foldClearParts';
  return [{ rule: 'case-of-clear-parts', path, message }];
}

/**
 * A token with `preserveLength` off has a symbol more than its value, and at least as many as make a domain of a
 * million.
 */
function growth(symbol: Growth): ReplyGrowth<AlphabetElement> {
  return {
    ...bothWays(symbol),
    protect: ({ preserveLength }) =>
      preserveLength ? symbol : { ...symbol, more: symbol.more + symbol.factor * MIN_TOKEN },
  };
}

const width: WidthOf<AlphabetElement> = (element, alphabets) => {
  const codePoints = elementCodePoints(element, alphabets);
  if (element.preserveLength) return symbolWidth(codePoints, 0);
  const least = element.shortData === 'weak-token' ? 1 : leastLength(element, codePoints.length);
  return symbolWidth(codePoints, markerSymbols(codePoints.length, least));
};

type FixedType = Exclude<AlphabetElement['type'], 'unicode'>;

/** The example of a type with a fixed alphabet. */
function fixed<Type extends FixedType>(type: Type, example: string) {
  return (): Description<{ method: 'tokenization'; type: Type; shortData: 'error' }> => ({
    element: { method: 'tokenization', type, shortData: 'error' },
    ...describeAlphabet(type),
    example,
  });
}

const common = { ...textToken, check, lint, clearParts: clearPartsOf, takesExternalIv: byOption, width };

export const alphabetTypes = {
  numeric: {
    ...common,
    describe: fixed('numeric', '944-07-4214'),
    check: checkNumeric,
    lint: {
      ...lint,
      domain: (element, path, alphabets) => [
        ...lint.domain(element, path, alphabets),
        ...lintClearParts(element, strongLengthOf(element, alphabets), path),
      ],
    },
    growth: growth(SAME),
  },
  alpha: { ...common, describe: fixed('alpha', 'Ada Lovelace'), growth: growth(SAME) },
  'upper-case-alpha': {
    ...common,
    describe: fixed('upper-case-alpha', 'ADA LOVELACE'),
    lint: { ...lint, spellings: lintSpellings },
    growth: growth(SAME),
  },
  'alpha-numeric': {
    ...common,
    describe: fixed('alpha-numeric', 'Flat 12b, Elm Row'),
    check: checkAlphaNumeric,
    growth: growth(SAME),
  },
  'upper-case-alpha-numeric': {
    ...common,
    describe: fixed('upper-case-alpha-numeric', 'SW1A 2AA'),
    lint: { ...lint, spellings: lintSpellings },
    growth: growth(SAME),
  },
  'lower-ascii': { ...common, describe: fixed('lower-ascii', 'p@ss w0rd!'), growth: growth(TWICE) },
  printable: { ...common, describe: fixed('printable', 'Café au lait'), growth: growth(TWICE) },
  unicode: {
    ...common,
    describe: () => ({
      element: { method: 'tokenization', type: 'unicode', alphabet: 'letters', shortData: 'error' },
      alphabet: 'a built-in alphabet, or code point ranges of the policy, up to 65,536',
      lengths: '2 (alphabets of 1,000 and more) … 4,096 code points',
      example: 'Zoë Δέλτα',
    }),
    namedAlphabet: ({ alphabet }) => alphabet,
    variant: ({ alphabet }) => alphabet,
    growth: growth(FOUR_TIMES),
  },
} satisfies TraitsByType<AlphabetElement>;
