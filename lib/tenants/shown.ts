// What may be shown of sealed tenants: everything but what is secret.

import { replacingSecrets, type TenantsContent } from './content.ts';

/** A JSON value with `[secret]` in the place of each secret, and of each key only what it is called. */
export function shownTenants({ apiKeys, unconfigured, tenants, former }: TenantsContent): object {
  return {
    apiKeys: apiKeys.map(({ id }) => ({ id })),
    unconfigured,
    tenants: tenants.map(({ secrets, sinks, ...tenant }) => ({
      ...tenant,
      leasing: tenant.leasing ?? false,
      secrets: secrets.map(({ id, current }) => ({ id, current })),
      sinks: sinks.map(({ settings, ...sink }) => ({
        ...sink,
        settings: replacingSecrets(settings, () => '[secret]'),
      })),
    })),
    former: former.map(({ id }) => ({ id })),
  };
}
