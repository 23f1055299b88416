// Numbers: signed integers, and decimals as text.

import { bothWays } from './growth.ts';
import { weakDomain } from './lengths.ts';
import type { DecimalElement, IntegerElement } from './number.schema.ts';
import { byOption, type ElementTraits, never, nothing, textToken } from './traits.ts';

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
  variant: ({ size }) => size,
  integerBytes: ({ size }) => size,
  growth: bothWays({ factor: 1, more: '-9223372036854775808'.length - 1 }),
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
  growth: { ...bothWays({ factor: 1, more: 0 }), protect: () => ({ factor: 1, more: 2 }) },
};
