import { MIN_DOMAIN_2016, minimumLength } from '../crypto/ff1-domain.ts';
import { elementRadix, leastLength, type MeasuredElement } from './minimum.ts';
import type { Problem } from '../document/problem.ts';
import type { AlphabetDefinition, ElementDefinition, ElementOf, MaskDefinition } from './schema.ts';

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
      return [
        ...checkLengths(element, path, alphabets),
        ...checkPositions(element, path),
        ...checkLeadingZero(element, path),
      ];
    case 'credit-card':
      return [...checkLengths(element, path, alphabets), ...checkCardOptions(element, path)];
    case 'date':
    case 'datetime':
      return element.distinguishable && element.dateInClear !== 'none'
        ? [{ path, message: 'distinguishable dates cannot keep a part in clear' }]
        : [];
    case 'fpe-numeric':
    case 'fpe-alpha':
    case 'fpe-alpha-numeric':
    case 'fpe-latin1-alpha':
    case 'fpe-latin1-alpha-numeric':
      return [
        ...checkLengths(element, path, alphabets),
        ...(element.type === 'fpe-numeric' ? checkFpeCard(element, path) : []),
      ];
    case 'masking':
      return checkMask(element.mask, `${path}.mask`);
    default:
      return [];
  }
}

/** A mask of which every value comes out as it went in is a mistake. */
export function checkMask({ fromLeft, fromRight, mode }: MaskDefinition, path: string): Problem[] {
  const masksNothing = mode === 'mask' && fromLeft + fromRight === 0;
  return masksNothing ? [{ path, message: 'it masks nothing: say how much of the ends' }] : [];
}

/** Whether a caller may pass an external IV for the element. */
export function takesExternalIv(element: ElementDefinition): boolean {
  if ('externalIV' in element) return element.externalIV;
  return 'tweakInput' in element && element.tweakInput === 'argument';
}

type AlphabetElement = Extract<MeasuredElement, { preserveLength: boolean }>;

function checkLengths(element: MeasuredElement, path: string, alphabets: readonly AlphabetDefinition[]): Problem[] {
  const radix = elementRadix(element, alphabets);
  if (radix === 0) return []; // what is wrong with the alphabet is said where it is
  const problems: Problem[] = [];
  const floor = ff1Floor(element, radix);
  if (element.minLength !== undefined && element.minLength < floor) {
    const remedy = element.method === 'fpe' ? '' : '; shorter values need shortData weak-token';
    problems.push({
      path: `${path}.minLength`,
      message: `FF1 needs at least ${floor} symbols of this alphabet${remedy}`,
    });
  }
  if (leastLength(element, radix) > element.maxLength) {
    problems.push({ path: `${path}.maxLength`, message: 'it is below the minimum length' });
  }
  return problems;
}

/** Fewest symbols that FF1 takes; 1 where a short value is tokenized another way, or gets symbols more. */
function ff1Floor(element: MeasuredElement, radix: number): number {
  const otherwise =
    element.type === 'credit-card' ||
    element.shortData === 'weak-token' ||
    ('preserveLength' in element && !element.preserveLength);
  return otherwise ? 1 : minimumLength(radix, MIN_DOMAIN_2016);
}

/** A longer token begins where it will, so that its first digit cannot be kept. */
function checkLeadingZero(element: AlphabetElement, path: string): Problem[] {
  if (element.type !== 'numeric' || element.leadingZero !== 'preserve' || element.preserveLength) return [];
  return [{ path: `${path}.leadingZero`, message: 'it can be preserve only where preserveLength is true' }];
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

function checkFpeCard(element: ElementOf<'fpe-numeric'>, path: string): Problem[] {
  const problems = checkCardOptions(element, path);
  if (!element.creditCard && hasCardOptions(element)) {
    problems.push({ path, message: 'card options go with creditCard only' });
  }
  if (element.creditCard && element.shortData === 'as-is') {
    problems.push({ path: `${path}.shortData`, message: 'it must be error: a card number is never short' });
  }
  return problems;
}
