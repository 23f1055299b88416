// What the metrics of the tenant gateway count, operation by operation.
import { expect, test } from '@jest/globals';
import { gatewayEvent } from '../../../../lib/local/gateway-event.ts';
import { lambdaContext } from '../../../support/policy.ts';
import { API_KEYS, tspUnderTest, type TspUnderTest } from '../../../support/tsp.ts';

type Edeks = TspUnderTest['edeks'];
type Counts = readonly [keys: number, events: number, refusals: number];

const METADATA = { tenantId: 'acme', iclFields: { requestingId: 'ann' }, customFields: {} };

async function counted(route: string, bodyOf: (edeks: Edeks) => object): Promise<Record<string, unknown>> {
  const under = await tspUnderTest();
  const body = JSON.stringify({ ...METADATA, ...bodyOf(under.edeks) });
  const event = gatewayEvent('POST', `/api/1/${route}`, [['Authorization', `cmk ${API_KEYS[0]}`]], body);
  const { statusCode } = await under.handler(event, lambdaContext());
  const { operation, outcome, KeyOperations, EventsAccepted, Refusals } = JSON.parse(under.metrics[0]!);
  return { statusCode, operation, outcome, counts: [KeyOperations, EventsAccepted, Refusals] };
}

test.each<[string, string, (edeks: Edeks) => object, Counts]>([
  ['wrap', 'document/wrap', () => ({}), [1, 1, 0]],
  ['unwrap', 'document/unwrap', ({ acme }) => ({ encryptedDocumentKey: acme }), [1, 1, 0]],
  ['batch-wrap', 'document/batch-wrap', () => ({ documentIds: ['a', 'b', 'c'] }), [3, 3, 0]],
  ['batch-unwrap', 'document/batch-unwrap', ({ acme, cut }) => ({ edeks: { a: acme, b: acme, c: cut } }), [2, 3, 1]],
  ['rekey', 'document/rekey', ({ acme }) => ({ encryptedDocumentKey: acme, newTenantId: 'globex' }), [1, 2, 0]],
  [
    'report-operations',
    'document/report-operations',
    ({ acme }) => ({ operations: { [acme!]: { wraps: 3, unwraps: 2 } } }),
    [0, 2, 0],
  ],
  [
    'derive',
    'key/derive-with-secret-path',
    () => ({ paths: { p: ['a', 'b'] }, derivationType: 'sha512', secretType: 'search' }),
    [1, 3, 0], // two secrets are unwrapped
  ],
  [
    'security-event',
    'event/security-event',
    () => ({ iclFields: { requestingId: 'ann', event: 'USER_LOGIN' } }),
    [0, 1, 0],
  ],
])('%s counts its keys, its events and its refusals', async (operation, route, bodyOf, counts) => {
  expect(await counted(route, bodyOf)).toEqual({ statusCode: 200, operation, outcome: 'success', counts });
});
