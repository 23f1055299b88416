// The REST function with everything in memory, over a policy of test/vectors/wire.
import { type LambdaHandler } from '../../functions/pipeline.ts';
import { restHandler } from '../../functions/rest.ts';
import { KeyServiceError } from '../../lib/crypto/ports.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import type { CompiledPolicy } from '../../lib/protect/compile.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';
import type { GatewayEvent, GatewayReply } from '../../lib/wire/gateway.ts';
import { compiledPolicy, lambdaContext, type TestEnvironment, testEnvironment } from './policy.ts';
import { readWirePolicy, type WireResponse, type WireVector } from './wire-vectors.ts';

export interface RestUnderTest extends TestEnvironment {
  readonly handler: LambdaHandler<GatewayEvent, GatewayReply>;
  /** Sends an event. */
  readonly send: (event: unknown) => Promise<WireResponse>;
  /** Posts a body (a text, or what becomes JSON) to a path. */
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<WireResponse>;
}

export interface RestOptions {
  readonly policy?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly fault?: WireVector['fault'];
  readonly nowMs?: number;
}

/** 2027-01-15. */
export const NOW_MS = 1_800_000_000_000;

export function restUnderTest(options: RestOptions = {}): RestUnderTest {
  const { policy = 'policy', variables = {}, fault, nowMs = NOW_MS } = options;
  const test = testEnvironment(() => policyOrFault(policy, fault));
  test.sink.down = fault === 'audit-unavailable';
  const handler = restHandler(test.environment, variables, test.write, () => nowMs);
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

const compiled = new Map<string, CompiledPolicy>();

async function policyOrFault(name: string, fault: WireVector['fault']): Promise<CompiledPolicy> {
  await Promise.resolve();
  if (fault === 'policy-missing') throw new RefusedError('POLICY_UNAVAILABLE');
  if (fault === 'key-service-unavailable')
    throw new KeyServiceError('KEY_SERVICE_UNAVAILABLE', 'The key service is away');
  const policy = compiled.get(name) ?? compiledPolicy(readWirePolicy(name));
  compiled.set(name, policy);
  return policy;
}
