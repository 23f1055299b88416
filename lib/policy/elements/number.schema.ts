// Schemas of numbers.

import { z } from 'zod';
import { externalIV, keyed, tokenizer } from './parts.ts';

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

export type IntegerElement = z.infer<typeof integerSchema>;
export type DecimalElement = z.infer<typeof decimalSchema>;
