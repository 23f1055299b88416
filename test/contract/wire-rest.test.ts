// The wire vectors of the REST API against its handler, as API Gateway would send them in either payload format.
import { describe, expect, test } from '@jest/globals';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { secondFormat } from '../support/gateway-events.ts';
import { restUnderTest } from '../support/rest.ts';
import {
  expectRecords,
  expectResponse,
  invokedFunction,
  readWireVectors,
  requestBody,
  type WireResponse,
  type WireVector,
} from '../support/wire-vectors.ts';

const vectors = readWireVectors('rest');

/** What a vector's request is to the function: one event, or one in each payload format. */
function eventsOf(vector: WireVector): (readonly [format: string, event: unknown])[] {
  if (invokedFunction(vector) !== undefined) return [['direct', vector.request.body]];
  const { method, path, headers } = vector.request;
  const event = gatewayEvent(method, path, Object.entries(headers), requestBody(vector));
  return [
    ['1.0', event],
    ['2.0', secondFormat(event, method, path)],
  ];
}

/** Over HTTP, an invocation is answered with what the function returned. */
function asSeen(vector: WireVector, response: WireResponse): WireResponse {
  if (invokedFunction(vector) === undefined) return response;
  const { status, headers, body } = response;
  return {
    status: 200,
    headers: {},
    body: JSON.stringify({ statusCode: status, headers, body, isBase64Encoded: false }),
  };
}

describe('the REST API, by its wire vectors', () => {
  test('has at least 150, each of which names the records it leaves', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(150);
    expect(vectors.filter(({ records }) => records === undefined)).toEqual([]);
  });

  const cases = vectors.flatMap((vector) =>
    eventsOf(vector).map(([format, event]) => [`${vector.name} (${format}): ${vector.why}`, vector, event] as const),
  );
  test.each(cases)('answers %s', async (_, vector, event) => {
    const { policy, environment: variables, fault } = vector;
    const under = restUnderTest({ policy, variables, fault });
    expectResponse(vector, asSeen(vector, await under.send(event)));
    expectRecords(vector, under.sink.lines);
    expect((await under.verify()).valid).toBe(true);
  });
});
