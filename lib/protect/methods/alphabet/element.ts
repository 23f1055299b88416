import type { AlphabetElement } from '../../../policy/elements/alphabet.schema.ts';
import { alphabetFacts } from '../../../policy/alphabet.ts';
import {
  foldsClearParts,
  keepsLeadingZero,
  keepsPositions,
  leastLength,
  longestLength,
  normalFormOf,
  strongLength,
} from '../../../policy/elements/alphabet.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { RefusedError } from '../../refusal.ts';
import { NumeralCipher } from './cipher.ts';
import { MAX_MARKED_LENGTH, markedText } from './marker.ts';
import { acceptNumbers } from './numbers.ts';
import { positionToken } from './position.ts';
import { otherCharactersOf } from '../../../policy/elements/other-characters.ts';
import { foldedText, ivTextMethod, preservingMethod, preservingText } from './token.ts';
import type { Method, MethodContext } from '../method.ts';
import { stableText } from './stable.ts';
import { fixedSymbols, namedSymbols } from './symbols.ts';

/** The largest number of symbols if the length is not preserved (spec: token types). */
const MAX_MARKED = {
  numeric: 3933,
  alpha: 4076,
  'upper-case-alpha': 4049,
  'alpha-numeric': 4080,
  'upper-case-alpha-numeric': 4064,
  'lower-ascii': 4086,
  printable: 4091,
  unicode: MAX_MARKED_LENGTH,
} as const satisfies Record<AlphabetElement['type'], number>;

/**
 * Compiles an element of tokens over an alphabet. Throws `RefusedError` `ELEMENT_UNFIT` for options that exclude each
 * other; a checked policy has none.
 */
export function compileAlphabetElement(element: AlphabetElement, context: MethodContext): Method {
  if (keepsPositions(element)) return compilePosition(element, context);
  const preserveZero = element.type === 'numeric' && element.leadingZero === 'preserve';
  // A marked token may begin with any digit, so walking cannot keep the first one.
  if (preserveZero && !element.preserveLength) throw new RefusedError('ELEMENT_UNFIT');
  const symbols =
    element.type === 'unicode' ? namedSymbols(element.alphabet, context.alphabets) : fixedSymbols(element.type);
  const cipher = new NumeralCipher(context);
  const { fromLeft, fromRight, shortData, externalIV } = element;
  const facts = alphabetFacts(element, context.alphabets);
  const maxLength = longestLength(element, facts);
  const minLength = leastLength(element, facts);
  const otherCharacters = otherCharactersOf(element);
  const letterCase = foldsClearParts(element) ? 'upper' : undefined;
  const normalForm = normalFormOf(element, facts);
  if (!element.preserveLength) {
    // A marked token has no choice of symbols left.
    if (normalForm !== undefined) throw new RefusedError('ELEMENT_UNFIT');
    const marked = {
      symbols,
      fromLeft,
      fromRight,
      minLength,
      shortData,
      otherCharacters,
      maxLength: Math.min(maxLength, MAX_MARKED[element.type]),
    };
    return ivTextMethod(foldedText(markedText(cipher, marked), letterCase), externalIV);
  }
  const keepLeadingZero = keepsLeadingZero(element);
  const rules = {
    symbols,
    fromLeft,
    fromRight,
    minLength,
    maxLength,
    shortData,
    otherCharacters,
    keepLeadingZero,
  };
  if (normalForm !== undefined) {
    const stable = { ...rules, normalForm, strongLength: strongLength(element, facts) };
    return ivTextMethod(stableText(cipher, stable), externalIV);
  }
  const method =
    letterCase === undefined
      ? preservingMethod(cipher, rules, externalIV)
      : ivTextMethod(foldedText(preservingText(cipher, rules), letterCase), externalIV);
  return preserveZero ? acceptNumbers(method) : method;
}

function compilePosition(element: ElementOf<'alpha-numeric'>, context: MethodContext): Method {
  const { fromLeft, fromRight, preserveLength, preserveCase, minLength, maxLength, shortData, externalIV } = element;
  if (fromLeft > 0 || fromRight > 0 || !preserveLength) throw new RefusedError('ELEMENT_UNFIT');
  return positionToken(new NumeralCipher(context), { preserveCase, minLength, maxLength, shortData, externalIV });
}
