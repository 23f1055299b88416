import { fileEventSink } from '../../../lib/adapters/file/event-sink.ts';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { type GatewayEnvironment, gatewayEnvironment } from '../../runtime/keys/tenant-gateway.ts';
import { localTenantKms } from '../../runtime/keys/tenant-kms.ts';
import { currentTenants } from '../../runtime/reload/tenants.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The environment of the tenant gateway over files: other KMSs, another sink of events, everything else as in the cloud. */
export interface LocalGateway extends GatewayEnvironment {
  /** Overwrites keys in memory, and closes the file of events. */
  close(): Promise<void>;
}

/** Opens nothing before the first request. Without sealed tenants every request fails, and the application log says why. */
export function localGateway(ws: Workspace): LocalGateway {
  const sink = fileEventSink(ws.events);
  const environment = gatewayEnvironment({
    sink,
    tenants: currentTenants(ws.sealedTenants, insecureLocalKeyService(ws.localKey)),
    kms: localTenantKms(ws.tenantKeys),
  });
  const close = async (): Promise<void> => {
    environment.leases.close();
    try {
      await environment.events.close();
    } finally {
      await sink.close();
    }
  };
  return { ...environment, close };
}
