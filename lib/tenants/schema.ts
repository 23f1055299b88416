// The tenants as people write them (`tenants.json` or `.yaml`). Unknown members are refused. `json-schema.ts` derives
// the published schema.

import { z } from 'zod';
import { secretRef } from './sinks/members.ts';
import { sinkSchema } from './sinks/table.ts';

const MAX_U32 = 4_294_967_295;

/** What `"leasing": true` means: the limits of the specification, and some hours' worth of uses. */
export const DEFAULT_LEASING = { maxAgeS: 3600, maxUses: 1_000_000, openS: 300 } as const;

const tenantId = z
  .string()
  .min(1)
  .max(256)
  .refine(
    (value) => value.isWellFormed() && !/^\s|\s$|\p{Cc}/u.test(value),
    'must not begin or end with blanks, or hold control characters',
  )
  .describe('Name by which applications call the tenant');

/** A key of AWS KMS by its ARN, not an alias, which can be pointed at another key; or on a laptop, a key in a file. */
const KMS_KEY =
  /^(?:arn:aws[a-z-]*:kms:[a-z]{2}(?:-[a-z]+)+-\d{1,2}:\d{12}:key\/[A-Za-z0-9-]{1,64}|insecure-local:[A-Za-z0-9-]{1,64})$/;

export const kmsSchema = z.strictObject({
  id: z.int().min(0).max(MAX_U32).describe('Every wrapped key holds this id: never reuse it for another key'),
  key: z
    .string()
    .regex(KMS_KEY, 'must be the ARN of a KMS key (no alias), or insecure-local:<name> on a laptop')
    .describe("ARN of a symmetric key of AWS KMS, possibly in the tenant's own account"),
  state: z
    .enum(['active', 'disabled', 'archived'])
    .default('active')
    .describe('`disabled`: refused for now. `archived`: refused for good; it keeps its id'),
  primary: z.boolean().default(false).describe('Wraps new keys; at most one configuration is primary'),
});

const leasingSchema = z
  .strictObject({
    maxAgeS: z.int().min(1).max(3600).default(DEFAULT_LEASING.maxAgeS).describe('How long a leased key wraps, seconds'),
    maxUses: z.int().min(1).max(MAX_U32).default(DEFAULT_LEASING.maxUses).describe('How many times a leased key wraps'),
    openS: z
      .int()
      .min(1)
      .max(300)
      .default(DEFAULT_LEASING.openS)
      .describe(
        'How long an opened lease is used without a call to the KMS, seconds: a revoked key stops within this time',
      ),
  })
  .meta({ id: 'leasing' });

export const tenantSchema = z.strictObject({
  id: tenantId,
  kms: z.array(kmsSchema).default([]),
  leasing: z
    .union([z.boolean(), leasingSchema], 'must be true, false or {"maxAgeS", "maxUses", "openS"}')
    .default(false)
    .describe('Whether a leased key wraps in memory, instead of a call to the KMS each time'),
  dataStores: z
    .array(z.string().min(1).max(55))
    .default([])
    .describe("Data stores of policies; their audit records go to the tenant's sinks too"),
  sinks: z.array(sinkSchema).default([]).describe('Destinations of the events of the tenant'),
});

const keyId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits and ._-');

export const apiKeySchema = z.union(
  [
    z.strictObject({ id: keyId, ...secretRef.shape }),
    z.strictObject({
      id: keyId,
      sha256: z
        .string()
        .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of 32 bytes')
        .describe('SHA-256 of the key, base64: "protector tenants api-key" writes it'),
    }),
  ],
  'must be {"id", "sha256"} as "protector tenants api-key" writes it, or {"id", "secretRef"}',
);

export const tenantsSchema = z.strictObject({
  apiKeys: z
    .array(apiKeySchema)
    .default([])
    .describe('Keys with which applications call; two or more while a key is replaced'),
  unconfigured: z
    .enum(['stdout', 'discard'])
    .default('stdout')
    .describe('What happens to events of tenants without a sink, or without an entry'),
  tenants: z.array(tenantSchema).default([]),
});

export type TenantsDocument = z.infer<typeof tenantsSchema>;
export type TenantDocument = TenantsDocument['tenants'][number];
export type KmsDocument = z.infer<typeof kmsSchema>;
export type ApiKeyDocument = z.infer<typeof apiKeySchema>;
