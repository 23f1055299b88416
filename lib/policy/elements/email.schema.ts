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
});

export type EmailElement = z.infer<typeof emailSchema>;
