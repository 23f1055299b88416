import { z } from 'zod';
import { nothing, sinkKind } from './kind.ts';

export const file = sinkKind('file', {
  members: { path: z.string().min(1).max(4096).describe('File to append JSON lines to, on a laptop only') },
  secrets: {},
  check: nothing,
  lint: nothing,
  place: ({ path }) => path,
  laptopOnly: true,
});
