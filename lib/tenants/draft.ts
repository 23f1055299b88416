import { type Entry, entries, wellFormed } from '../document/entries.ts';
import { type ApiKeyDocument, apiKeySchema, type KmsDocument, kmsSchema } from './schema.ts';
import { type SinkDocument, sinkSchema } from './sinks/table.ts';

/**
 * The well-formed parts of a tenants document that may be wrong in places: enough to check the parts against each
 * other.
 */
export interface TenantsDraft {
  readonly apiKeys: readonly Entry<ApiKeyDocument>[];
  readonly unconfigured: unknown;
  readonly tenants: readonly TenantDraft[];
}

export interface TenantDraft {
  /** `$.tenants[2]` */
  readonly path: string;
  readonly id: string | undefined;
  readonly kms: readonly Entry<KmsDocument>[];
  readonly leasing: boolean;
  readonly dataStores: readonly Entry<string>[];
  readonly sinks: readonly Entry<SinkDocument>[];
  /** Some sinks are malformed, so a check for a missing sink must not report one. */
  readonly isSinkMalformed: boolean;
}

/** Reads the draft of any value. */
export function readDraft(document: unknown): TenantsDraft {
  const { apiKeys, unconfigured = 'stdout', tenants } = Object(document) as Record<string, unknown>;
  return {
    apiKeys: wellFormed('$.apiKeys', apiKeySchema, apiKeys),
    unconfigured,
    tenants: listOf(tenants).map((tenant, i) => readTenant(`$.tenants[${i}]`, tenant)),
  };
}

function readTenant(path: string, tenant: unknown): TenantDraft {
  const { id, kms, leasing = false, dataStores, sinks } = Object(tenant) as Record<string, unknown>;
  const wellFormedSinks = wellFormed(`${path}.sinks`, sinkSchema, sinks);
  return {
    path,
    id: typeof id === 'string' ? id : undefined,
    kms: wellFormed(`${path}.kms`, kmsSchema, kms),
    leasing: leasing !== false,
    dataStores: entries(`${path}.dataStores`, listOf(dataStores)).flatMap(({ value, path: at }) =>
      typeof value === 'string' ? [{ value, path: at }] : [],
    ),
    sinks: wellFormedSinks,
    isSinkMalformed: wellFormedSinks.length < listOf(sinks).length,
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
