import { gatewayOnLambda } from './runtime/keys/environment.ts';
import { tenantGateway } from './runtime/keys/tenant-gateway.ts';

export const handler = tenantGateway(gatewayOnLambda);
