// Content of a sealed tenants file: the tenants with the values of their secrets, and what must outlive every edit.

import { Secret } from '../base/secret.ts';
import type { KmsConfiguration, Leasing, Sink, SinkSettings, Tenant, Tenants } from './model.ts';
import type { SecretUse } from './secret-roles.ts';
import { isSealedSecret, replaceSecrets } from './sinks/secrets.ts';
import type { SealedSettings } from './sinks/table.ts';

/** Bytes are base64. A secret inside settings is `{"secret": <its text>}`. */
export interface TenantsContent {
  readonly apiKeys: readonly { readonly id: string; readonly digest: string }[];
  readonly unconfigured: Tenants['unconfigured'];
  readonly tenants: readonly TenantContent[];
  /** Removed tenants. A tenant that returns under its id gets its keys and secrets back; no other tenant does. */
  readonly former: readonly Lineage[];
}

/** What a tenant keeps even if its entry is removed: the key of each configuration id, and its secrets. */
export interface Lineage {
  readonly id: string;
  readonly kms: readonly KmsConfiguration[];
  readonly secrets: readonly SecretContent[];
}

export interface TenantContent extends Lineage {
  readonly leasing?: Leasing;
  readonly dataStores: readonly string[];
  readonly sinks: readonly SealedSink[];
}

export type SealedSink = Omit<Sink, 'settings'> & { readonly settings: SealedSettings };

export interface SecretContent extends SecretUse {
  readonly edek: string;
}

/** Builds the model of a sealed content. */
export function tenantsOf({ apiKeys, unconfigured, tenants }: TenantsContent, version: number): Tenants {
  return {
    version,
    apiKeys: apiKeys.map(({ id, digest }) => ({ id, digest: Buffer.from(digest, 'base64') })),
    unconfigured,
    tenants: new Map(tenants.map((tenant) => [tenant.id, tenantOf(tenant)])),
  };
}

/** Overwrites every secret of a model that is no longer used. */
export function destroyTenants({ tenants }: Tenants): void {
  for (const { sinks } of tenants.values()) for (const { settings } of sinks) destroySecrets(settings);
}

function tenantOf(content: TenantContent): Tenant {
  const { secrets, sinks, leasing } = content;
  return {
    ...content,
    leasing,
    secrets: secrets.map((secret) => ({ ...secret, edek: Buffer.from(secret.edek, 'base64') })),
    sinks: sinks.map((sink) => ({ ...sink, settings: secretsOpened(sink.settings) })),
  };
}

/** Replaces each sealed secret by a `Secret`. */
function secretsOpened(settings: SealedSettings): SinkSettings {
  return replaceSecrets(settings, isSealedSecret, ({ secret }) => new Secret(Buffer.from(secret, 'utf8')));
}

function destroySecrets(value: unknown): void {
  if (value instanceof Secret) value.destroy();
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(destroySecrets);
}
