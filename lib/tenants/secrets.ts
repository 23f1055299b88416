// Tenant secrets, which deterministic keys are derived from, over the life of a tenant: created once it has a KMS,
// rewrapped when its primary configuration changes, rotated on demand, and never deleted, because values under old keys
// must still be found.

import type { Problem } from '../document/problem.ts';
import type { SecretContent, TenantContent, TenantsContent } from './content.ts';
import { contextOf, directEdek, parseEdek } from './edek.ts';
import { TenantError, TenantsError } from './errors.ts';
import type { TenantKms } from './ports.ts';
import type { KmsDocument } from './schema.ts';
import { withArchived, withoutArchived } from './secret-roles.ts';
import { newTenantSecret, openTenantSecret } from './tenant-secret.ts';

type Random = (bytes: number) => Uint8Array;

export interface SecretsReport {
  readonly content: TenantsContent;
  /** Ids of tenants that got their first secret. */
  readonly made: readonly string[];
  /** Ids of tenants whose secrets were rewrapped by a new primary configuration. */
  readonly rewrapped: readonly string[];
  /** Failures by tenant that leave its secrets usable, or as unusable as they were; the next sealing tries again. */
  readonly failures: readonly SecretFailure[];
}

export interface SecretFailure {
  readonly tenantId: string;
  readonly code: TenantError['code'];
  readonly message: string;
}

/**
 * Gives every tenant that has a primary KMS configuration a secret wrapped by it. One failing KMS does not keep other
 * tenants from being sealed, unless this sealing would take its secrets away: rejects with `TenantsError` when the
 * configuration that wraps them was active in `before`, is no longer, and the KMS does not let them move. `random(n)`
 * returns n random bytes.
 */
export async function withSecrets(
  content: TenantsContent,
  kms: TenantKms,
  random: Random,
  before?: TenantsContent,
): Promise<SecretsReport> {
  const outcomes = await Promise.all(content.tenants.map((tenant) => withSecret(tenant, kms, random)));
  const problems = outcomes.flatMap((outcome, i) => takenAway(outcome, i, before));
  if (problems.length > 0) throw new TenantsError('The tenants file', problems);
  const idsOf = (what: Outcome['what']) =>
    outcomes.flatMap(({ tenant, what: one }) => (one === what ? [tenant.id] : []));
  return {
    content: { ...content, tenants: outcomes.map(({ tenant }) => tenant) },
    made: idsOf('made'),
    rewrapped: idsOf('rewrapped'),
    failures: outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
  };
}

/** Returns the ids of the KMS configurations that wrap secrets. */
export function wrappingIds(secrets: readonly SecretContent[]): ReadonlySet<number> {
  return new Set(secrets.map(({ edek }) => parseEdek(Buffer.from(edek, 'base64')).configuration));
}

/** Secrets of a tenant on their way from one KMS configuration to another. */
export interface SecretMove {
  readonly tenantId: string;
  readonly from: number;
  readonly to: number;
}

/** Returns the moves that sealing this content makes. */
export function movesOf({ tenants }: TenantsContent): readonly SecretMove[] {
  return tenants.flatMap(({ id: tenantId, kms, secrets }) => {
    const primary = kms.find((one) => one.primary);
    if (primary === undefined) return [];
    return [...wrappingIds(secrets)].flatMap((from) =>
      from === primary.id ? [] : [{ tenantId, from, to: primary.id }],
    );
  });
}

function takenAway({ tenant, failure }: Outcome, index: number, before: TenantsContent | undefined): Problem[] {
  if (failure === undefined) return [];
  const former = [...(before?.tenants ?? []), ...(before?.former ?? [])].find(({ id }) => id === tenant.id);
  const wasActive = (id: number): boolean =>
    former?.kms.some((one) => one.id === id && one.state === 'active') === true;
  return [...wrappingIds(tenant.secrets)].flatMap((id): Problem[] => {
    const at = tenant.kms.findIndex((one) => one.id === id);
    if (at < 0 || tenant.kms[at]!.state === 'active' || !wasActive(id)) return [];
    const message = `KMS configuration ${id} wraps the tenant's secrets, and they could not be moved to the primary one (${failure.code}: ${failure.message}): keep it active until sealing has moved them`;
    return [{ path: `$.tenants[${index}].kms[${at}].state`, message }];
  });
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
 * Adds a new current secret to a tenant, for one secret path or for all of them; the others stay, so that values under
 * their keys are still found. Rejects with
 * `TenantError`, `UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS` and `NO_PRIMARY_KMS_CONFIGURATION` among them.
 */
export async function rotateSecret(
  content: TenantsContent,
  tenantId: string,
  kms: TenantKms,
  random: Random,
  path?: string,
): Promise<{ readonly content: TenantsContent; readonly secretId: number }> {
  const tenant = sealedTenant(content, tenantId);
  const primary = tenant.kms.find((one) => one.primary);
  if (primary === undefined) {
    throw new TenantError(
      'NO_PRIMARY_KMS_CONFIGURATION',
      'The tenant has no primary KMS configuration to wrap a secret',
    );
  }
  const added = await newSecret(tenant, primary, kms, random);
  const before = tenant.secrets.map((secret) =>
    path === undefined || secret.path === path ? { ...secret, current: false } : secret,
  );
  const secrets = [...before, path === undefined ? added : { ...added, path }];
  return { content: withSecretsOf(content, tenant, secrets), secretId: added.id };
}

/**
 * Archives a former secret, for one secret path or for all: it gives no keys any more, and values under it are no longer
 * found. It is kept; `reviveSecret` takes that back. Throws `TenantsError` for a secret that is current there, and
 * `TenantError` for an unknown tenant.
 */
export function archiveSecret(
  content: TenantsContent,
  tenantId: string,
  secretId: number,
  path?: string,
): TenantsContent {
  const tenant = sealedTenant(content, tenantId);
  checkSecret(tenant, secretId);
  const secrets = withArchived(tenant.secrets, secretId, path);
  if (secrets === undefined) {
    const where = path === undefined ? 'is current' : 'is current for this path';
    throw refusedSecret(`the secret ${secretId} ${where}: rotate first, and move the fields to the new one`);
  }
  return withSecretsOf(content, tenant, secrets);
}

/** Takes the archiving of a secret back, for every path. Throws as `archiveSecret` does. */
export function reviveSecret(content: TenantsContent, tenantId: string, secretId: number): TenantsContent {
  const tenant = sealedTenant(content, tenantId);
  checkSecret(tenant, secretId);
  return withSecretsOf(content, tenant, withoutArchived(tenant.secrets, secretId));
}

function sealedTenant({ tenants }: TenantsContent, tenantId: string): TenantContent {
  const tenant = tenants.find(({ id }) => id === tenantId);
  if (tenant !== undefined) return tenant;
  throw new TenantError(
    'UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS',
    'There is no such tenant among the sealed ones',
  );
}

function checkSecret({ secrets }: TenantContent, secretId: number): void {
  if (secrets.some(({ id }) => id === secretId)) return;
  throw refusedSecret(`the tenant has no secret ${secretId}: "protector tenants show --json" lists its secrets`);
}

function refusedSecret(message: string): TenantsError {
  return new TenantsError('The change', [{ path: '$.secrets', message }]);
}

function withSecretsOf(
  content: TenantsContent,
  tenant: TenantContent,
  secrets: readonly SecretContent[],
): TenantsContent {
  return { ...content, tenants: content.tenants.map((one) => (one === tenant ? { ...one, secrets } : one)) };
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

/**
 * Rewraps a secret by the primary configuration, also when its own configuration is no longer active: the gateway could
 * not open it any more. The KMS has the last word.
 */
async function wrappedBy(
  primary: KmsDocument,
  secret: SecretContent,
  { id: tenantId, kms: configurations }: TenantContent,
  kms: TenantKms,
): Promise<SecretContent> {
  const edek = Buffer.from(secret.edek, 'base64');
  const owner = configurations.find(({ id }) => id === parseEdek(edek).configuration);
  if (owner === undefined || owner.id === primary.id) return secret;
  using plaintext = await openTenantSecret(kms, tenantId, owner, edek);
  const wrapped = await kms.wrap(primary.key, plaintext, contextOf(tenantId, primary.id, 'secret'));
  return { ...secret, edek: base64(directEdek(primary.id, wrapped)) };
}

/** Returns a random id of 32 bits: random, so that it also differs from that of a secret in a lost sealed file. */
function freshId(taken: ReadonlySet<number>, random: Random): number {
  for (;;) {
    const id = Buffer.from(random(4)).readUInt32BE();
    if (id !== 0 && !taken.has(id)) return id;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
