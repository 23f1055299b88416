import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { bulkUrl, openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { postTo } from '../../../lib/adapters/http/post.ts';
import type { Parcel } from '../../../lib/delivery/ports.ts';
import { type FakeOpenSearch, startFakeOpenSearch } from '../../support/fake-opensearch.ts';
import { serve, type TestServer } from '../../support/http-server.ts';

const parcels: readonly Parcel[] = ['a', 'b', 'c'].map((id) => ({ id, timeMs: 0, body: `{"cnt":1,"text":"ü ${id}"}` }));

const isB = (body: string) => body.includes('ü b');

describe('the OpenSearch sink', () => {
  let search: FakeOpenSearch;
  const sink = (timeoutMs = 1_000) =>
    openSearchBulkSink({ post: postTo({ url: bulkUrl(search.endpoint, 'pty audits'), headers: {}, timeoutMs }) });
  const kinds = async (timeoutMs?: number) => (await sink(timeoutMs).deliver(parcels)).map(({ kind }) => kind);
  beforeEach(async () => {
    search = await startFakeOpenSearch();
  });
  afterEach(() => search.close());

  test('creates one document per parcel under its id, and counts an existing one as delivered', async () => {
    expect(await kinds()).toEqual(['delivered', 'delivered', 'delivered']);
    expect(await kinds()).toEqual(['delivered', 'delivered', 'delivered']);
    expect([...search.documents]).toEqual(parcels.map(({ id, body }) => [id, JSON.parse(body)]));
  });

  test.each([
    ['throttle', 'retry', 'status 429'],
    ['status500', 'retry', 'status 500'],
    ['status503', 'retry', 'status 503'],
    ['hang', 'retry', 'time-out'],
    ['reset', 'retry', 'ECONNRESET'],
    ['drop', 'retry', 'ECONNRESET'],
    ['malformed', 'retry', 'malformed reply'],
    ['deny', 'config', 'status 401'],
  ] as const)('maps %s to %s: %s', async (fault, kind, reason) => {
    search.fail({ kind: fault, times: 1 });
    // Only a call that hangs waits for its time limit: a busy machine needs longer than that for the others.
    expect(await sink(fault === 'hang' ? 80 : 30_000).deliver(parcels)).toEqual(parcels.map(() => ({ kind, reason })));
  });

  test('tells rejected items of a reply of 200 from accepted ones', async () => {
    search.fail({ kind: 'partial', times: 1 });
    expect(await kinds()).toEqual(['retry', 'delivered', 'retry']);
  });

  test('tells a refused document from a refused call', async () => {
    search.refuse(isB, 'item');
    expect(await kinds()).toEqual(['delivered', 'data', 'delivered']);
    search.refuse(isB, 'call');
    expect(await kinds()).toEqual(['split', 'split', 'split']);
  });

  test('quotes no text of a reply', async () => {
    search.refuse(() => true, 'item');
    expect(JSON.stringify(await sink().deliver(parcels))).not.toContain('refused');
  });
});

describe('a POST to a collector', () => {
  let server: TestServer;
  let visits: string[];
  let answer: (path: string) => { status: number; headers?: Record<string, string>; body?: string };
  beforeEach(async () => {
    visits = [];
    server = await serve((request, response) => {
      visits.push(request.url ?? '');
      const { status, headers = {}, body = '' } = answer(request.url ?? '');
      response.writeHead(status, headers).end(body);
    });
  });
  afterEach(() => server.close());

  test('follows no redirect', async () => {
    answer = (path) => ({ status: path === '/a' ? 307 : 200, headers: { location: `${server.endpoint}/b` } });
    const reply = await postTo({ url: new URL('/a', server.endpoint), headers: {} })('x');
    expect([reply.status, visits]).toEqual([307, ['/a']]);
  });

  test('counts items that it did not send as a malformed reply', async () => {
    const items = parcels.toReversed().map(({ id }) => ({ create: { _id: id, status: 201 } }));
    answer = () => ({ status: 200, body: JSON.stringify({ errors: false, items }) });
    const sink = openSearchBulkSink({ post: postTo({ url: bulkUrl(server.endpoint, 'x'), headers: {} }) });
    expect((await sink.deliver(parcels)).map(({ kind }) => kind)).toEqual(['retry', 'delivered', 'retry']);
  });

  test('gives up an endless reply', async () => {
    answer = () => ({ status: 200, body: 'x'.repeat(17 * 1024 * 1024) });
    await expect(postTo({ url: new URL(server.endpoint), headers: {} })('x')).rejects.toThrow('The reply is too long');
  });

  test.each(['http://esa.example.com:9200', 'ftp://127.0.0.1', 'file:///etc/passwd'])('refuses %s', (url) => {
    expect(() => postTo({ url: new URL(url), headers: {} })).toThrow(RangeError);
  });
});
