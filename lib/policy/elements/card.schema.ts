// Schema of card numbers.

import { z } from 'zod';
import { MAX_LENGTH } from './lengths.ts';
import { clearParts, externalIV, keyed, lengths, tokenizer } from './parts.ts';

/** Options of card numbers, tokenized or by FPE. */
export const cardOptions = {
  invalidLuhn: z.boolean().default(false).describe('Luhn-valid input becomes a token that is not'),
  invalidCardType: z.boolean().default(false).describe('Input that begins with 2–6 becomes a token that does not'),
  alphabeticIndicator: z
    .int()
    .min(1)
    .max(MAX_LENGTH)
    .optional()
    .describe('1-based position, among the tokenized digits, of the digit that the token shows as a letter'),
};

export const creditCardSchema = z.strictObject({
  ...keyed,
  method: z.literal('tokenization'),
  type: z.literal('credit-card'),
  tokenizer,
  ...clearParts,
  ...lengths,
  ...cardOptions,
  externalIV,
});

export type CreditCardElement = z.infer<typeof creditCardSchema>;
