// Schemas of the types over an alphabet.

import { z } from 'zod';
import { clearParts, externalIV, keyed, lengths, name, otherCharacters, shortData, tokenizer } from './parts.ts';

const alphabetToken = <Type extends string>(type: Type) => ({
  ...keyed,
  method: z.literal('tokenization'),
  type: z.literal(type),
  tokenizer,
  ...clearParts,
  ...lengths,
  shortData,
  externalIV,
  preserveLength: z
    .boolean()
    .default(true)
    .describe('Off: tokens have at least one symbol more, and values of any length are strong'),
});

/** A type that takes lower-case letters as their upper-case ones. */
const upperCaseToken = <Type extends string>(type: Type) => ({
  ...alphabetToken(type),
  foldClearParts: z
    .boolean()
    .default(false)
    .describe(
      'Letters of the clear parts, and of values that stay clear, are upper-cased as the others are, so that `de89…` and `DE89…` have one token',
    ),
});

/** The types over an alphabet. Nothing else lists them. */
export const alphabetSchemas = [
  z.strictObject({
    ...alphabetToken('numeric'),
    otherCharacters,
    leadingZero: z
      .enum(['free', 'preserve'])
      .default('free')
      .describe('`preserve`: a token begins with 0 if and only if the value does, so that a number column can hold it'),
  }),
  z.strictObject({ ...alphabetToken('alpha'), otherCharacters }),
  z.strictObject({ ...upperCaseToken('upper-case-alpha'), otherCharacters }),
  z.strictObject({
    ...alphabetToken('alpha-numeric'),
    preservePosition: z
      .boolean()
      .default(false)
      .describe('Letters become letters and digits become digits, each in its place'),
    preserveCase: z.boolean().default(false).describe('Also keeps the pattern of capitals; implies `preservePosition`'),
  }),
  z.strictObject(upperCaseToken('upper-case-alpha-numeric')),
  z.strictObject(alphabetToken('lower-ascii')),
  z.strictObject(alphabetToken('printable')),
  z.strictObject({
    ...alphabetToken('unicode'),
    otherCharacters,
    alphabet: name.describe('Name of an alphabet: built in, or of this policy'),
    normalize: z
      .enum(['nfc', 'refuse'])
      .optional()
      .describe(
        '`nfc`: all spellings have one token, and values and tokens are in Unicode normal form C; `refuse`: other forms are refused. Default: `nfc` for alphabets of whole scripts, else neither',
      ),
  }),
] as const;

export type AlphabetElement = z.infer<(typeof alphabetSchemas)[number]>;
