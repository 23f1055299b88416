// Numbers: signed integers, and decimals as text.

import { z } from 'zod';
import { bothWays } from './growth.ts';
import { weakDomain } from './lengths.ts';
import { externalIV, keyed, tokenizer } from './parts.ts';
import { byOption, type ElementTraits, never, nothing, textToken } from './traits.ts';

export const integerSchema = z.strictObject({
  ...keyed,
  method: z.literal('tokenization'),
  type: z.literal('integer'),
  size: z.union([z.literal(2), z.literal(4), z.literal(8)]).describe('Bytes of the signed integer'),
  externalIV,
});

export const decimalSchema = z.strictObject({
  ...keyed,
  method: z.literal('tokenization'),
  type: z.literal('decimal'),
  tokenizer,
  maxLength: z.int().min(1).max(38).default(36).describe('Characters of a value, sign and separator counted'),
});

export const integer: ElementTraits<z.infer<typeof integerSchema>> = {
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
    domain: ({ size }, path) => (size === 2 ? [weakDomain(path, 'a 2-byte integer has 65,536 values')] : []),
  },
  takesExternalIv: byOption,
  variant: ({ size }) => size,
  integerBytes: ({ size }) => size,
  growth: bothWays({ factor: 1, more: '-9223372036854775808'.length - 1 }),
};

export const decimal: ElementTraits<z.infer<typeof decimalSchema>> = {
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
    domain: (_, path) => [weakDomain(path, 'decimals of fewer than 6 digits have less than a million combinations')],
  },
  takesExternalIv: never,
  growth: { ...bothWays({ factor: 1, more: 0 }), protect: () => ({ factor: 1, more: 2 }) },
};
