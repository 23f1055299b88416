import { MIN_DOMAIN_2016, minimumLength } from '../crypto/ff1-domain.ts';
import { elementCodePoints } from './alphabet.ts';
import type { Problem } from './problem.ts';
import type { AlphabetDefinition, ElementDefinition } from './schema.ts';

/** What the schema cannot say of one element. `path` is the element's own. */
export function checkElement(
  element: ElementDefinition,
  path: string,
  alphabets: readonly AlphabetDefinition[],
): Problem[] {
  switch (element.type) {
    case 'numeric':
    case 'alpha':
    case 'upper-case-alpha':
    case 'alpha-numeric':
    case 'upper-case-alpha-numeric':
    case 'lower-ascii':
    case 'printable':
    case 'unicode':
      return [...checkLengths(element, path, alphabets), ...checkPositions(element, path)];
    case 'credit-card':
      return checkCardOptions(element, path);
    case 'date':
    case 'datetime':
      return element.distinguishable && element.dateInClear !== 'none'
        ? [{ path, message: 'distinguishable dates cannot keep a part in clear' }]
        : [];
    case 'fpe-numeric':
      return [
        ...checkCardOptions(element, path),
        ...(!element.creditCard && hasCardOptions(element)
          ? [{ path, message: 'card options go with creditCard only' }]
          : []),
      ];
    default:
      return [];
  }
}

/** Whether a caller may pass an external IV for the element. */
export function takesExternalIv(element: ElementDefinition): boolean {
  if ('externalIV' in element) return element.externalIV;
  return 'tweakInput' in element && element.tweakInput === 'argument';
}

type AlphabetElement = Extract<ElementDefinition, { shortData: string; preserveLength: boolean; maxLength: number }>;

function checkLengths(element: AlphabetElement, path: string, alphabets: readonly AlphabetDefinition[]): Problem[] {
  const radix = elementCodePoints(element, alphabets).length;
  if (radix === 0) return []; // what is wrong with the alphabet is said where it is
  const problems: Problem[] = [];
  const least = minimumLength(radix, MIN_DOMAIN_2016);
  if (element.minLength !== undefined && element.minLength < least && element.shortData !== 'weak-token') {
    const message = `FF1 needs at least ${least} symbols of this alphabet; shorter values need shortData weak-token`;
    problems.push({ path: `${path}.minLength`, message });
  }
  if ((element.minLength ?? minimumLength(radix)) > element.maxLength) {
    problems.push({ path: `${path}.maxLength`, message: 'it is below the minimum length' });
  }
  return problems;
}

function checkPositions(element: AlphabetElement, path: string): Problem[] {
  if (element.type !== 'alpha-numeric' || !(element.preserveCase || element.preservePosition)) return [];
  const problems: Problem[] = [];
  if (element.fromLeft > 0 || element.fromRight > 0) {
    problems.push({ path, message: 'case and position preserving elements have no clear parts' });
  }
  if (element.externalIV) {
    problems.push({
      path: `${path}.externalIV`,
      message: 'it must be false: case and position preserving takes no IV',
    });
  }
  if (!element.preserveLength) {
    problems.push({ path: `${path}.preserveLength`, message: 'it must be true where positions are preserved' });
  }
  return problems;
}

interface CardOptions {
  readonly invalidLuhn: boolean;
  readonly invalidCardType: boolean;
  readonly alphabeticIndicator?: number | undefined;
  readonly fromLeft: number;
}

function hasCardOptions(element: CardOptions): boolean {
  return element.invalidLuhn || element.invalidCardType || element.alphabeticIndicator !== undefined;
}

function checkCardOptions(element: CardOptions, path: string): Problem[] {
  const problems: Problem[] = [];
  if (element.alphabeticIndicator !== undefined && (element.invalidLuhn || element.invalidCardType)) {
    problems.push({ path: `${path}.alphabeticIndicator`, message: 'it stands alone: no other card option beside it' });
  }
  if (element.invalidCardType && element.fromLeft > 0) {
    problems.push({
      path: `${path}.fromLeft`,
      message: 'it must be 0 where the first digit makes the card type invalid',
    });
  }
  return problems;
}
