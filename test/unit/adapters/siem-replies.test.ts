// Every sink maps every documented reply of its service to verdicts, for calls of three parcels.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { datadogLogsUrl, datadogSink } from '../../../lib/adapters/http/datadog.ts';
import { googleLoggingSink } from '../../../lib/adapters/http/google-logging.ts';
import { bulkUrl, openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { otlpLogsSink, otlpLogsUrl } from '../../../lib/adapters/http/otlp-logs.ts';
import { postTo } from '../../../lib/adapters/http/post.ts';
import { splunkHecSink } from '../../../lib/adapters/http/splunk-hec.ts';
import type { DeliverySink, Parcel, Verdict } from '../../../lib/delivery/ports.ts';
import { serve, type TestServer } from '../../support/http-server.ts';

const parcels: readonly Parcel[] = ['a', 'b', 'c'].map((id, i) => ({
  id,
  timeMs: Date.now(),
  body: JSON.stringify({ iclFields: { eventId: id } }),
  about: { tenantId: 't', event: 'USER_LOGIN', severity: 'notice', sequence: i + 1, content: 'json' },
}));

interface Scripted {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let server: TestServer;
let answer: (path: string) => Scripted;
let paths: string[];
beforeEach(async () => {
  paths = [];
  server = await serve((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://siem');
    paths.push(pathname);
    const { status, body = '', headers = {} } = answer(pathname);
    response.writeHead(status, headers).end(body);
  });
});
afterEach(() => server.close());

const KEY = String(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
);
const TOKEN: Scripted = { status: 200, body: JSON.stringify({ access_token: 'x', expires_in: 3600 }) };

const SINKS: Readonly<Record<string, () => DeliverySink>> = {
  Splunk: () => splunkHecSink({ url: server.endpoint, token: 'x', acknowledge: false }),
  'Splunk with acknowledgement': () =>
    splunkHecSink({ url: server.endpoint, token: 'x', acknowledge: true, acknowledgeWithinMs: 0 }),
  Google: () =>
    googleLoggingSink({
      project: 'p',
      log: 'l',
      serviceAccount: JSON.stringify({ client_email: 'a', private_key: KEY }),
      url: server.endpoint,
      tokenUrl: `${server.endpoint}/token`,
    }),
  OpenSearch: () => openSearchBulkSink({ post: postTo({ url: bulkUrl(server.endpoint, 'i'), headers: {} }) }),
  OTLP: () => otlpLogsSink({ post: postTo({ url: otlpLogsUrl(server.endpoint), headers: {} }) }),
  Datadog: () => datadogSink({ post: postTo({ url: datadogLogsUrl(server.endpoint), headers: {} }) }),
};

/** A verdict in a word, with its reason: `retry: status 503`. */
const word = (verdict: Verdict): string =>
  verdict.kind === 'delivered' ? 'delivered' : `${verdict.kind}: ${verdict.reason}`;
const allAre = (verdict: string) => [verdict, verdict, verdict];
const said = (code: number, more = {}) => JSON.stringify({ text: 'text', code, ...more });

type Row = readonly [status: number, body: string, verdicts: readonly string[]];

const beside = 'split: beside an invalid event';
const HEC: readonly Row[] = [
  [403, said(1), allAre('config: code 1')],
  [401, said(2), allAre('config: code 2')],
  [401, said(3), allAre('config: code 3')],
  [403, said(4), allAre('config: code 4')],
  [400, said(5), allAre('split: code 5')],
  [400, said(6), allAre('split: code 6')],
  [400, said(6, { 'invalid-event-number': 7 }), allAre('split: code 6')],
  [400, said(7, { 'invalid-event-number': 1 }), allAre('config: code 7')],
  [500, said(8), allAre('retry: code 8')],
  [503, said(9), allAre('retry: code 9')],
  [400, said(10), allAre('config: code 10')],
  [400, said(11), allAre('config: code 11')],
  [400, said(12), allAre('split: code 12')],
  [400, said(13), allAre('split: code 13')],
  [400, said(14), allAre('config: code 14')],
  [400, said(15), allAre('split: code 15')],
  [400, said(16), allAre('config: code 16')],
  [429, said(26), allAre('retry: status 429')],
  [413, 'Content-Length too large', allAre('split: status 413')],
  [404, '', allAre('config: status 404')],
  [302, '', allAre('config: status 302')],
  [502, '<html>', allAre('retry: status 502')],
  [200, '<html>', allAre('retry: malformed reply')],
  [200, said(9), allAre('retry: code 9')],
  [201, said(4), allAre('config: code 4')],
  [200, said(99), allAre('retry: code 99')],
];

const googleError = (code: number, details?: unknown) =>
  JSON.stringify({ error: { code, message: 'secret', details } });
const entryErrors = (errors: unknown) => [
  { '@type': 'type.googleapis.com/google.rpc.DebugInfo' },
  { '@type': 'type.googleapis.com/google.logging.v2.WriteLogEntriesPartialErrors', logEntryErrors: errors },
];
const item = (id: string, status: number) => ({ create: { _id: id, status } });
const bulk = (...statuses: number[]) =>
  JSON.stringify({ errors: true, items: statuses.map((status, i) => item(['a', 'b', 'c'][i]!, status)) });

const refusedItems = (type: string) =>
  JSON.stringify({
    errors: true,
    items: ['a', 'b', 'c'].map((id) => ({ create: { _id: id, status: 400, error: { type, reason: 'secret' } } })),
  });

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  Splunk: [
    ...HEC,
    [200, said(0), allAre('delivered')],
    [200, '', allAre('delivered')],
    [200, '"OK"', allAre('delivered')],
    [204, '', allAre('delivered')],
    [400, said(6, { 'invalid-event-number': 1 }), ['delivered', 'data: code 6', beside]],
    [400, said(12, { 'invalid-event-number': 0 }), ['data: code 12', beside, beside]],
    [400, said(13, { 'invalid-event-number': 2 }), ['delivered', 'delivered', 'data: code 13']],
  ],
  'Splunk with acknowledgement': [
    ...HEC,
    [200, said(0), allAre('config: no acknowledgement id')],
    [204, '', allAre('config: no acknowledgement id')],
    [400, said(6, { 'invalid-event-number': 1 }), [beside, 'data: code 6', beside]],
  ],
  Google: [
    [200, '{}', allAre('delivered')],
    [200, '', allAre('delivered')],
    [201, 'ok', allAre('delivered')],
    [204, '', allAre('delivered')],
    [200, '<html>', allAre('retry: malformed reply')],
    [200, ' <!DOCTYPE html><title>Sign in</title>', allAre('retry: malformed reply')],
    [200, googleError(3), allAre('split: error in the reply')],
    [200, googleError(3, entryErrors({ 1: { code: 3 } })), ['delivered', 'data: entry code 3', 'delivered']],
    [400, googleError(400), allAre('split: status 400')],
    [400, googleError(400, entryErrors({ 1: { code: 3 } })), ['delivered', 'data: entry code 3', 'delivered']],
    [
      403,
      googleError(403, entryErrors({ 0: { code: 7 }, 2: { code: 5 } })),
      ['config: entry code 7', 'delivered', 'config: entry code 5'],
    ],
    [401, googleError(401), allAre('config: status 401')],
    [403, googleError(403), allAre('config: status 403')],
    [404, googleError(404), allAre('config: status 404')],
    [413, '', allAre('split: status 413')],
    [429, googleError(429), allAre('retry: status 429')],
    [500, googleError(500), allAre('retry: status 500')],
    [503, googleError(503), allAre('retry: status 503')],
    [504, googleError(504), allAre('retry: status 504')],
  ],
  OpenSearch: [
    [200, bulk(201, 409, 201), allAre('delivered')],
    [200, bulk(201, 400, 429), ['delivered', 'data: item status 400', 'retry: item status 429']],
    [200, bulk(403, 404, 503), ['config: item status 403', 'config: item status 404', 'retry: item status 503']],
    [200, bulk(201), ['delivered', 'retry: malformed reply', 'retry: malformed reply']],
    [201, bulk(201, 400, 201), ['delivered', 'data: item status 400', 'delivered']],
    [200, '', allAre('delivered')],
    [204, '', allAre('delivered')],
    [200, '{"took":1,"errors":false}', allAre('delivered')],
    [200, '{"took":1,"errors":false,"items":[]}', allAre('delivered')],
    [200, '{"took":1,"errors":true}', allAre('retry: malformed reply')],
    [200, '<html>', allAre('retry: malformed reply')],
    [200, refusedItems('illegal_argument_exception'), allAre('data: item status 400 illegal_argument_exception')],
    [200, refusedItems('index_closed_exception'), allAre('config: item status 400 index_closed_exception')],
    [200, refusedItems('a text of 123-45-6789'), allAre('data: item status 400')],
    [400, '', allAre('split: status 400')],
    [401, '', allAre('config: status 401')],
    [413, '', allAre('split: status 413')],
    [429, '', allAre('retry: status 429')],
    [307, '', allAre('config: status 307')],
    [503, '', allAre('retry: status 503')],
  ],
  OTLP: [
    [200, '{}', allAre('delivered')],
    [200, '{"partialSuccess":{}}', allAre('delivered')],
    [200, '{"partialSuccess":{"rejectedLogRecords":"0","errorMessage":"warning"}}', allAre('delivered')],
    [200, '{"partialSuccess":{"rejectedLogRecords":"1"}}', allAre('split: record rejected')],
    [202, '{"partial_success":{"rejected_log_records":2}}', allAre('split: record rejected')],
    [200, '{"partialSuccess":{"rejectedLogRecords":3}}', allAre('data: record rejected')],
    [200, '', allAre('delivered')],
    [200, 'ok', allAre('delivered')],
    [201, '', allAre('delivered')],
    [202, '{}', allAre('delivered')],
    [204, '', allAre('delivered')],
    [200, '<html>', allAre('retry: malformed reply')],
    [400, '', allAre('split: status 400')],
    [401, '', allAre('config: status 401')],
    [404, '', allAre('config: status 404')],
    [413, '', allAre('split: status 413')],
    [429, '', allAre('retry: status 429')],
    [500, '', allAre('data: status 500')],
    [501, '', allAre('data: status 501')],
    [502, '', allAre('retry: status 502')],
    [503, '', allAre('retry: status 503')],
    [504, '', allAre('retry: status 504')],
  ],
  Datadog: [
    [202, '{}', allAre('delivered')],
    [200, '{"status":"ok"}', allAre('delivered')],
    [200, '', allAre('delivered')],
    [204, '', allAre('delivered')],
    [200, '{"errors":[{"title":"secret"}]}', allAre('split: errors in the reply')],
    [200, '<html>', allAre('retry: malformed reply')],
    [400, '', allAre('split: status 400')],
    [401, '', allAre('config: status 401')],
    [403, '', allAre('config: status 403')],
    [408, '', allAre('retry: status 408')],
    [413, '', allAre('split: status 413')],
    [429, '', allAre('retry: status 429')],
    [500, '', allAre('retry: status 500')],
    [503, '', allAre('retry: status 503')],
  ],
};

describe.each(Object.entries(TABLES))('%s', (name, rows) => {
  test.each(rows)('maps %d %s to %j', async (status, body, verdicts) => {
    answer = (path) => (path === '/token' ? TOKEN : { status, body });
    const got = await SINKS[name]!().deliver(parcels);
    expect(got.map(word)).toEqual(verdicts);
    expect(JSON.stringify(got)).not.toMatch(/secret|text/);
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    [new Date(Date.now() + 3_600_000).toUTCString(), 3_600_000],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
  ])('waits as long as Retry-After: %s asks', async (value, afterMs) => {
    answer = (path) => (path === '/token' ? TOKEN : { status: 503, headers: { 'retry-after': value } });
    const [verdict] = await SINKS[name]!().deliver(parcels);
    const { afterMs: got } = verdict as { afterMs?: number };
    // A date is rounded to seconds, and a little nearer when it is read.
    expect(got === undefined ? got : Math.ceil(got / 60_000) * 60_000).toBe(
      afterMs === undefined ? afterMs : Math.ceil(afterMs / 60_000) * 60_000,
    );
  });

  test('adds no Retry-After to a config verdict', async () => {
    answer = (path) => (path === '/token' ? TOKEN : { status: 401, headers: { 'retry-after': '7' } });
    const [verdict] = await SINKS[name]!().deliver(parcels);
    expect(verdict).not.toHaveProperty('afterMs');
  });
});

/** Of the first parcel. */
const outcome = async (sink: DeliverySink) => word((await sink.deliver(parcels))[0]!);

describe('Google tokens', () => {
  test.each([
    [400, JSON.stringify({ error: 'invalid_grant' }), 'config: token: status 400'],
    [401, '', 'config: token: status 401'],
    [404, '', 'config: token: status 404'],
    [429, '', 'retry: token: status 429'],
    [500, '', 'retry: token: status 500'],
    [302, '', 'config: token: status 302'],
    [200, '<html>', 'retry: token: malformed reply'],
  ])('maps the reply %d %s of the token endpoint', async (status, body, verdict) => {
    answer = () => ({ status, body });
    expect(await outcome(SINKS['Google']!())).toBe(verdict);
    expect(paths).toEqual(['/token']);
  });

  test.each(['', '{', '{}', '{"client_email":"a","private_key":"-----BEGIN PRIVATE KEY-----"}'])(
    'reports an unusable service account as a setting: %s',
    async (serviceAccount) => {
      answer = () => TOKEN;
      const sink = googleLoggingSink({
        project: 'p',
        log: 'l',
        serviceAccount,
        url: server.endpoint,
        tokenUrl: `${server.endpoint}/token`,
      });
      expect(await outcome(sink)).toBe('config: token: unusable service account');
      expect(paths).toEqual([]);
    },
  );

  test('requests a token once for concurrent calls, and uses it until its end', async () => {
    answer = (path) => (path === '/token' ? TOKEN : { status: 200, body: '{}' });
    const sink = SINKS['Google']!();
    await Promise.all([sink.deliver(parcels), sink.deliver(parcels)]);
    await sink.deliver(parcels);
    expect(paths.filter((path) => path === '/token')).toHaveLength(1);
    expect(paths).toHaveLength(4);
  });

  test('does not use a token that is about to end', async () => {
    answer = (path) =>
      path === '/token'
        ? { status: 200, body: JSON.stringify({ access_token: 'x', expires_in: 200 }) }
        : { status: 200, body: '{}' };
    const sink = SINKS['Google']!();
    await sink.deliver(parcels);
    await sink.deliver(parcels);
    expect(paths.filter((path) => path === '/token')).toHaveLength(2);
  });

  test('replaces a refused token once', async () => {
    let refusals = 1;
    answer = (path) => (path === '/token' ? TOKEN : { status: refusals-- > 0 ? 401 : 200, body: '{}' });
    const sink = SINKS['Google']!();
    expect(await outcome(sink)).toBe('delivered');
    expect(paths).toEqual(['/token', '/v2/entries:write', '/token', '/v2/entries:write']);
    refusals = 99;
    expect(await outcome(sink)).toBe('config: status 401');
    expect(paths).toHaveLength(7);
  });
});

describe('acknowledgement by Splunk', () => {
  const events = { status: 200, body: said(0, { ackId: 3 }) };

  test.each([
    [{ status: 200, body: '{"acks":{"3":true}}' }, 'delivered'],
    [{ status: 200, body: '{"acks":{"3":false}}' }, 'retry: not acknowledged'],
    [{ status: 200, body: '{"acks":{}}' }, 'retry: not acknowledged'],
    [{ status: 200, body: '<html>' }, 'retry: malformed reply'],
    [{ status: 400, body: said(14) }, 'config: code 14'],
    [{ status: 400, body: said(11) }, 'config: code 11'],
    [{ status: 503, body: said(9) }, 'retry: code 9'],
    [{ status: 429, body: '' }, 'retry: status 429'],
  ])('maps the reply %j to a poll', async (reply, verdict) => {
    answer = (path) => (path.endsWith('/ack') ? reply : events);
    const got = await SINKS['Splunk with acknowledgement']!().deliver(parcels);
    expect(got.map(word)).toEqual(allAre(verdict));
  });

  test('asks again for events that are not acknowledged yet, and does not send them again', async () => {
    let done = false;
    answer = (path) => (path.endsWith('/ack') ? { status: 200, body: `{"acks":{"3":${done}}}` } : events);
    const sink = SINKS['Splunk with acknowledgement']!();
    expect((await sink.deliver(parcels)).map(word)).toEqual(allAre('retry: not acknowledged'));
    done = true;
    expect((await sink.deliver(parcels.slice(0, 2))).map(word)).toEqual(['delivered', 'delivered']);
    expect((await sink.deliver(parcels.slice(2))).map(word)).toEqual(['delivered']);
    expect(paths.filter((path) => path.endsWith('/event'))).toHaveLength(1);
  });
});
