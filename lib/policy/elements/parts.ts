// Parts that the schemas of several element families share, and what elements share with the rest of the policy
// document.

import { z } from 'zod';
import { MAX_LENGTH } from './lengths.ts';

const MAX_NAME = 55;

export const name = z.string().min(1).max(MAX_NAME).meta({ id: 'name' });
const length = z.int().min(0).max(MAX_LENGTH).meta({ id: 'length' });

/** Members of every element. */
export const common = {
  id: z
    .uuid()
    .toLowerCase()
    .describe("Never reused: the element's key is derived from it, so a renamed element still reads its tokens"),
  name,
  description: z.string().max(500).optional(),
};

export const keyVersion = z.int().min(1);

/** Members of an element whose root key can be rotated. */
export const keyed = {
  ...common,
  keyVersion: keyVersion
    .optional()
    .describe(
      "Version of the root key that the element's keys are derived from; default 1. `protector policy rotate` changes it",
    ),
  oldKeyVersions: z
    .array(keyVersion)
    .optional()
    .describe('Earlier versions that stay readable, as `<name>@<version>`, until their columns are re-protected'),
};

/** Accepted so that policies of the reference product carry over. */
export const tokenizer = z
  .enum(['SLT_1_3', 'SLT_2_3', 'SLT_1_6', 'SLT_2_6', 'SLT_X_1', 'SLT_6_DECIMAL', 'SLT_DATETIME'])
  .optional()
  .describe('A tokenizer of the reference product; only its minimum (3 or 6) counts');

export const externalIV = z.boolean().default(true).describe('Whether a caller may pass an external IV');

export const clearParts = {
  fromLeft: length
    .default(0)
    .describe('Characters that stay clear at either end, delimiters counted; they are part of the tweak'),
  fromRight: length.default(0),
};

/** For alphabets that do not hold all ASCII letters and digits. */
export const otherCharacters = z
  .enum(['keep', 'refuse'])
  .default('keep')
  .describe(
    'What becomes of a value with ASCII letters or digits outside the alphabet: `keep`, they stay clear; `refuse`, the value is refused. Letters and digits of other scripts are always refused',
  );

export const lengths = {
  minLength: z
    .int()
    .min(1)
    .max(MAX_LENGTH)
    .optional()
    .describe('Fewest symbols to tokenize; default: as many as make a domain of a million'),
  maxLength: z.int().min(2).max(MAX_LENGTH).default(MAX_LENGTH).describe('Most symbols to tokenize'),
};

export const shortData = z
  .enum(['error', 'as-is', 'weak-token'])
  .describe('What happens to values with fewer symbols than the minimum. `weak-token`: they are tokenized and counted');

export const maskShape = {
  fromLeft: length.describe('Characters at either end, in code points, delimiters counted'),
  fromRight: length,
  mode: z
    .enum(['clear', 'mask'])
    .describe('`clear`: the ends stay clear and the middle is masked. `mask`: the ends are masked'),
  character: z
    .string()
    .refine((text) => Array.from(text).length === 1, 'must be one character')
    .default('*'),
};

export const mask = z.strictObject(maskShape);
/** Which characters of a value are shown, without the mask's name. */
export type MaskDefinition = z.infer<typeof mask>;

export const alphabetSchema = z.strictObject({
  name,
  include: z
    .array(name)
    .default([])
    .describe('Names of other alphabets, built in or of this policy, that this one contains'),
  ranges: z
    .array(z.string().regex(/^[0-9A-Fa-f]{4,5}(-[0-9A-Fa-f]{4,5})?$/, 'must be like 0041 or 0041-005A'))
    .default([])
    .describe('Code points in hexadecimal, `0041` or `0041-005A`'),
});
export type AlphabetDefinition = z.infer<typeof alphabetSchema>;
