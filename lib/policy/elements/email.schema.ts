// Schema of e-mail addresses.

import { z } from 'zod';
import { externalIV, keyed, shortData, tokenizer } from './parts.ts';

export const emailSchema = z.strictObject({
  ...keyed,
  method: z.literal('tokenization'),
  type: z.literal('email'),
  tokenizer,
  preserveLength: z.boolean().default(true),
  shortData,
  externalIV,
  letterCase: z
    .enum(['keep', 'fold'])
    .default('keep')
    .describe(
      '`fold`: an address is lower-cased before it is tokenized and comes back in lower case, so that every spelling has one token, which stays readable in any case',
    ),
});

export type EmailElement = z.infer<typeof emailSchema>;
