// The policy, keyring and mapping documents as people and bundles write them. Unknown members are refused.

import { z } from 'zod';

const MAX_NAME = 55;
const MAX_LENGTH = 4096;

const name = z.string().min(1).max(MAX_NAME);
const length = z.int().min(0).max(MAX_LENGTH);

export const elementSchema = z.strictObject({
  /** Never reused: the element's key hangs on it, so an element can be renamed and its tokens stay readable. */
  id: z.uuid().toLowerCase(),
  name,
  description: z.string().max(500).optional(),
  method: z.literal('tokenization'),
  type: z.enum([
    'numeric',
    'alpha',
    'upper-case-alpha',
    'alpha-numeric',
    'upper-case-alpha-numeric',
    'lower-ascii',
    'printable',
    'unicode',
  ]),
  /** Name of an alphabet of the policy; for type unicode only. */
  alphabet: name.optional(),
  /** Characters that stay clear at either end, delimiters counted; they enter the tweak. */
  fromLeft: length.default(0),
  fromRight: length.default(0),
  shortData: z.enum(['error', 'as-is']),
  /** Least number of symbols to tokenize; default: what makes a domain of a million. */
  minLength: z.int().min(2).max(MAX_LENGTH).optional(),
  /** Largest number of symbols to tokenize. */
  maxLength: z.int().min(2).max(MAX_LENGTH).default(MAX_LENGTH),
  /** Whether a caller may pass an external IV. */
  externalIV: z.boolean().default(true),
});

const grant = z.strictObject({
  element: name,
  permissions: z.array(z.enum(['protect', 'unprotect', 'reprotect'])),
  /** What a refused unprotect answers. */
  noAccess: z.enum(['null', 'protected', 'exception']).default('null'),
});

export const roleSchema = z.strictObject({
  name,
  description: z.string().max(500).optional(),
  /** A default role applies to every user that no other role lists. */
  default: z.boolean().default(false),
  members: z.array(z.string().min(1)),
  grants: z.array(grant),
});

export const alphabetSchema = z.strictObject({
  name,
  /** Code points in hexadecimal, `0041` or `0041-005A`. */
  ranges: z.array(z.string().regex(/^[0-9A-Fa-f]{4,5}(-[0-9A-Fa-f]{4,5})?$/, 'must be like 0041 or 0041-005A')).min(1),
});

export const policySchema = z.strictObject({
  name,
  dataStore: name,
  alphabets: z.array(alphabetSchema).default([]),
  elements: z.array(elementSchema).min(1),
  roles: z.array(roleSchema),
});

const mapped = z.strictObject({
  Operation: z
    .string()
    .regex(/^(protect|unprotect|reprotect)$/i, 'must be protect, unprotect or reprotect')
    .transform((operation) => operation.toLowerCase() as 'protect' | 'unprotect' | 'reprotect'),
  Element: name,
  OldElement: name.optional(),
  ExternalIV: z.string().min(1).optional(),
  OldExternalIV: z.string().min(1).optional(),
});

/** Redshift function name → what it does. */
export const mappingSchema = z.record(z.string().min(1), mapped);

export type PolicyDocument = z.infer<typeof policySchema>;
export type ElementDefinition = PolicyDocument['elements'][number];
export type RoleDefinition = PolicyDocument['roles'][number];
export type AlphabetDefinition = PolicyDocument['alphabets'][number];
export type MappingDocument = z.infer<typeof mappingSchema>;
export type MappedFunction = MappingDocument[string];
