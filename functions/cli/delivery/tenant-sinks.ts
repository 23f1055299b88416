// The tenants in force, and how their sinks are reached: those of a workspace, or those of a deployment.
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import type { OpenSink } from '../../../lib/siem/lanes.ts';
import type { Sink, Tenants } from '../../../lib/tenants/model.ts';
import { sinksOf, STANDARD_OUTPUT, standardOutputLane, type TenantRouting } from '../../runtime/forward/environment.ts';
import { tenantSinks } from '../../runtime/forward/tenant-sinks.ts';
import { currentTenants } from '../../runtime/reload/tenants.ts';
import { isInS3 } from '../files/place.ts';
import { requireWorkspace, type Workspace, workspace } from '../workspace/workspace.ts';

/** Routes events to the sinks of a workspace's tenants. Those may be on this machine. */
export function localRouting(ws: Workspace, keys: KeyService): TenantRouting {
  const open = tenantSinks({ laptop: true });
  const settings = { kind: 'stdout' } as const;
  const stdout: Sink = { name: STANDARD_OUTPUT, enabled: true, format: 'native', include: [], exclude: [], settings };
  return {
    current: currentTenants(ws.sealedTenants, keys),
    open,
    standardOutput: standardOutputLane(open('', stdout)),
  };
}

/** Opens sealed tenants: of a file or `s3://bucket/key`, or else of the workspace. */
export async function openTenantSinks(
  dir: string,
  place: string | undefined,
): Promise<{ readonly tenants: Tenants; readonly open: OpenSink }> {
  if (place !== undefined && isInS3(place)) {
    return { tenants: await currentTenants(place, kmsKeyService({ client: kmsClient() }))(), open: sinksOf() };
  }
  const ws = workspace(dir);
  if (place === undefined) requireWorkspace(ws);
  const { current, open } = localRouting(
    place === undefined ? ws : { ...ws, sealedTenants: place },
    insecureLocalKeyService(ws.localKey),
  );
  return { tenants: await current(), open };
}
