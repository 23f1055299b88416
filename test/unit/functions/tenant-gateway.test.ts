// Errors, log and metrics of the gateway. The wire vectors cover its replies.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { tenantGateway } from '../../../functions/runtime/keys/tenant-gateway.ts';
import type { EventDraft } from '../../../lib/events/event.ts';
import { EventLog } from '../../../lib/events/event-log.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { TenantsSourceError } from '../../../lib/tenants/errors.ts';
import type { GatewayEvent } from '../../../lib/wire/gateway.ts';
import { NOW_MS } from '../../support/key-service.ts';
import { lambdaContext } from '../../support/policy.ts';
import { API_KEYS, tspUnderTest, type TspUnderTest } from '../../support/tsp.ts';

const PROBE = 'SECRET-4111111111111111';
const METADATA = { tenantId: 'acme', iclFields: { requestingId: 'app' }, customFields: {} };

function post(route: string, body: unknown, headers: Readonly<Record<string, string>> = {}): GatewayEvent {
  const all = { Authorization: `cmk ${API_KEYS[0]}`, ...headers };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return gatewayEvent('POST', `/api/1/${route}`, Object.entries(all), text);
}

async function send(under: TspUnderTest, event: GatewayEvent): Promise<{ status: number; body: unknown }> {
  const { statusCode, body } = await under.handler(event, lambdaContext());
  return { status: statusCode, body: JSON.parse(body) as unknown };
}

describe('errors and log hold nothing of the request', () => {
  test.each<[string, GatewayEvent]>([
    ['a body that is no JSON', post('document/wrap', `{"tenantId": ${PROBE}`)],
    ['an API key', post('document/wrap', METADATA, { Authorization: `cmk ${PROBE}` })],
    ['a tenant', post('document/wrap', { ...METADATA, tenantId: PROBE })],
    ['a new tenant', post('document/rekey', { ...METADATA, encryptedDocumentKey: 'AQ==', newTenantId: PROBE })],
    ['an EDEK', post('document/unwrap', { ...METADATA, encryptedDocumentKey: PROBE })],
    ['a member name of a map', post('document/batch-unwrap', { ...METADATA, edeks: { [PROBE]: 7 } })],
    ['a path', post('key/derive-with-secret-path', { ...METADATA, paths: { [PROBE]: 7 } })],
    ['a kind', post('key/derive-with-secret-path', { ...METADATA, paths: {}, derivationType: PROBE })],
    ['metadata', post('document/wrap', { ...METADATA, iclFields: { requestingId: 'x', dataLabel: PROBE.repeat(99) } })],
    ['a custom field', post('document/wrap', { ...METADATA, customFields: { [PROBE]: { a: PROBE } } })],
    ['an event', post('event/security-event', { ...METADATA, iclFields: { requestingId: 'x', event: PROBE } })],
    ['a path of the URL', gatewayEvent('POST', `/api/1/document/${PROBE}`, [], '{}')],
  ])('%s', async (_, event) => {
    const under = await tspUnderTest();
    const { status, body } = await send(under, event);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toEqual({ code: expect.any(Number), message: expect.stringMatching(/^[A-Z a-z].{10,}/) });
    expect(JSON.stringify([body, under.logged, under.metrics])).not.toContain('4111');
    expect(under.logged).toHaveLength(1);
  });

  test('log and metrics hold no returned key', async () => {
    const under = await tspUnderTest();
    const { body } = await send(under, post('document/wrap', METADATA));
    const { dek, edek } = body as { dek: string; edek: string };
    const seen = JSON.stringify([under.logged, under.metrics, under.lines]);
    expect([seen.includes(dek), seen.includes(edek)]).toEqual([false, false]);
  });
});

test('refuses a wrong API key before it reads the body', async () => {
  const under = await tspUnderTest();
  let read = false;
  const event = post('document/wrap', METADATA, { Authorization: 'cmk wrong' });
  Object.defineProperty(event, 'body', { get: () => (read = true) });
  expect((await send(under, event)).status).toBe(401);
  expect(read).toBe(false);
});

test.each([[[API_KEYS[0]!, 'wrong']], [['wrong', API_KEYS[0]!]], [[API_KEYS[0]!, API_KEYS[0]!]]])(
  'refuses two API keys, even if one is right',
  async (keys) => {
    const under = await tspUnderTest();
    const event = {
      ...post('document/wrap', METADATA),
      multiValueHeaders: { Authorization: keys.map((key) => `cmk ${key}`) },
    };
    expect((await send(under, event)).status).toBe(401);
  },
);

test('gives up on a hanging sink half a second before the time limit, and returns no key', async () => {
  const under = await tspUnderTest();
  const events = { accept: (drafts: readonly EventDraft[], giveUp?: AbortSignal) => hanging.accept(drafts, giveUp) };
  const hanging = new EventLog({
    sink: { append: () => new Promise(() => {}) },
    nowMs: () => NOW_MS,
    random: randomBytes,
  });
  const environment = {
    ...under,
    random: randomBytes,
    nowMs: () => NOW_MS,
    tenants: async () => under.tenants,
    events,
  };
  const handler = tenantGateway(
    () => Promise.resolve(environment),
    () => {},
  );
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 510 };
  const { statusCode, body } = await handler(post('document/wrap', METADATA), context);
  expect([statusCode, JSON.parse(body)]).toEqual([503, expect.objectContaining({ code: 301 })]);
});

test('forbids caching of every reply, and 405 names the allowed method', async () => {
  const under = await tspUnderTest();
  const replies = await Promise.all([
    under.handler(post('document/wrap', METADATA), lambdaContext()),
    under.handler(gatewayEvent('GET', '/api/1/document/wrap', [], ''), lambdaContext()),
  ]);
  expect(replies.map(({ statusCode, headers }) => [statusCode, headers])).toEqual([
    [200, expect.objectContaining({ 'Cache-Control': 'no-store' })],
    [405, expect.objectContaining({ 'Cache-Control': 'no-store', Allow: 'POST' })],
  ]);
});

test.each<[string, unknown]>([
  ['nothing', null],
  ['an empty event', {}],
  ['an event of another kind', { Records: [] }],
])('refuses %s like any other request', async (_, event) => {
  const under = await tspUnderTest();
  expect(await send(under, event as GatewayEvent)).toEqual({
    status: 404,
    body: expect.objectContaining({ code: 102 }),
  });
});

test('refuses a body of more than 1 MB in every encoding', async () => {
  const under = await tspUnderTest();
  const large = JSON.stringify({ ...METADATA, more: 'x'.repeat(1024 * 1024) });
  const base64 = { ...post('document/wrap', ''), body: Buffer.from(large).toString('base64'), isBase64Encoded: true };
  for (const event of [post('document/wrap', large), base64]) {
    // oxlint-disable-next-line no-await-in-loop -- two
    expect((await send(under, event)).status).toBe(413);
  }
});

const countersOf = (line: string) => {
  const { _aws, Duration, function: _function, ...counters } = JSON.parse(line) as Record<string, unknown>;
  expect([_aws, Duration]).toEqual([expect.any(Object), 0]); // the clock of the environment stands
  return counters;
};

describe('metrics', () => {
  test('count keys, events and refusals by operation, client and outcome', async () => {
    const under = await tspUnderTest();
    const { edeks } = under;
    const node = { 'x-icl-tsc-language': 'Node' };
    await send(under, post('document/wrap', METADATA, node));
    await send(
      under,
      post('document/batch-unwrap', { ...METADATA, edeks: { a: edeks['acme'], b: edeks['cut'] } }, node),
    );
    await send(under, post('document/wrap', { ...METADATA, tenantId: 'lessor-new' }, { 'x-icl-tsc-language': PROBE }));
    await send(under, post('document/unwrap', { ...METADATA, encryptedDocumentKey: edeks['globex'] }));
    await send(
      under,
      post('document/report-operations', { ...METADATA, operations: { [edeks['acme']!]: { wraps: 2, unwraps: 1 } } }),
    );
    const login = { requestingId: 'x', event: 'USER_LOGIN' };
    await send(under, post('event/security-event', { ...METADATA, iclFields: login }));
    under.sink.down = true;
    await send(under, post('document/wrap', METADATA));
    expect(under.metrics.map(countersOf)).toEqual([
      { operation: 'wrap', client: 'node', outcome: 'success', KeyOperations: 1, EventsAccepted: 1, Refusals: 0 },
      {
        operation: 'batch-unwrap',
        client: 'node',
        outcome: 'success',
        KeyOperations: 1,
        EventsAccepted: 2,
        Refusals: 1,
      },
      // A new lease is an event too.
      { operation: 'wrap', client: 'other', outcome: 'success', KeyOperations: 1, EventsAccepted: 2, Refusals: 0 },
      { operation: 'unwrap', client: 'other', outcome: 'refused', KeyOperations: 0, EventsAccepted: 1, Refusals: 1 },
      {
        operation: 'report-operations',
        client: 'other',
        outcome: 'success',
        KeyOperations: 0,
        EventsAccepted: 2,
        Refusals: 0,
      },
      {
        operation: 'security-event',
        client: 'other',
        outcome: 'success',
        KeyOperations: 0,
        EventsAccepted: 1,
        Refusals: 0,
      },
      { operation: 'wrap', client: 'other', outcome: 'fault', KeyOperations: 0, EventsAccepted: 0, Refusals: 1 },
    ]);
  });
});

test.each(['TENANTS_MISSING', 'TENANTS_REMOVED', 'TENANTS_UNREACHABLE', 'TENANTS_REFUSED'] as const)(
  '%s is 503 for every caller, and only a missing file has its own text',
  async (code) => {
    const failing = () => Promise.reject(new TenantsSourceError(code, PROBE));
    const handler = tenantGateway(failing, () => {});
    const { statusCode, body } = await handler(post('document/wrap', METADATA), lambdaContext());
    expect([statusCode, JSON.parse(body)]).toEqual([503, { code: 100, message: expect.any(String) }]);
    expect([body.includes('protector tenants seal'), body.includes(PROBE)]).toEqual([
      code === 'TENANTS_MISSING',
      false,
    ]);
  },
);

describe('an unexpected error', () => {
  test('is code 100, and the log holds its origin', async () => {
    const logged: unknown[] = [];
    const handler = tenantGateway(
      () => Promise.reject(new TypeError(PROBE)),
      (entry) => void logged.push(entry),
    );
    const { statusCode, body } = await handler(post('document/wrap', METADATA), lambdaContext());
    expect([statusCode, JSON.parse(body)]).toEqual([
      500,
      { code: 100, message: 'The gateway failed; its log says why' },
    ]);
    expect(logged).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        code: 'UNKNOWN_ERROR',
        cause: [expect.objectContaining({ name: 'TypeError' })],
      }),
    ]);
    expect(JSON.stringify(logged)).not.toContain('4111');
  });
});
