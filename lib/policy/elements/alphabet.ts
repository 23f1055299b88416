// Tokens over an alphabet: symbols become other symbols of the same alphabet, characters outside it stay where they
// are.

import { MIN_DOMAIN, MIN_DOMAIN_2016, minimumLength } from '../../crypto/ff1-domain.ts';
import type { Problem } from '../../document/problem.ts';
import { type AlphabetFacts, alphabetFacts, elementCodePoints, fixedCodePoints, foldsCase } from '../alphabet.ts';
import { isStableAlphabet } from '../builtin-alphabets.ts';
import { clearEnds, clearOthers, lintOthers, keptCharactersOf } from './clear-parts.ts';
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
  weakFrom,
} from './lengths.ts';
import type { AlphabetElement } from './alphabet.schema.ts';
import type { Warning } from '../warning.ts';
import type { AlphabetDefinition } from './parts.ts';
import { NOTHING_SHOWN, type ShortValues, type ShownParts } from './shown.ts';
import { byOption, type Description, textToken, type TraitsByType } from './traits.ts';
import { markerSymbols, symbolWidth, type WidthOf } from './width.ts';

type NumericElement = Extract<AlphabetElement, { type: 'numeric' }>;
type UnicodeElement = Extract<AlphabetElement, { type: 'unicode' }>;
type UpperCaseElement = Extract<AlphabetElement, { type: 'upper-case-alpha' | 'upper-case-alpha-numeric' }>;
type AlphaNumericElement = Extract<AlphabetElement, { type: 'alpha-numeric' }>;

/**
 * Returns the element's effective minimum: a value with fewer symbols to tokenize is short data. With letters and
 * digits apart, the letters and the digits of a value must each reach a minimum of their own, and this is the smaller
 * one.
 */
export function leastLength(element: AlphabetElement, facts: AlphabetFacts): number {
  if (element.minLength !== undefined) return element.minLength;
  if (!element.preserveLength) return 1;
  if (keepsPositions(element)) return Math.min(lettersLength(element), minimumLength(DIGITS));
  return Math.max(strongLength(element, facts), tokenizerMinimum(element.tokenizer));
}

/** Returns the length from which each value has a domain of a million; 1 where tokens are longer than their values. */
export function strongLength(element: AlphabetElement, facts: AlphabetFacts): number {
  if (!element.preserveLength) return 1;
  if (keepsPositions(element)) return Math.max(lettersLength(element), minimumLength(DIGITS));
  if (normalFormOf(element, facts) !== undefined) return stableStrength(facts);
  return minimumLength(facts.size) + (keepsLeadingZero(element) ? 1 : 0);
}

/**
 * Returns the length from which the texts that do not begin with a combining character have a domain of a million.
 */
function stableStrength({ size, combining }: AlphabetFacts): number {
  const length = minimumLength(size);
  return (size - combining) * size ** (length - 1) >= MIN_DOMAIN ? length : length + 1;
}

/**
 * Returns what becomes of values that do not equal their NFC forms (Unicode Standard Annex 15), for elements whose tokens
 * are stable: they equal theirs, and begin with a combining character only where their values do. Undefined for the
 * others, which take values and tokens as they come.
 */
export function normalFormOf(element: AlphabetElement, { builtIns }: AlphabetFacts): 'nfc' | 'refuse' | undefined {
  if (element.type !== 'unicode') return undefined;
  return element.normalize ?? (builtIns.some(isStableAlphabet) ? 'nfc' : undefined);
}

/**
 * Returns the largest number of symbols of a value. Among longer texts with combining characters, those that equal their
 * NFC forms are too rare to be found: of 48 symbols of Hebrew, one in thirty does.
 */
export function longestLength(element: AlphabetElement, facts: AlphabetFacts): number {
  if (facts.combining === 0 || normalFormOf(element, facts) === undefined) return element.maxLength;
  const isDense = facts.builtIns.some((name) => DENSE.includes(name));
  return Math.min(element.maxLength, isDense ? MAX_DENSE : MAX_COMBINING);
}

/** Alphabets with many marks that Unicode sorts. */
const DENSE = ['hebrew', 'hebrew letters', 'syriac letters'];
const MAX_DENSE = 48;
const MAX_COMBINING = 256;

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

function minimumOf(element: AlphabetElement, facts: AlphabetFacts): Minimum {
  const takesAnyLength = element.shortData === 'weak-token' || !element.preserveLength;
  return {
    floor: takesAnyLength ? 1 : minimumLength(facts.size, MIN_DOMAIN_2016),
    least: leastLength(element, facts),
  };
}

function check(element: AlphabetElement, path: string, alphabets: readonly AlphabetDefinition[]): Problem[] {
  const facts = alphabetFacts(element, alphabets);
  if (facts.size === 0) return []; // the problem is reported at the alphabet
  return checkLengths(element, minimumOf(element, facts), path, '; shorter values need shortData weak-token');
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

function checkUnicode(element: UnicodeElement, path: string, alphabets: readonly AlphabetDefinition[]): Problem[] {
  const problems = check(element, path, alphabets);
  const facts = alphabetFacts(element, alphabets);
  if (normalFormOf(element, facts) === undefined) return problems;
  // A token with a marker has no choice of symbols left.
  if (!element.preserveLength) {
    const message = 'it must be true where tokens equal their Unicode normal forms';
    problems.push({ path: `${path}.preserveLength`, message });
  }
  if (facts.combining > 0 && !facts.builtIns.some(isStableAlphabet)) {
    const message = `the alphabet has combining marks; it can be set over ${successorsOf(facts).join(', ')}, and over alphabets that include one`;
    problems.push({ path: `${path}.normalize`, message });
  }
  return problems;
}

/** Percent of the tokens of 8 symbols that change under normalisation, over older alphabets of one script with marks. */
const UNSTABLE: Readonly<Record<string, number>> = { hebrew: 70, arabic: 8, thai: 2, devanagari: 0.6 };

/** Names alphabets whose tokens are stable, in place of those of this one. */
function successorsOf({ builtIns }: AlphabetFacts): string[] {
  const named = builtIns.flatMap((name) => (name in UNSTABLE ? [`"${name} letters"`] : []));
  return named.length > 0 ? named : ['an alphabet of a whole script, such as "bengali letters"'];
}

/** Warns about tokens that may differ from their NFC forms: a system that normalises makes other tokens of them. */
function lintNormalForm(element: UnicodeElement, path: string, alphabets: readonly AlphabetDefinition[]): Warning[] {
  const facts = alphabetFacts(element, alphabets);
  if (facts.combining === 0 || normalFormOf(element, facts) !== undefined) return [];
  const share = facts.builtIns.includes(element.alphabet) ? UNSTABLE[element.alphabet] : undefined;
  const which = share === undefined ? 'tokens with combining marks may' : `${share} % of the tokens of 8 symbols`;
  const message = `${which} change under Unicode normalisation (NFC) and unprotect to another value; a new element should use unicode-script or ${successorsOf(facts).join(', ')}`;
  return [{ rule: 'tokens-change-in-nfc', path: `${path}.alphabet`, message }];
}

function strongLengthOf(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): number {
  return strongLength(element, alphabetFacts(element, alphabets));
}

function othersOf(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): string[] {
  const codePoints = elementCodePoints(element, alphabets);
  return clearOthers(element, codePoints, element.type !== 'unicode' && foldsCase(element.type));
}

const clearPartsOf = (element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): string[] => [
  ...clearEnds(element),
  ...othersOf(element, alphabets),
];

function shown(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): ShownParts {
  const facts = alphabetFacts(element, alphabets);
  const { fromLeft, fromRight, shortData, preserveLength } = element;
  // Letters and digits apart must each reach their own minimum, which makes a million.
  const least = keepsPositions(element) ? (element.minLength ?? Infinity) : leastLength(element, facts);
  return {
    ...NOTHING_SHOWN,
    fromLeft,
    fromRight,
    hidden: keepsPositions(element) ? positionSets(element) : [elementCodePoints(element, alphabets)],
    foldsCase: element.type !== 'unicode' && foldsCase(element.type),
    normalizes: normalFormOf(element, facts) === 'nfc',
    others: keptCharactersOf(element),
    parts: keepsLeadingZero(element) ? ['a leading zero'] : [],
    short: shortData === 'as-is' && preserveLength ? shortValues(element, facts) : undefined,
    weakFrom: weakFrom(shortData === 'weak-token' ? 1 : least, strongLength(element, facts)),
  };
}

/** The sets of characters that stay in theirs: letters, or capitals and small letters, and digits. */
function positionSets({ preserveCase }: AlphaNumericElement): Uint32Array[] {
  const letters = fixedCodePoints('alpha');
  const half = letters.length / 2;
  const sets = preserveCase ? [letters.subarray(0, half), letters.subarray(half)] : [letters];
  return [...sets, fixedCodePoints('numeric')];
}

function shortValues(element: AlphabetElement, facts: AlphabetFacts): ShortValues {
  const least = leastLength(element, facts);
  if (!keepsPositions(element)) {
    return { counted: normalFormOf(element, facts) === undefined ? 'symbols' : 'symbols in NFC', fewer: [least] };
  }
  const { minLength } = element;
  const fewer = [minLength ?? lettersLength(element), minLength ?? minimumLength(DIGITS)];
  return { counted: 'letters and digits', fewer };
}

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
function growth(symbol: Growth, least: number): ReplyGrowth<AlphabetElement> {
  return {
    ...bothWays(symbol, least),
    protect: ({ preserveLength }) =>
      preserveLength ? symbol : { ...symbol, more: symbol.more + symbol.factor * MIN_TOKEN },
    least: ({ preserveLength }) => ({ protect: least, unprotect: preserveLength ? least : 0 }),
  };
}

const width: WidthOf<AlphabetElement> = (element, alphabets) => {
  const codePoints = elementCodePoints(element, alphabets);
  if (element.preserveLength) return symbolWidth(codePoints, 0);
  const least = element.shortData === 'weak-token' ? 1 : leastLength(element, alphabetFacts(element, alphabets));
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

const common = { ...textToken, check, lint, clearParts: clearPartsOf, shown, takesExternalIv: byOption, width };

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
    growth: growth(SAME, 1),
  },
  alpha: { ...common, describe: fixed('alpha', 'Ada Lovelace'), growth: growth(SAME, 1) },
  'upper-case-alpha': {
    ...common,
    describe: fixed('upper-case-alpha', 'ADA LOVELACE'),
    lint: { ...lint, spellings: lintSpellings },
    growth: growth(SAME, 1),
  },
  'alpha-numeric': {
    ...common,
    describe: fixed('alpha-numeric', 'Flat 12b, Elm Row'),
    check: checkAlphaNumeric,
    growth: growth(SAME, 1),
  },
  'upper-case-alpha-numeric': {
    ...common,
    describe: fixed('upper-case-alpha-numeric', 'SW1A 2AA'),
    lint: { ...lint, spellings: lintSpellings },
    growth: growth(SAME, 1),
  },
  'lower-ascii': { ...common, describe: fixed('lower-ascii', 'p@ss w0rd!'), growth: growth(TWICE, 1) },
  printable: { ...common, describe: fixed('printable', 'Café au lait'), growth: growth(TWICE, 0.5) },
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
    check: checkUnicode,
    lint: { ...lint, spellings: lintNormalForm },
    growth: growth(FOUR_TIMES, 0),
  },
} satisfies TraitsByType<AlphabetElement>;
