// Tenant secrets: what the keys of deterministic fields are derived from. Each is 32 random bytes that only the tenant's own KMS
// opens.

import type { Secret } from '../base/secret.ts';
import { contextOf, directEdek, parseEdek } from './edek.ts';
import { TenantError } from './errors.ts';
import type { KmsConfiguration } from './model.ts';
import type { TenantKms } from './ports.ts';

/** A new secret, as `TenantSecret.edek` keeps it. Rejects with `TenantError` of a KMS code. */
export async function newTenantSecret(
  kms: TenantKms,
  tenantId: string,
  { id, key }: Pick<KmsConfiguration, 'id' | 'key'>,
): Promise<Uint8Array> {
  const { plaintext, wrapped } = await kms.generate(key, contextOf(tenantId, id, 'secret'));
  plaintext.destroy();
  return directEdek(id, wrapped);
}

/** Opens a secret, under a configuration that `configurationOf` finds. Rejects with `TenantError`. */
export async function openTenantSecret(
  kms: TenantKms,
  tenantId: string,
  edek: Uint8Array,
  configurationOf: (id: number) => KmsConfiguration,
): Promise<Secret> {
  const parsed = parseEdek(edek);
  if (parsed.mode !== 'direct') throw new TenantError('INVALID_PROVIDED_EDEK', 'A tenant secret is leased by nobody');
  const { id, key } = configurationOf(parsed.configuration);
  return kms.unwrap(key, parsed.wrapped, contextOf(tenantId, id, 'secret'));
}
