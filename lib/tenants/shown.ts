// What may be shown of sealed tenants: everything but secrets.

import type { TenantsContent } from './content.ts';
import { isSealedSecret, replaceSecrets } from './sinks/secrets.ts';
import { type SealedSettings, SINK_KINDS, type SinkKind } from './sinks/table.ts';

/** Returns a JSON value with `[secret]` for each secret, and of each key its id only. */
export function shownTenants({ apiKeys, unconfigured, tenants, former }: TenantsContent): object {
  return {
    apiKeys: apiKeys.map(({ id }) => ({ id })),
    unconfigured,
    tenants: tenants.map(({ secrets, sinks, ...tenant }) => ({
      ...tenant,
      leasing: tenant.leasing ?? false,
      secrets: secrets.map(({ id, current, path, archived }) => ({ id, current, path, archived })),
      sinks: sinks.map(({ settings, ...sink }) => ({
        ...sink,
        settings: replaceSecrets(settings, isSealedSecret, () => '[secret]' as const),
      })),
    })),
    former: former.map(({ id }) => ({ id })),
  };
}

/** Says in a few words where a sink delivers to. */
export function placeOfSink<Kind extends SinkKind>(settings: SealedSettings<Kind>): string {
  return SINK_KINDS[settings.kind].place(settings);
}
