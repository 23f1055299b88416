// What a sealed tenants file holds: the tenants with the values of their secrets, and what must outlive every edit.

import { Secret } from '../base/secret.ts';
import type { KmsConfiguration, Leasing, Sink, SinkSettings, Tenant, Tenants } from './model.ts';
import { isSealedSecret, replaceSecrets } from './sinks/secrets.ts';
import type { SealedSettings } from './sinks/table.ts';

/** Bytes are base64. A secret inside settings is `{"secret": <its text>}`. */
export interface TenantsContent {
  readonly apiKeys: readonly { readonly id: string; readonly digest: string }[];
  readonly unconfigured: Tenants['unconfigured'];
  readonly tenants: readonly TenantContent[];
  /** Tenants that were taken out: their keys and secrets are theirs again when they come back, and nobody else's. */
  readonly former: readonly Lineage[];
}

/** What a tenant keeps whatever becomes of its entry: which key each configuration id stands for, and its secrets. */
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

export interface SecretContent {
  readonly id: number;
  readonly edek: string;
  readonly current: boolean;
}

/** The model of a sealed content. */
export function tenantsOf({ apiKeys, unconfigured, tenants }: TenantsContent, version: number): Tenants {
  return {
    version,
    apiKeys: apiKeys.map(({ id, digest }) => ({ id, digest: Buffer.from(digest, 'base64') })),
    unconfigured,
    tenants: new Map(tenants.map((tenant) => [tenant.id, tenantOf(tenant)])),
  };
}

/** Overwrites every secret of a model that is used no longer. */
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

/** The settings with a `Secret` for each sealed one. */
function secretsOpened(settings: SealedSettings): SinkSettings {
  return replaceSecrets(settings, isSealedSecret, ({ secret }) => new Secret(Buffer.from(secret, 'utf8')));
}

function destroySecrets(value: unknown): void {
  if (value instanceof Secret) value.destroy();
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(destroySecrets);
}
