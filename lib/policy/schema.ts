// The policy and mapping documents as people and bundles write them. Unknown members are refused. The descriptions are shown by
// editors: `json-schema.ts` makes the published schemas of this.

import { z } from 'zod';

const MAX_NAME = 55;
const MAX_LENGTH = 4096;

const name = z.string().min(1).max(MAX_NAME).meta({ id: 'name' });
const length = z.int().min(0).max(MAX_LENGTH).meta({ id: 'length' });

const common = {
  id: z
    .uuid()
    .toLowerCase()
    .describe("Never reused: the element's key hangs on it, so an element can be renamed and its tokens stay readable"),
  name,
  description: z.string().max(500).optional(),
};

const keyVersion = z.int().min(1);

const keyed = {
  ...common,
  keyVersion: keyVersion
    .optional()
    .describe(
      "Version of the root key that the element's keys are derived from; default 1. `protector policy rotate` changes it",
    ),
  oldKeyVersions: z
    .array(keyVersion)
    .optional()
    .describe('Versions before it that can still be read, as `<name>@<version>`, until their columns are re-protected'),
};

/** Accepted so that policies of the reference product carry over. */
const tokenizer = z
  .enum(['SLT_1_3', 'SLT_2_3', 'SLT_1_6', 'SLT_2_6', 'SLT_X_1', 'SLT_6_DECIMAL', 'SLT_DATETIME'])
  .optional()
  .describe('A tokenizer of the reference product; only its minimum (3 or 6) counts');

const externalIV = z.boolean().default(true).describe('Whether a caller may pass an external IV');

const clearParts = {
  fromLeft: length
    .default(0)
    .describe('Characters that stay clear at either end, delimiters counted; they enter the tweak'),
  fromRight: length.default(0),
};

const lengths = {
  minLength: z
    .int()
    .min(1)
    .max(MAX_LENGTH)
    .optional()
    .describe('Least number of symbols to tokenize; default: what makes a domain of a million'),
  maxLength: z.int().min(2).max(MAX_LENGTH).default(MAX_LENGTH).describe('Largest number of symbols to tokenize'),
};

const shortData = z
  .enum(['error', 'as-is', 'weak-token'])
  .describe(
    'What becomes of values with fewer symbols than the minimum. `weak-token`: tokenized all the same, and counted',
  );

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
    .describe('Off: tokens get at least one symbol more, and values of any length are strong'),
});

const cardOptions = {
  invalidLuhn: z.boolean().default(false).describe('Luhn-valid input becomes a token that is not'),
  invalidCardType: z.boolean().default(false).describe('Input that begins with 2–6 becomes a token that does not'),
  alphabeticIndicator: z
    .int()
    .min(1)
    .max(MAX_LENGTH)
    .optional()
    .describe('1-based position, among the tokenized digits, of the one that the token shows as a letter'),
};

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
    .describe("`message`: the clear parts are the tweak. `argument`: the caller's IV is, and must be there"),
});

const maskShape = {
  fromLeft: length.describe('Characters at either end, code points, delimiters counted'),
  fromRight: length,
  mode: z
    .enum(['clear', 'mask'])
    .describe('`clear`: the ends stay and the middle is masked. `mask`: the ends are masked'),
  character: z
    .string()
    .refine((text) => Array.from(text).length === 1, 'must be one character')
    .default('*'),
};

const mask = z.strictObject(maskShape);

export const elementSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...alphabetToken('numeric'),
    leadingZero: z
      .enum(['free', 'preserve'])
      .default('free')
      .describe('`preserve`: a token begins with 0 if and only if the value does, so that a number column can hold it'),
  }),
  z.strictObject(alphabetToken('alpha')),
  z.strictObject(alphabetToken('upper-case-alpha')),
  z.strictObject({
    ...alphabetToken('alpha-numeric'),
    preservePosition: z
      .boolean()
      .default(false)
      .describe('Letters become letters and digits digits, each where it was'),
    preserveCase: z.boolean().default(false).describe('Also keeps the pattern of capitals; implies `preservePosition`'),
  }),
  z.strictObject(alphabetToken('upper-case-alpha-numeric')),
  z.strictObject(alphabetToken('lower-ascii')),
  z.strictObject(alphabetToken('printable')),
  z.strictObject({
    ...alphabetToken('unicode'),
    alphabet: name.describe('Name of an alphabet: built in, or of this policy'),
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('integer'),
    size: z.union([z.literal(2), z.literal(4), z.literal(8)]).describe('Bytes of the signed integer'),
    externalIV,
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('credit-card'),
    tokenizer,
    ...clearParts,
    ...lengths,
    ...cardOptions,
    externalIV,
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('decimal'),
    tokenizer,
    maxLength: z.int().min(1).max(38).default(36).describe('Characters of a value, sign and separator counted'),
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('date'),
    tokenizer,
    dateInClear: z.enum(['none', 'year', 'month']).default('none'),
    distinguishable: z.boolean().default(false).describe('Tokens are dates that no input can be'),
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('datetime'),
    tokenizer,
    dateInClear: z.enum(['none', 'year', 'month']).default('none'),
    distinguishable: z.boolean().default(false),
    tokenizeTime: z
      .boolean()
      .default(false)
      .describe('Whether hours, minutes and seconds are tokenized with the date; a fraction never is'),
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('email'),
    tokenizer,
    preserveLength: z.boolean().default(true),
    shortData,
    externalIV,
  }),
  z.strictObject({
    ...keyed,
    method: z.literal('tokenization'),
    type: z.literal('binary'),
    ...clearParts,
    externalIV,
  }),
  z.strictObject({ ...keyed, method: z.literal('tokenization'), type: z.literal('unicode-bytes'), externalIV }),
  z.strictObject({ ...keyed, method: z.literal('tokenization'), type: z.literal('unicode-base64'), externalIV }),
  z.strictObject({ ...fpe('fpe-numeric'), ...cardOptions, creditCard: z.boolean().default(false) }),
  z.strictObject(fpe('fpe-alpha')),
  z.strictObject(fpe('fpe-alpha-numeric')),
  z.strictObject(fpe('fpe-latin1-alpha')),
  z.strictObject(fpe('fpe-latin1-alpha-numeric')),
  z.strictObject({
    ...keyed,
    method: z.literal('encryption'),
    type: z.enum(['aes-256-gcm', 'aes-256-siv']),
    keyId: z.int().min(1).max(8191).optional().describe('Key number written in front of the ciphertext'),
  }),
  z.strictObject({
    ...common,
    method: z.literal('hash'),
    type: z.literal('hmac-sha256'),
    keyVersion: keyVersion
      .optional()
      .describe('Another version makes other digests, and no digest can be made from another'),
  }),
  z.strictObject({ ...common, method: z.literal('clear'), type: z.literal('no-encryption') }),
  z.strictObject({ ...common, method: z.literal('clear'), type: z.literal('monitor') }),
  z.strictObject({ ...common, method: z.literal('clear'), type: z.literal('masking'), mask }),
]);

const auditSwitches = z.strictObject({
  successful: z
    .boolean()
    .optional()
    .describe('Off: such requests leave no record of their own, but are counted in a summary'),
  failed: z.boolean().optional(),
});

const grant = z.strictObject({
  element: name,
  permissions: z.array(z.enum(['protect', 'unprotect', 'reprotect'])),
  noAccess: z.enum(['null', 'protected', 'exception']).default('null').describe('What a refused unprotect answers'),
  mask: name
    .optional()
    .describe('Name of a mask of this policy: unprotect shows the masked value instead of the clear one'),
  audit: z
    .strictObject({
      protect: auditSwitches.optional(),
      unprotect: auditSwitches.optional(),
      reprotect: auditSwitches.optional(),
    })
    .optional()
    .describe('Which requests are recorded one by one; default: all'),
});

const user = z.string().min(1);
const member = z
  .union([user, z.strictObject({ group: name })], 'must be a user name or {"group": "<name>"}')
  .meta({ id: 'member', description: 'A user by name, or all members of a group of this policy' });

export const groupSchema = z.strictObject({
  name,
  description: z.string().max(500).optional(),
  members: z.array(member).describe('Users, and other groups with all their members'),
});

export const maskSchema = z.strictObject({ name, description: z.string().max(500).optional(), ...maskShape });

export const roleSchema = z.strictObject({
  name,
  description: z.string().max(500).optional(),
  default: z.boolean().default(false).describe('A default role applies to every user that no other role lists'),
  members: z.array(member),
  inheritsDefault: z
    .boolean()
    .optional()
    .describe(
      "False: for elements that its members' roles do not name, the default role's entry does not serve either",
    ),
  grants: z.array(grant),
});

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

export const policySchema = z.strictObject({
  name,
  dataStore: name.describe(
    'What is deployed together and shares one keyring: policies of one data store have equal tokens',
  ),
  conflictResolution: z
    .enum(['least-restrictive', 'most-restrictive'])
    .default('least-restrictive')
    .describe('What several roles of one user come to where they differ'),
  alphabets: z.array(alphabetSchema).default([]),
  masks: z.array(maskSchema).default([]),
  elements: z.array(elementSchema).min(1),
  users: z
    .array(user)
    .optional()
    .describe('All users there are. Where it is given, a role or group that lists another is refused'),
  groups: z.array(groupSchema).default([]),
  roles: z.array(roleSchema),
});

/** What a mapped function does, in any case. */
export const OPERATION = /^(protect|unprotect|reprotect)$/i;

const mapped = z.strictObject({
  Operation: z
    .string()
    .regex(OPERATION, 'must be protect, unprotect or reprotect')
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
/** The definition of an element of one type. */
export type ElementOf<Type extends ElementDefinition['type']> = Extract<ElementDefinition, { type: Type }>;
/** What is shown of a value, without the mask's name. */
export type MaskDefinition = z.infer<typeof mask>;
export type RoleDefinition = PolicyDocument['roles'][number];
export type GroupDefinition = PolicyDocument['groups'][number];
export type Member = RoleDefinition['members'][number];
export type Grant = RoleDefinition['grants'][number];
export type Permission = Grant['permissions'][number];
export type NoAccess = Grant['noAccess'];
export type AlphabetDefinition = PolicyDocument['alphabets'][number];
export type MappingDocument = z.infer<typeof mappingSchema>;
export type MappedFunction = MappingDocument[string];
