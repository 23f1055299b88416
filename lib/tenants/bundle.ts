// The tenants as a sealed bundle: the document with the values of its secrets, under a KMS data key.

import type { EncryptionContext, KeyService } from '../crypto/ports.ts';
import { BundleError, type BundleHeader, openBundle, type SealedBundle, sealBundle } from '../crypto/sealed-bundle.ts';
import { type TenantsContent, tenantsOf } from './content.ts';
import type { Tenants } from './model.ts';

/** The clear-text header of sealed tenants. */
export type TenantsHeader = {
  readonly sealed: 'tenants';
  /** Grows with every sealing. */
  readonly version: number;
  /** ISO 8601. */
  readonly createdAt: string;
};

export type SealedTenants = SealedBundle<TenantsHeader>;

/** Opened tenants, from which the next sealing starts. */
export interface OpenedTenants {
  readonly version: number;
  readonly createdAt: string;
  /** The sealing key, as the key service names it. */
  readonly kmsKeyId: string;
  readonly content: TenantsContent;
}

/** Seals a content. `iv`: 12 random bytes. Rejects with `KeyServiceError`. */
export function sealTenants(
  keys: KeyService,
  content: TenantsContent,
  { version, createdAt }: { readonly version: number; readonly createdAt: Date },
  iv: Uint8Array,
): Promise<SealedTenants> {
  const header: TenantsHeader = { sealed: 'tenants', version, createdAt: createdAt.toISOString() };
  return sealBundle(keys, contextOf(header), header, content, iv);
}

/** Opens the tenants of a sealed bundle. Rejects with `BundleError` or `KeyServiceError`. */
export async function openTenants(keys: KeyService, bundle: unknown): Promise<Tenants> {
  const { content, version } = await openTenantsContent(keys, bundle);
  return tenantsOf(content, version);
}

/** Opens the content of a sealed bundle. Rejects with `BundleError` or `KeyServiceError`. */
export async function openTenantsContent(keys: KeyService, bundle: unknown): Promise<OpenedTenants> {
  const { header, content } = await openBundle(keys, bundle, contextOf);
  const { sealed, version, createdAt, kmsKeyId } = header;
  if (sealed !== 'tenants' || typeof version !== 'number') {
    throw new BundleError('BUNDLE_MALFORMED', 'This is a sealed bundle, but no sealed tenants');
  }
  return {
    version,
    createdAt: String(createdAt),
    kmsKeyId: String(kmsKeyId),
    content: content as TenantsContent,
  };
}

function contextOf({ version }: BundleHeader): EncryptionContext {
  return { purpose: 'tenants', version: String(version) };
}
