import { kinesisClient } from '../../../lib/adapters/kinesis/client.ts';
import { kinesisEventSink } from '../../../lib/adapters/kinesis/event-sink.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { kmsTenantKms } from '../../../lib/adapters/kms/tenant-kms.ts';
import { once } from '../../../lib/base/once.ts';
import { GATEWAY_ENV } from '../../../lib/contract/tenant-gateway.ts';
import { awake } from '../awake.ts';
import { writeToStandardOutput } from '../metrics.ts';
import { currentTenants } from '../reload/tenants.ts';
import { optional, required } from '../settings.ts';
import { type GatewayEnvironment, gatewayEnvironment } from './tenant-gateway.ts';

/** The environment of an AWS Lambda function: KMS, the sealed tenants in S3, the stream of events. */
export const gatewayOnLambda = once(async (): Promise<GatewayEnvironment> => {
  const sink = kinesisEventSink({ client: kinesisClient(), streamName: required(GATEWAY_ENV.eventStream) });
  const tenants = currentTenants(required(GATEWAY_ENV.tenants), kmsKeyService({ client: kmsClient() }));
  return gatewayEnvironment({ sink, tenants, kms: kmsTenantKms(), writeMetrics: writeToStandardOutput });
});

/**
 * Resolves when the tenants are opened. The module that Lambda loads (`lambda-entry.mjs`) awaits it. Outside Lambda it does
 * nothing.
 */
export async function startGateway(): Promise<void> {
  if (optional('AWS_LAMBDA_RUNTIME_API') === undefined) return;
  await awake([async () => (await gatewayOnLambda()).tenants()]);
}
