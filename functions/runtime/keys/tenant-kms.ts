import { insecureLocalTenantKms } from '../../../lib/adapters/file/insecure-local-tenant-kms.ts';
import { kmsTenantKms } from '../../../lib/adapters/kms/tenant-kms.ts';
import type { TenantKms } from '../../../lib/tenants/ports.ts';

export const INSECURE_LOCAL = 'insecure-local:';

/**
 * Returns the KMS of every tenant on a laptop: `insecure-local:` keys are files in `directory`, all others are keys of
 * AWS KMS. A deployed function uses `kmsTenantKms`, which refuses local keys as an invalid configuration.
 */
export function localTenantKms(directory: string): TenantKms {
  const [local, aws] = [insecureLocalTenantKms(directory), kmsTenantKms()];
  const kmsOf = (key: string): TenantKms => (key.startsWith(INSECURE_LOCAL) ? local : aws);
  return {
    generate: (key, context) => kmsOf(key).generate(key, context),
    wrap: (key, plaintext, context) => kmsOf(key).wrap(key, plaintext, context),
    unwrap: (key, wrapped, context) => kmsOf(key).unwrap(key, wrapped, context),
  };
}
