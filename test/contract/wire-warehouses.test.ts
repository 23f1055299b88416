import { describe, expect, test } from '@jest/globals';
import { redshiftHandler } from '../../functions/runtime/protect/redshift.ts';
import { snowflakeHandler } from '../../functions/runtime/protect/snowflake.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import type { GatewayEvent } from '../../lib/wire/gateway.ts';
import { lambdaContext } from '../support/policy.ts';
import { wireEnvironment } from '../support/wire-environment.ts';
import {
  expectRecords,
  expectResponse,
  invokedFunction,
  readWireVectors,
  requestBody,
  type WireResponse,
  type WireVector,
} from '../support/wire-vectors.ts';

describe.each(['redshift', 'snowflake'] as const)('the %s function, by its wire vectors', (frontEnd) => {
  const vectors = readWireVectors(frontEnd);

  test('has more than 20', () => {
    expect(vectors.length).toBeGreaterThan(20);
  });

  test.each(vectors.map((vector) => [vector.name, vector] as const))('answers %s', async (_, vector) => {
    const { environment, write, sink, verify } = wireEnvironment(vector);
    const response =
      frontEnd === 'redshift'
        ? invoked(await redshiftHandler(environment, write)(vector.request.body as object, lambdaContext()))
        : await askSnowflake(vector, (event) => snowflakeHandler(environment, write)(event, lambdaContext()));
    expectResponse(vector, response);
    expectRecords(vector, sink.lines);
    expect((await verify()).valid).toBe(true);
  });
});

async function askSnowflake(
  vector: WireVector,
  handle: (
    event: GatewayEvent,
  ) => Promise<{ statusCode: number; headers: Readonly<Record<string, string>>; body: string }>,
): Promise<WireResponse> {
  if (invokedFunction(vector) !== undefined) return invoked(await handle(vector.request.body as GatewayEvent));
  const { method, path, headers } = vector.request;
  const reply = await handle(gatewayEvent(method, path, Object.entries(headers), requestBody(vector)));
  return { status: reply.statusCode, headers: reply.headers, body: reply.body };
}

/** The answer of the Invoke API: the reply as JSON. */
function invoked(reply: unknown): WireResponse {
  return { status: 200, headers: {}, body: JSON.stringify(reply) };
}
