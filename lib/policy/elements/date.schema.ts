// Schemas of dates and timestamps.

import { z } from 'zod';
import { keyed, tokenizer } from './parts.ts';

const isoDate = () => z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a date like 1999-12-31');

/** Made anew for each type: one shared schema would be a shared definition in the published JSON Schema. */
const dateOptions = () => ({
  dateInClear: z.enum(['none', 'year', 'month']).default('none'),
  distinguishable: z.boolean().default(false).describe('Tokens are dates that no input can be'),
  dateOrder: z
    .enum(['ymd', 'dmy', 'mdy'])
    .optional()
    .describe(
      'Order of day and month in dates that end with the year, whatever their separator; `ymd` takes none of them. By default a date element takes DD/MM/YYYY and MM.DD.YYYY, a datetime element none',
    ),
  range: z
    .strictObject({ from: isoDate(), to: isoDate() })
    .optional()
    .describe('First and last date that values may have and tokens get'),
  staysClear: z
    .array(isoDate())
    .max(100)
    .optional()
    .describe(
      'Dates such as 9999-12-31 that stay as they are, in every text form and with any time. No token is one of them',
    ),
});

export const dateSchemas = [
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('date'),
    tokenizer,
    ...dateOptions(),
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('datetime'),
    tokenizer,
    ...dateOptions(),
    tokenizeTime: z
      .boolean()
      .default(false)
      .describe(
        'Whether hours, minutes and seconds are tokenized with the date. A fraction of a second and a zone always stay',
      ),
  }),
] as const;

export type DateElement = z.infer<(typeof dateSchemas)[number]>;
