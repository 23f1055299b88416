// The audit signing key, sealed in its own bundle and not in the policy: a missing or damaged policy must still leave a
// signed record.

import { Secret } from '../base/secret.ts';
import type { EncryptionContext, KeyService } from '../crypto/ports.ts';
import { type BundleHeader, openBundle, type SealedBundle, sealBundle } from '../crypto/sealed-bundle.ts';

export type SigningKeyHeader = {
  /** UUID of the key. */
  readonly signingKeyId: string;
  /** ISO 8601. */
  readonly createdAt: string;
};

/** Seals a 32-byte signing key. `iv`: 12 random bytes. Rejects with `KeyServiceError`. */
export function sealSigningKey(
  keys: KeyService,
  header: SigningKeyHeader,
  key: Secret,
  iv: Uint8Array,
): Promise<SealedBundle<SigningKeyHeader>> {
  const content = { key: key.exposeText('base64') };
  return sealBundle(keys, contextOf(header), header, content, iv);
}

/** Opens a sealed signing key. Rejects with `BundleError` or `KeyServiceError`. */
export async function openSigningKey(keys: KeyService, bundle: unknown): Promise<{ keyId: string; key: Secret }> {
  const { header, content } = await openBundle(keys, bundle, contextOf);
  const { key } = content as { key: string };
  return { keyId: String(header.signingKeyId), key: new Secret(Buffer.from(key, 'base64')) };
}

function contextOf(header: BundleHeader): EncryptionContext {
  return { purpose: 'audit-signing', signingKeyId: String(header.signingKeyId) };
}
