import { type Entry, entries, wellFormed } from '../document/entries.ts';
import { type ApiKeyDocument, apiKeySchema, type KmsDocument, kmsSchema } from './schema.ts';
import { type SinkDocument, sinkSchema } from './sinks/table.ts';

/** What can be read of a tenants document that may be wrong in places: enough to check what its parts say of each other. */
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
  /** Some are not well-formed: what is missing may be one of them. */
  readonly isSinkMalformed: boolean;
}

/** The draft of a document, whatever it is. */
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
