// Schemas of the types over bytes.

import { z } from 'zod';
import { clearParts, externalIV, keyed } from './parts.ts';

export const bytesSchemas = [
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('binary'),
    ...clearParts,
    externalIV,
  }),
  z.strictObject({ ...keyed, method: z.literal('tokenization'), type: z.literal('unicode-bytes'), externalIV }),
  z.strictObject({ ...keyed, method: z.literal('tokenization'), type: z.literal('unicode-base64'), externalIV }),
] as const;

export type BytesElement = z.infer<(typeof bytesSchemas)[number]>;
