// Schemas of format-preserving encryption.

import { z } from 'zod';
import { cardOptions } from './card.schema.ts';
import { clearParts, keyed, lengths, otherCharacters } from './parts.ts';

const fpe = <Type extends string>(type: Type) => ({
  ...keyed,
  method: z.literal('fpe'),
  type: z.literal(type),
  ...clearParts,
  ...lengths,
  shortData: z.enum(['error', 'as-is']),
  tweakInput: z
    .enum(['message', 'argument'])
    .default('message')
    .describe("`message`: the clear parts are the tweak. `argument`: the caller's IV is the tweak, and is required"),
});

/** The FPE types. Nothing else lists them. */
export const fpeSchemas = [
  z.strictObject({ ...fpe('fpe-numeric'), otherCharacters, ...cardOptions, creditCard: z.boolean().default(false) }),
  z.strictObject({ ...fpe('fpe-alpha'), otherCharacters }),
  z.strictObject(fpe('fpe-alpha-numeric')),
  z.strictObject({ ...fpe('fpe-latin1-alpha'), otherCharacters }),
  z.strictObject(fpe('fpe-latin1-alpha-numeric')),
] as const;

export type FpeElement = z.infer<(typeof fpeSchemas)[number]>;
