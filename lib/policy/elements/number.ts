// Numbers: signed integers, and decimals as text.

import { fixedCodePoints } from '../alphabet.ts';
import { bothWays } from './growth.ts';
import { weakDomain } from './lengths.ts';
import type { DecimalElement, IntegerElement } from './number.schema.ts';
import { NOTHING_SHOWN } from './shown.ts';
import { byOption, type ElementTraits, never, nothing, textToken } from './traits.ts';
import { both } from './width.ts';

/** Characters of the longest integer of a size in bytes. */
const INTEGER_CHARACTERS = {
  2: '-32768'.length,
  4: '-2147483648'.length,
  8: '-9223372036854775808'.length,
};

/** Characters of an integer, ascending. */
const SIGNED = Uint32Array.from('-0123456789', (character) => character.charCodeAt(0));

/** A decimal token has a digit more than its value, and two more than a value of more digits than this. */
const ONE_DIGIT_MORE = 20;

export const integer: ElementTraits<IntegerElement> = {
  ...textToken,
  describe: () => ({
    element: { method: 'tokenization', type: 'integer', size: 4 },
    alphabet: 'signed integers of 2, 4 or 8 bytes',
    lengths: '-2147483648 … 2147483647 for 4 bytes',
    example: '-42',
  }),
  check: nothing,
  lint: {
    shortData: nothing,
    clearParts: nothing,
    domain: ({ size }, path) => (size === 2 ? [weakDomain(path, 'a 2-byte integer has 65,536 values')] : []),
  },
  takesExternalIv: byOption,
  // The sign is tokenized with the digits, and every token of a size has as many alternatives.
  shown: ({ size }) => ({ ...NOTHING_SHOWN, hidden: [SIGNED], weakFrom: size === 2 ? 1 : undefined }),
  variant: ({ size }) => size,
  integerBytes: ({ size }) => size,
  width: ({ size }) => both({ factor: 0, more: INTEGER_CHARACTERS[size] }),
  growth: bothWays({ factor: 1, more: INTEGER_CHARACTERS[8] - 1 }, 0),
};

export const decimal: ElementTraits<DecimalElement> = {
  ...textToken,
  describe: () => ({
    element: { method: 'tokenization', type: 'decimal' },
    alphabet: '0-9 in, 1-9 out; sign; . or ,',
    lengths: '1 … 36 characters; tokens are 1 or 2 longer',
    example: '-7634.119',
  }),
  check: nothing,
  lint: {
    shortData: nothing,
    clearParts: nothing,
    domain: (_, path) => [weakDomain(path, 'decimals of fewer than 6 digits have less than a million combinations')],
  },
  takesExternalIv: never,
  shown: () => ({ ...NOTHING_SHOWN, hidden: [fixedCodePoints('numeric')], others: 'signs', weakFrom: 1 }),
  width: ({ maxLength }) => {
    const more = maxLength > ONE_DIGIT_MORE ? 2 : 1;
    return both({ factor: 1, more, most: maxLength + more });
  },
  growth: { ...bothWays({ factor: 1, more: 0 }, 0), protect: () => ({ factor: 1, more: 2 }) },
};
