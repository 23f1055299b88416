// Tenant secrets, from which the keys of deterministic fields are derived: 32 random bytes that only the tenant's own
// KMS can open.

import type { Secret } from '../base/secret.ts';
import { contextOf, directEdek, parseEdek } from './edek.ts';
import { TenantError } from './errors.ts';
import type { KmsConfiguration } from './model.ts';
import type { TenantKms } from './ports.ts';

type Configuration = Pick<KmsConfiguration, 'id' | 'key'>;

/** Makes a new secret in the form of `TenantSecret.edek`. Rejects with `TenantError` of a KMS code. */
export async function newTenantSecret(
  kms: TenantKms,
  tenantId: string,
  configuration: Configuration,
): Promise<Uint8Array> {
  const { plaintext, wrapped } = await kms.generate(configuration.key, contextOf(tenantId, configuration.id, 'secret'));
  plaintext.destroy();
  return directEdek(configuration.id, wrapped);
}

/** Opens a secret under the configuration that its EDEK names. Rejects with `TenantError`. */
export async function openTenantSecret(
  kms: TenantKms,
  tenantId: string,
  configuration: Configuration,
  edek: Uint8Array,
): Promise<Secret> {
  const parsed = parseEdek(edek);
  if (parsed.mode !== 'direct' || parsed.configuration !== configuration.id) {
    throw new TenantError('INVALID_PROVIDED_EDEK', 'The tenant secret is not wrapped by this KMS configuration');
  }
  return kms.unwrap(configuration.key, parsed.wrapped, contextOf(tenantId, configuration.id, 'secret'));
}
