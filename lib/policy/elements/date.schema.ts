// Schemas of dates and timestamps.

import { z } from 'zod';
import { keyed, tokenizer } from './parts.ts';

/** Made anew for each type: one shared schema would be a shared definition in the published JSON Schema. */
const dateInClear = () => z.enum(['none', 'year', 'month']).default('none');

export const dateSchemas = [
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('date'),
    tokenizer,
    dateInClear: dateInClear(),
    distinguishable: z.boolean().default(false).describe('Tokens are dates that no input can be'),
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('datetime'),
    tokenizer,
    dateInClear: dateInClear(),
    distinguishable: z.boolean().default(false),
    tokenizeTime: z
      .boolean()
      .default(false)
      .describe('Whether hours, minutes and seconds are tokenized with the date; a fraction never is'),
  }),
] as const;

export type DateElement = z.infer<(typeof dateSchemas)[number]>;
