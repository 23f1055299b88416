// The REST function with everything in memory, over a policy of test/vectors/wire.
import type { LambdaHandler } from '../../functions/runtime/invocation.ts';
import { restHandler } from '../../functions/runtime/protect/rest.ts';
import type { TokenWorld } from '../../functions/runtime/protect/tokens.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import type { GatewayEvent, GatewayReply } from '../../lib/wire/gateway.ts';
import { lambdaContext, type TestEnvironment } from './policy.ts';
import { wireEnvironment } from './wire-environment.ts';
import type { WireResponse, WireVector } from './wire-vectors.ts';

export interface RestUnderTest extends TestEnvironment {
  readonly handler: LambdaHandler<GatewayEvent, GatewayReply>;
  /** Sends an event. */
  readonly send: (event: unknown) => Promise<WireResponse>;
  /** Posts a body (a text, or a value as JSON) to a path. */
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<WireResponse>;
}

export interface RestOptions {
  readonly policy?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly fault?: WireVector['fault'];
  readonly nowMs?: number;
  /** Where the keys of tokens come from. */
  readonly world?: Partial<TokenWorld>;
}

/** 2027-01-15. */
export const NOW_MS = 1_800_000_000_000;

export function restUnderTest(options: RestOptions = {}): RestUnderTest {
  const { policy = 'policy', variables = {}, fault, nowMs = NOW_MS, world = {} } = options;
  const test = wireEnvironment({ policy, fault });
  const handler = restHandler(test.environment, variables, test.write, { nowMs: () => nowMs, ...world });
  const send = async (event: unknown): Promise<WireResponse> => {
    const { statusCode, headers, body } = await handler(event as GatewayEvent, lambdaContext());
    return { status: statusCode, headers, body };
  };
  return {
    ...test,
    handler,
    send,
    post: (path, body, headers = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return send(gatewayEvent('POST', path, Object.entries(headers), text));
    },
  };
}
