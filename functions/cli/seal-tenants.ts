import { randomBytes } from 'node:crypto';
import { nextContent } from '../../lib/tenants/next-content.ts';
import { type SecretsReport, withSecrets } from '../../lib/tenants/secrets.ts';
import { located } from './document-file.ts';
import { changeSealedTenants, type SealedPlace } from './sealed-tenants.ts';
import type { TenantsFiles } from './tenants-files.ts';

/** Seals checked files. Rejects with `TenantsError` where they contradict what was sealed before. */
export async function sealTenantsFiles(
  { source, document, secrets }: TenantsFiles,
  place: SealedPlace,
  kms?: string,
): Promise<SecretsReport & { readonly version: number }> {
  return changeSealedTenants(place, kms, (before) => {
    const content = located(source, () => nextContent(document, secrets, before));
    return withSecrets(content, place.tenantKms, randomBytes);
  });
}
