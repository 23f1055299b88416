// Schemas of the types that store values in clear.

import { z } from 'zod';
import { common, mask } from './parts.ts';

export const clearSchemas = [
  z.strictObject({ ...common, method: z.literal('clear'), type: z.literal('no-encryption') }),
  z.strictObject({ ...common, method: z.literal('clear'), type: z.literal('monitor') }),
  z.strictObject({ ...common, method: z.literal('clear'), type: z.literal('masking'), mask }),
] as const;

export type ClearElement = z.infer<(typeof clearSchemas)[number]>;
