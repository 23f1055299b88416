// Format-preserving encryption: FF1 over an alphabet, with the clear parts or the caller's IV as the tweak.

import { MIN_DOMAIN_2016, minimumLength } from '../../crypto/ff1-domain.ts';
import type { Problem } from '../../document/problem.ts';
import { fixedAlphabetSize, fixedCodePoints } from '../alphabet.ts';
import { clearEnds, clearOthers, lintOthers, keptCharactersOf } from './clear-parts.ts';
import { checkCardOptions, hasCardOptions, LEAST_CARD_DIGITS, strongCardDigits } from './card.ts';
import { describeAlphabet } from './describe.ts';
import { bothWays, SAME, TWICE } from './growth.ts';
import { checkLengths, lintClearParts, lintLengths, lintShortData, weakFrom } from './lengths.ts';
import type { FpeElement } from './fpe.schema.ts';
import { NOTHING_SHOWN, type ShownParts } from './shown.ts';
import { type Description, textToken, type TraitsByType } from './traits.ts';
import { symbolWidth } from './width.ts';

type FpeNumericElement = Extract<FpeElement, { type: 'fpe-numeric' }>;

/** The reference product's least length of a card number that an FPE element takes. */
const LEAST_FPE_CARD_DIGITS = 8;

/** Returns the element's effective minimum: a value with fewer symbols to encipher is short data. */
export function leastLength(element: FpeElement, radix: number): number {
  if (isCard(element)) return Math.max(LEAST_CARD_DIGITS, element.minLength ?? LEAST_FPE_CARD_DIGITS);
  return element.minLength ?? minimumLength(radix);
}

/** Returns the length from which each value has a domain of a million. */
export function strongLength(element: FpeElement, radix: number): number {
  return isCard(element) ? strongCardDigits(element) : minimumLength(radix);
}

function isCard(element: FpeElement): element is FpeNumericElement {
  return element.type === 'fpe-numeric' && element.creditCard;
}

function check(element: FpeElement, path: string): Problem[] {
  const radix = fixedAlphabetSize(element.type);
  const minimum = { floor: minimumLength(radix, MIN_DOMAIN_2016), least: leastLength(element, radix) };
  return checkLengths(element, minimum, path);
}

function checkNumeric(element: FpeNumericElement, path: string): Problem[] {
  const problems = [...check(element, path), ...checkCardOptions(element, path)];
  if (!element.creditCard && hasCardOptions(element)) {
    problems.push({ path, message: 'card options go with creditCard only' });
  }
  if (element.creditCard && element.shortData === 'as-is') {
    problems.push({ path: `${path}.shortData`, message: 'it must be error: a card number is never short' });
  }
  return problems;
}

const strongLengthOf = (element: FpeElement): number => strongLength(element, fixedAlphabetSize(element.type));

/** A card number is digits alone. */
function othersOf(element: FpeElement): string[] {
  if (isCard(element)) return [];
  return clearOthers(element, fixedCodePoints(element.type), false);
}

const lint = {
  shortData: ({ shortData }: FpeElement, path: string) => lintShortData({ shortData, preserveLength: true }, path),
  clearParts: (element: FpeElement, path: string) => lintOthers(othersOf(element), path),
  domain: (element: FpeElement, path: string) => lintLengths(element, strongLengthOf(element), path),
};

function example<Type extends FpeElement['type']>(type: Type, value: string) {
  return (): Description<{ method: 'fpe'; type: Type; shortData: 'error' }> => ({
    element: { method: 'fpe', type, shortData: 'error' },
    ...describeAlphabet(type),
    example: value,
  });
}

function shown(element: FpeElement): ShownParts {
  const { type, fromLeft, fromRight, shortData } = element;
  const alphabet = fixedCodePoints(type);
  const least = leastLength(element, alphabet.length);
  return {
    ...NOTHING_SHOWN,
    fromLeft,
    fromRight,
    hidden: [alphabet],
    others: isCard(element) ? 'none' : keptCharactersOf(element),
    short: shortData === 'as-is' ? { counted: 'symbols', fewer: [least] } : undefined,
    weakFrom: weakFrom(least, strongLength(element, alphabet.length)),
  };
}

const common = {
  ...textToken,
  check,
  lint,
  clearParts: (element: FpeElement) => [...clearEnds(element), ...othersOf(element)],
  shown,
  takesExternalIv: ({ tweakInput }: FpeElement) => tweakInput === 'argument',
  width: ({ type }: FpeElement) => symbolWidth(fixedCodePoints(type), 0),
};

export const fpeTypes = {
  'fpe-numeric': {
    ...common,
    describe: example('fpe-numeric', '944074214'),
    check: checkNumeric,
    lint: {
      ...lint,
      domain: (element, path) => [
        ...lint.domain(element, path),
        ...lintClearParts(element, strongLengthOf(element), path),
      ],
    },
    growth: bothWays(SAME, 1),
  },
  'fpe-alpha': { ...common, describe: example('fpe-alpha', 'Lovelace'), growth: bothWays(SAME, 1) },
  'fpe-alpha-numeric': { ...common, describe: example('fpe-alpha-numeric', 'Flat12b'), growth: bothWays(SAME, 1) },
  'fpe-latin1-alpha': { ...common, describe: example('fpe-latin1-alpha', 'Müller'), growth: bothWays(TWICE, 0.5) },
  'fpe-latin1-alpha-numeric': {
    ...common,
    describe: example('fpe-latin1-alpha-numeric', 'Straße 7'),
    growth: bothWays(TWICE, 0.5),
  },
} satisfies TraitsByType<FpeElement>;
