// The content of the next sealing: the document as people wrote it, and what the previous sealing must pass on.

import type { Problem } from '../document/problem.ts';
import { apiKeyDigest } from './api-keys.ts';
import type { Lineage, TenantContent, TenantsContent } from './content.ts';
import { TenantsError } from './errors.ts';
import type { Leasing } from './model.ts';
import { isReference, type SecretValues } from './references.ts';
import { type ApiKeyDocument, DEFAULT_LEASING, type TenantDocument, type TenantsDocument } from './schema.ts';
import { wrappingIds } from './secrets.ts';
import { replaceSecrets } from './sinks/secrets.ts';

/**
 * Builds the content of the next sealing from a document and secrets that `parseTenants` accepted. Tenants keep the
 * secrets that their deterministic keys are derived from; removed tenants are remembered. Throws `TenantsError` if a
 * KMS configuration that was sealed before is gone or names another key, because nothing could open what it wrapped.
 */
export function nextContent(
  document: TenantsDocument,
  secrets: SecretValues,
  before: TenantsContent | undefined,
): TenantsContent {
  const lineages = new Map([...(before?.former ?? []), ...(before?.tenants ?? [])].map((one) => [one.id, one]));
  const problems = document.tenants.flatMap((tenant, i) =>
    checkLineage(`$.tenants[${i}]`, tenant, lineages.get(tenant.id)),
  );
  if (problems.length > 0) throw new TenantsError('The tenants file', problems);
  const present = new Set(document.tenants.map(({ id }) => id));
  return {
    apiKeys: document.apiKeys.map((key) => ({ id: key.id, digest: digestOf(key, secrets) })),
    unconfigured: document.unconfigured,
    tenants: document.tenants.map((tenant) => contentOf(tenant, secrets, lineages.get(tenant.id))),
    former: [...lineages.values()].filter(({ id }) => !present.has(id)).map(lineageOf),
  };
}

function checkLineage(path: string, tenant: TenantDocument, before: Lineage | undefined): Problem[] {
  return [...checkKeys(path, tenant, before), ...checkWrapping(path, tenant, before)];
}

/**
 * Finds configurations that wrap secrets and are no longer active while the tenant goes on with others that cannot wrap:
 * deterministic fields would be refused. With a primary configuration, sealing moves the secrets (`secrets.ts`).
 */
function checkWrapping(path: string, { kms }: TenantDocument, before: Lineage | undefined): Problem[] {
  const isInUse = kms.some(({ state }) => state === 'active');
  if (!isInUse || kms.some(({ primary }) => primary)) return [];
  return [...wrappingIds(before?.secrets ?? [])].flatMap((id): Problem[] => {
    const index = kms.findIndex((one) => one.id === id);
    if (index < 0 || kms[index]!.state === 'active') return [];
    const message = `KMS configuration ${id} wraps the tenant's secrets for deterministic fields: keep it active, or make another one primary, to which sealing moves them`;
    return [{ path: `${path}.kms[${index}].state`, message }];
  });
}

function checkKeys(path: string, tenant: TenantDocument, before: Lineage | undefined): Problem[] {
  return (before?.kms ?? []).flatMap(({ id, key }): Problem[] => {
    const index = tenant.kms.findIndex((one) => one.id === id);
    if (index < 0) {
      const message = `KMS configuration ${id} was sealed before, and what it wrapped names it: keep it, with the state "archived"`;
      return [{ path: `${path}.kms`, message }];
    }
    if (tenant.kms[index]!.key === key) return [];
    const message = `KMS configuration ${id} was sealed before with another key: give the new key an id of its own`;
    return [{ path: `${path}.kms[${index}].key`, message }];
  });
}

function digestOf(key: ApiKeyDocument, secrets: SecretValues): string {
  return 'sha256' in key ? key.sha256 : apiKeyDigest(secrets.get(key.secretRef)!).toString('base64');
}

function contentOf(tenant: TenantDocument, secrets: SecretValues, before: Lineage | undefined): TenantContent {
  const leasing = leasingOf(tenant);
  return {
    id: tenant.id,
    kms: tenant.kms,
    secrets: before?.secrets ?? [],
    ...(leasing === undefined ? {} : { leasing }),
    dataStores: tenant.dataStores,
    sinks: tenant.sinks.map(({ name, enabled, format, include, exclude, ...settings }) => ({
      name,
      enabled,
      format,
      include,
      exclude,
      settings: replaceSecrets(settings, isReference, ({ secretRef }) => ({ secret: secrets.get(secretRef)! })),
    })),
  };
}

function leasingOf({ leasing }: TenantDocument): Leasing | undefined {
  if (leasing === false) return undefined;
  return leasing === true ? DEFAULT_LEASING : leasing;
}

function lineageOf({ id, kms, secrets }: Lineage): Lineage {
  return { id, kms, secrets };
}
