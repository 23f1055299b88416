import { ProtectorError } from '../../../lib/base/errors.ts';
import { once } from '../../../lib/base/once.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import { refuseRest } from '../../../lib/wire/rest/reply.ts';
import { serveRest } from '../../../lib/wire/rest/serve.ts';
import { parseRestSettings, type UserOfToken, type Variables } from '../../../lib/wire/rest/settings.ts';
import type { ApplicationLog } from '../application-log.ts';
import type { LambdaHandler } from '../invocation.ts';
import { type EntryPoint, type Environment, lambdaHandler } from './pipeline.ts';
import { REHEARSAL_USER, type RehearsedBatch } from './rehearsal.ts';
import type { Outcome, TokenWorld } from './tokens.ts';

/**
 * Makes the handler of the REST API: behind API Gateway, invoked directly, or on a laptop. `variables` hold its
 * settings.
 */
export function restHandler(
  environment: () => Promise<Environment>,
  variables: Variables,
  log?: ApplicationLog,
  world: TokenWorld = { nowMs: Date.now },
): LambdaHandler<GatewayEvent, GatewayReply> {
  const settings = once(() => parseRestSettings(variables, () => userOfToken(variables, world)));
  const entryPoint: EntryPoint<GatewayEvent, GatewayReply> = {
    refuse: refuseRest,
    serve: (event, { requestId, protector }) => serveRest(event ?? {}, { requestId, protector, settings }),
  };
  return lambdaHandler(environment, entryPoint, log);
}

/** Makes an event as API Gateway passes it on. */
export function rehearsedRestEvent({ operation, element, values }: RehearsedBatch): GatewayEvent {
  return {
    httpMethod: 'POST',
    path: `/v1/${operation}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: REHEARSAL_USER, data_element: element, data: values }),
    isBase64Encoded: false,
  };
}

async function userOfToken(variables: Variables, world: TokenWorld): Promise<UserOfToken> {
  const { openTokens } = await import('./tokens.ts'); // lies beside the bundle
  const tokens = valueOf(await openTokens(variables, world));
  return async (authorization) => valueOf(await tokens(authorization));
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, word, cause } = outcome;
  throw new RefusedError(code, {
    ...(word !== undefined && { word }),
    cause: cause && new ProtectorError(cause.code, cause.message),
  });
}
