// The policy and mapping documents, as files and bundles hold them. Unknown members are refused. `json-schema.ts` makes
// the published schemas from this, and editors show the descriptions.

import { z } from 'zod';
import { alphabetSchemas } from './elements/alphabet.schema.ts';
import { bytesSchemas } from './elements/bytes.schema.ts';
import { creditCardSchema } from './elements/card.schema.ts';
import { cipherSchema } from './elements/cipher.schema.ts';
import { clearSchemas } from './elements/clear.schema.ts';
import { dateSchemas } from './elements/date.schema.ts';
import { digestSchema } from './elements/digest.schema.ts';
import { scriptSchema } from './elements/script.schema.ts';
import { emailSchema } from './elements/email.schema.ts';
import { fpeSchemas } from './elements/fpe.schema.ts';
import { decimalSchema, integerSchema } from './elements/number.schema.ts';
import { alphabetSchema, maskShape, name } from './elements/parts.ts';
import { INSTANT } from './term.ts';

/** Every element type, as its family's file defines it. */
export const elementSchema = z.discriminatedUnion('type', [
  ...alphabetSchemas,
  scriptSchema,
  integerSchema,
  creditCardSchema,
  decimalSchema,
  ...dateSchemas,
  emailSchema,
  ...bytesSchemas,
  ...fpeSchemas,
  cipherSchema,
  digestSchema,
  ...clearSchemas,
]);

const auditSwitches = z.strictObject({
  successful: z
    .boolean()
    .optional()
    .describe('Off: such requests have no record of their own and are counted in a summary'),
  failed: z.boolean().optional(),
});

const instant = z
  .string()
  .regex(INSTANT, 'must be a time in UTC such as 2026-12-31T18:00:00Z, or a date, which is its first moment');

/** When an entry counts. Outside of its times the policy decides as if the entry were not there. */
const term = {
  from: instant.optional().describe('The first moment (UTC) of the entry; a date is its first moment. Default: always'),
  until: instant.optional().describe('The moment (UTC) at which the entry has ended. Default: never'),
};

const grant = z.strictObject({
  element: name,
  permissions: z.array(z.enum(['protect', 'unprotect', 'reprotect'])),
  noAccess: z.enum(['null', 'protected', 'exception']).default('null').describe('The answer to a refused unprotect'),
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
    .describe('Which requests have a record of their own; default: all'),
  ...term,
});

const user = z.string().min(1);
const member = z
  .union(
    [user, z.strictObject({ group: name, ...term }), z.strictObject({ user, ...term })],
    'must be a user name, {"group": "<name>"} or {"user": "<name>"}, perhaps with from and until',
  )
  .meta({ id: 'member', description: 'A user by name, or all members of a group of this policy; perhaps for a time' });

/** Far beyond any table, and its digits are few. */
const MAX_BUDGET = 1_000_000_000_000;

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
  breakGlass: z
    .boolean()
    .optional()
    .describe('For emergencies: each request that is allowed by this role alone has a record of its own and an alarm'),
  maxUnprotectPerDay: z
    .int()
    .min(1)
    .max(MAX_BUDGET)
    .optional()
    .describe(
      'Values that each member may see a day (UTC), in clear or masked, counted over all functions. Default: any number',
    ),
  inheritsDefault: z
    .boolean()
    .optional()
    .describe("False: elements that no role of a member names do not inherit the default role's grant"),
  grants: z.array(grant),
});

export const policySchema = z.strictObject({
  name,
  dataStore: name.describe('The systems that share one keyring: policies of one data store have equal tokens'),
  conflictResolution: z
    .enum(['least-restrictive', 'most-restrictive'])
    .default('least-restrictive')
    .describe('Which role wins where the roles of one user differ'),
  alphabets: z.array(alphabetSchema).default([]),
  masks: z.array(maskSchema).default([]),
  elements: z.array(elementSchema).min(1),
  users: z
    .array(user)
    .optional()
    .describe('The complete list of users. Roles and groups that list any other user are refused'),
  groups: z.array(groupSchema).default([]),
  roles: z.array(roleSchema),
});

/** The operation of a mapped function; case does not matter. */
export const OPERATION = /^(protect|unprotect|reprotect|check)$/i;

const mapped = z.strictObject({
  Operation: z
    .string()
    .regex(OPERATION, 'must be protect, unprotect, reprotect or check')
    .transform((operation) => operation.toLowerCase() as 'protect' | 'unprotect' | 'reprotect' | 'check'),
  Element: name,
  OldElement: name.optional(),
  ExternalIV: z.string().min(1).optional(),
  OldExternalIV: z.string().min(1).optional(),
});

/** Functions of a warehouse by name. */
export const mappingSchema = z.record(z.string().min(1), mapped);

export type PolicyDocument = z.infer<typeof policySchema>;
export type ElementDefinition = PolicyDocument['elements'][number];
/** The definition of an element of one type, or of several that one schema defines together. */
export type ElementOf<Type extends ElementDefinition['type']> = Extract<ElementDefinition, { type: Type }>;
export type RoleDefinition = PolicyDocument['roles'][number];
export type GroupDefinition = PolicyDocument['groups'][number];
export type Member = RoleDefinition['members'][number];
export type Grant = RoleDefinition['grants'][number];
export type Permission = Grant['permissions'][number];
export type NoAccess = Grant['noAccess'];
export type MappingDocument = z.infer<typeof mappingSchema>;
export type MappedFunction = MappingDocument[string];
