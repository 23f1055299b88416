import { gatewayOnLambda, startGateway } from './runtime/keys/environment.ts';
import { tenantGateway } from './runtime/keys/tenant-gateway.ts';

export const handler = tenantGateway(gatewayOnLambda);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export const ready: Promise<void> = startGateway();
