// The wire vectors of the tenant gateway against its handler, as API Gateway would send them in either payload format.
import { describe, expect, test } from '@jest/globals';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import type { GatewayEvent } from '../../lib/wire/gateway.ts';
import { secondFormat } from '../support/gateway-events.ts';
import { lambdaContext } from '../support/policy.ts';
import { expectEvents, tspBody, tspUnderTest } from '../support/tsp.ts';
import { expectResponse, readWireVectors } from '../support/wire-vectors.ts';

const vectors = readWireVectors('tsp');

describe('the tenant gateway, by its wire vectors', () => {
  test('has at least 100, each of which names the events it leaves', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(100);
    expect(vectors.filter(({ events }) => events === undefined)).toEqual([]);
  });

  const cases = vectors.flatMap((vector) =>
    ['1.0', '2.0'].map((format) => [`${vector.name} (${format}): ${vector.why}`, vector, format] as const),
  );
  test.each(cases)('answers %s', async (_, vector, format) => {
    const under = await tspUnderTest(vector.fault);
    const { method, path, headers } = vector.request;
    const event = gatewayEvent(method, path, Object.entries(headers), tspBody(vector, under.edeks));
    const sent = format === '1.0' ? event : (secondFormat(event, method, path) as GatewayEvent);
    const { statusCode, headers: replied, body } = await under.handler(sent, lambdaContext());
    expectResponse(vector, { status: statusCode, headers: replied, body });
    expectEvents(vector, under.lines);
    expect(under.metrics).toHaveLength(1);
  });
});
