import { once } from '../../../lib/base/once.ts';
import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import { refuseRest } from '../../../lib/wire/rest/reply.ts';
import { serveRest } from '../../../lib/wire/rest/serve.ts';
import { parseRestSettings } from '../../../lib/wire/rest/settings.ts';
import type { ApplicationLog } from '../application-log.ts';
import type { LambdaHandler } from '../invocation.ts';
import { type EntryPoint, type Environment, lambdaHandler } from './pipeline.ts';

/**
 * Makes the handler of the REST API: behind API Gateway, invoked directly, or on a laptop. `variables` hold its
 * settings.
 */
export function restHandler(
  environment: () => Promise<Environment>,
  variables: Readonly<Record<string, string | undefined>>,
  log?: ApplicationLog,
  nowMs: () => number = Date.now,
): LambdaHandler<GatewayEvent, GatewayReply> {
  const settings = once(async () => parseRestSettings(variables));
  const entryPoint: EntryPoint<GatewayEvent, GatewayReply> = {
    refuse: refuseRest,
    serve: (event, { requestId, protector }) => serveRest(event ?? {}, { requestId, protector, settings, nowMs }),
  };
  return lambdaHandler(environment, entryPoint, log);
}
