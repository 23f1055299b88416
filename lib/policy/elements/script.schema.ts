// Schema of tokens that keep script and width.

import { z } from 'zod';
import { externalIV, keyed, shortData } from './parts.ts';

const MAX_SCRIPT_LENGTH = 1024;

export const scriptSchema = z.strictObject({
  ...keyed,
  method: z.literal('tokenization'),
  type: z.literal('unicode-script'),
  maxLength: z
    .int()
    .min(2)
    .max(MAX_SCRIPT_LENGTH)
    .default(MAX_SCRIPT_LENGTH)
    .describe('Most letters, digits and marks to tokenize'),
  normalize: z
    .enum(['nfc', 'refuse'])
    .default('nfc')
    .describe(
      '`nfc`: all spellings of a character have one token, and values come back in Unicode normal form C; `refuse`: values in another form are refused',
    ),
  shortData,
  externalIV,
});

export type ScriptElement = z.infer<typeof scriptSchema>;
