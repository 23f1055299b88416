// Schema of ciphers.

import { z } from 'zod';
import { keyed } from './parts.ts';

export const cipherSchema = z.strictObject({
  ...keyed,
  method: z.literal('encryption'),
  type: z.enum(['aes-256-gcm', 'aes-256-siv']),
  keyId: z.int().min(1).max(8191).optional().describe('Key number written in front of the ciphertext'),
});

export type CipherElement = z.infer<typeof cipherSchema>;
