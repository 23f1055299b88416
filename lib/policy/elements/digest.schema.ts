// Schema of digests.

import { z } from 'zod';
import { common, keyVersion } from './parts.ts';

export const digestSchema = z.strictObject({
  ...common,
  method: z.literal('hash'),
  type: z.literal('hmac-sha256'),
  keyVersion: keyVersion
    .optional()
    .describe('Another version makes other digests, and no digest can be made from another'),
});

export type DigestElement = z.infer<typeof digestSchema>;
