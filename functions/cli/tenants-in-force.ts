import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import type { OpenSink } from '../../lib/siem/lanes.ts';
import type { Tenants } from '../../lib/tenants/model.ts';
import { sinksOf } from '../runtime/forward/environment.ts';
import { currentTenants } from '../runtime/reload/tenants.ts';
import { localRouting } from './local-forwarder.ts';
import { isInS3 } from './log-location.ts';
import { workspace } from './workspace.ts';

export interface TenantsOptions {
  readonly dir: string;
  /** `s3://bucket/key` of sealed tenants. @default those of the workspace */
  readonly tenants?: string;
}

/** The tenants of a workspace or of a deployment, and how their sinks are reached from there. */
export async function tenantsInForce(
  options: TenantsOptions,
): Promise<{ readonly tenants: Tenants; readonly open: OpenSink }> {
  const { dir, tenants: location } = options;
  if (location !== undefined && isInS3(location)) {
    return { tenants: await currentTenants(location, kmsKeyService({ client: kmsClient() }))(), open: sinksOf() };
  }
  const ws = workspace(dir);
  const { current, open } = localRouting(
    location === undefined ? ws : { ...ws, sealedTenants: location },
    insecureLocalKeyService(ws.localKey),
  );
  return { tenants: await current(), open };
}
