// The secrets that deterministic keys are derived from, over the life of a tenant: made when it has a KMS, wrapped anew when its
// primary configuration is another, replaced on demand, and never forgotten, because what they made must be found again.

import type { SecretContent, TenantContent, TenantsContent } from './content.ts';
import { contextOf, directEdek, parseEdek } from './edek.ts';
import { TenantError } from './errors.ts';
import type { TenantKms } from './ports.ts';
import type { KmsDocument } from './schema.ts';
import { newTenantSecret, openTenantSecret } from './tenant-secret.ts';

type Random = (bytes: number) => Uint8Array;

export interface SecretsReport {
  readonly content: TenantsContent;
  /** Tenants that got their first secret. */
  readonly made: readonly string[];
  /** Tenants whose secrets are wrapped by their new primary configuration now. */
  readonly rewrapped: readonly string[];
  /** What could not be done, tenant by tenant; the next sealing tries again. */
  readonly failures: readonly SecretFailure[];
}

export interface SecretFailure {
  readonly tenantId: string;
  readonly code: TenantError['code'];
  readonly message: string;
}

/**
 * The content in which every tenant that has a primary KMS configuration has a secret, wrapped by it. A KMS that fails keeps
 * nobody else's tenants from being sealed. `random` gives as many random bytes as it is asked for.
 */
export async function withSecrets(content: TenantsContent, kms: TenantKms, random: Random): Promise<SecretsReport> {
  const outcomes = await Promise.all(content.tenants.map((tenant) => withSecret(tenant, kms, random)));
  const idsOf = (what: Outcome['what']) =>
    outcomes.flatMap(({ tenant, what: one }) => (one === what ? [tenant.id] : []));
  return {
    content: { ...content, tenants: outcomes.map(({ tenant }) => tenant) },
    made: idsOf('made'),
    rewrapped: idsOf('rewrapped'),
    failures: outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
  };
}

interface Outcome {
  readonly tenant: TenantContent;
  readonly what: 'made' | 'rewrapped' | 'nothing';
  readonly failure?: SecretFailure;
}

async function withSecret(tenant: TenantContent, kms: TenantKms, random: Random): Promise<Outcome> {
  const primary = tenant.kms.find((one) => one.primary);
  if (primary === undefined) return { tenant, what: 'nothing' };
  try {
    if (tenant.secrets.length === 0) {
      return { tenant: { ...tenant, secrets: [await newSecret(tenant, primary, kms, random)] }, what: 'made' };
    }
    const secrets = await Promise.all(tenant.secrets.map((secret) => wrappedBy(primary, secret, tenant, kms)));
    const isChanged = secrets.some((secret, i) => secret !== tenant.secrets[i]);
    return { tenant: { ...tenant, secrets }, what: isChanged ? 'rewrapped' : 'nothing' };
  } catch (error) {
    if (!(error instanceof TenantError)) throw error;
    const failure = { tenantId: tenant.id, code: error.code, message: error.message };
    return { tenant, what: 'nothing', failure };
  }
}

/**
 * The content in which a tenant has a new secret, which is the current one; the others stay, so that what they made is still
 * found. Rejects with `TenantError`, `UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS` and `NO_PRIMARY_KMS_CONFIGURATION` among them.
 */
export async function rotateSecret(
  content: TenantsContent,
  tenantId: string,
  kms: TenantKms,
  random: Random,
): Promise<{ readonly content: TenantsContent; readonly secretId: number }> {
  const tenant = content.tenants.find(({ id }) => id === tenantId);
  if (tenant === undefined) {
    throw new TenantError(
      'UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS',
      'There is no such tenant among the sealed ones',
    );
  }
  const primary = tenant.kms.find((one) => one.primary);
  if (primary === undefined) {
    throw new TenantError(
      'NO_PRIMARY_KMS_CONFIGURATION',
      'The tenant has no primary KMS configuration to wrap a secret',
    );
  }
  const added = await newSecret(tenant, primary, kms, random);
  const before = tenant.secrets.map((secret) => ({ ...secret, current: false }));
  const tenants = content.tenants.map((one) => (one === tenant ? { ...one, secrets: [...before, added] } : one));
  return { content: { ...content, tenants }, secretId: added.id };
}

async function newSecret(
  { id: tenantId, secrets }: TenantContent,
  primary: KmsDocument,
  kms: TenantKms,
  random: Random,
): Promise<SecretContent> {
  const edek = base64(await newTenantSecret(kms, tenantId, primary));
  return { id: freshId(new Set(secrets.map(({ id }) => id)), random), edek, current: true };
}

/** The secret under the primary configuration. One whose own configuration is not active stays as it is: nothing may open it. */
async function wrappedBy(
  primary: KmsDocument,
  secret: SecretContent,
  { id: tenantId, kms: configurations }: TenantContent,
  kms: TenantKms,
): Promise<SecretContent> {
  const edek = Buffer.from(secret.edek, 'base64');
  const owner = configurations.find(({ id }) => id === parseEdek(edek).configuration);
  if (owner === undefined || owner.id === primary.id || owner.state !== 'active') return secret;
  using plaintext = await openTenantSecret(kms, tenantId, owner, edek);
  const wrapped = await kms.wrap(primary.key, plaintext, contextOf(tenantId, primary.id, 'secret'));
  return { ...secret, edek: base64(directEdek(primary.id, wrapped)) };
}

/** Unsigned, 32 bits, random: not that of a secret whose sealed file was lost either. */
function freshId(taken: ReadonlySet<number>, random: Random): number {
  for (;;) {
    const id = Buffer.from(random(4)).readUInt32BE();
    if (id !== 0 && !taken.has(id)) return id;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
