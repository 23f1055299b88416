// What receivers refuse, over sockets: a setting keeps events waiting, a bad event leaves alone, and nothing that was taken
// is sent again.
import { afterEach, describe, expect, test } from '@jest/globals';
import { tenantSinks } from '../../functions/runtime/forward/tenant-sinks.ts';
import { DeadLetters } from '../../lib/delivery/dead-letters.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import type { DeliverySink, Parcel } from '../../lib/delivery/ports.ts';
import { redrive } from '../../lib/delivery/redrive.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { z } from 'zod';
import type { SinkKind, SinkSettings } from '../../lib/tenants/model.ts';
import { SINK_KINDS } from '../../lib/tenants/sinks/table.ts';
import { bodyOf, serve, type TestServer } from '../support/http-server.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { securityEvent } from '../support/siem/events.ts';
import { startOpenSearch } from '../support/siem/opensearch.ts';
import { startOtlp } from '../support/siem/otlp.ts';
import type { Receiver } from '../support/siem/receiver.ts';
import { type ReceiverKind, startReceiver } from '../support/siem/start.ts';
import { stillClock } from '../support/virtual-time.ts';

const pace = stillClock();
const options = { ...pace, deadlineMs: pace.nowMs() + 3_600_000, attempts: 1, inOrder: true };
const parcels: readonly Parcel[] = Array.from({ length: 11 }, (_, i) =>
  formatEvent(securityEvent({ eventId: String(1_000 + i), sequence: i + 1, timeMs: Date.now() }), 'native'),
);
const isBad = (body: string): boolean => body.includes('"eventId":"1005"');
const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);
const GOOD = idsOf(parcels).filter((id) => id !== '1005');

function sinkOf(settings: SinkSettings): DeliverySink {
  return tenantSinks({ laptop: true })('t', {
    name: 's',
    enabled: true,
    format: 'native',
    include: [],
    exclude: [],
    settings,
  });
}

let receiver: Receiver | TestServer;
afterEach(() => receiver.close());

describe('OTLP that rejects one record of eleven and does not say which', () => {
  test('has the others, and one stays with its reason, however often it is redriven', async () => {
    const otlp = await startOtlp({ rejectsInPart: true });
    receiver = otlp;
    otlp.refuse(isBad);
    const sink = sinkOf(otlp.settings);
    const report = await deliver(parcels, sink, options);
    expect(idsOf(report.delivered)).toEqual(GOOD);
    expect(report.undelivered).toMatchObject([{ parcel: { id: '1005' }, kind: 'data', reason: 'record rejected' }]);
    expect(new Set(idsOf(otlp.accepted()))).toEqual(new Set(GOOD));
    expect(otlp.accepted()).toHaveLength(2 * GOOD.length); // once in the rejected call, once alone

    const store = new MemoryStore();
    const letters = new DeadLetters(store, 'dead-letters/');
    await letters.keep('t@s', report.undelivered, 0);
    const before = otlp.accepted().length;
    for (let times = 0; times < 3; times++) {
      // oxlint-disable-next-line no-await-in-loop -- one redrive after the other
      const again = await redrive(letters, sink, { ...options, name: 't@s' });
      expect(again).toEqual({ delivered: 0, left: { 'record rejected': 1 }, unreadable: [] });
    }
    expect(otlp.accepted()).toHaveLength(before);
    otlp.refuse(() => false);
    expect(await redrive(letters, sink, { ...options, name: 't@s' })).toMatchObject({ delivered: 1, left: {} });
    expect(store.objects.size).toBe(0);
  });

  test('gets no record twice in the calls that follow', async () => {
    const otlp = await startOtlp({ rejectsInPart: true });
    receiver = otlp;
    otlp.refuse(isBad);
    const sink = sinkOf(otlp.settings);
    await deliver(parcels, sink, options);
    const before = otlp.accepted().length;
    await deliver(parcels, sink, options);
    expect(
      otlp
        .accepted()
        .slice(before)
        .map(({ id }) => id),
    ).toEqual(GOOD);
  });
});

describe('OpenSearch', () => {
  test.each(['item', 'call'] as const)('that refuses every document alike keeps them waiting: by %s', async (how) => {
    const opensearch = await startOpenSearch();
    receiver = opensearch;
    opensearch.refuseBy(how);
    opensearch.refuse(() => true); // as an alias without a write index does
    const sink = sinkOf(opensearch.settings);
    const report = await deliver(parcels, sink, options);
    expect(report.undelivered).toHaveLength(parcels.length);
    expect(new Set(report.undelivered.map(({ kind }) => kind))).toEqual(new Set(['config']));
    expect((await deliver(parcels.slice(0, 1), sink, options)).undelivered).toMatchObject([{ kind: 'retry' }]);
    opensearch.refuse(isBad);
    const mended = await deliver(parcels, sink, options);
    expect(idsOf(mended.delivered)).toEqual(GOOD);
    expect(mended.undelivered).toMatchObject([{ parcel: { id: '1005' }, kind: 'data' }]);
  });
});

/** The path of each kind's API. That of OTLP follows a URL without a path only. */
const API_PATHS: Partial<Record<SinkKind & ReceiverKind, string>> = {
  datadog: '/api/v2/logs',
  'google-logging': '/v2/entries:write',
  opensearch: '/logs-events-default/_bulk',
  otlp: '/v1/logs',
  splunk: '/services/collector/event',
};

describe('a URL with a path', () => {
  test('is tried for every kind that has a URL', () => {
    const kinds = Object.values(SINK_KINDS).filter(
      ({ schema }) => schema instanceof z.ZodObject && 'url' in schema.shape,
    );
    expect(kinds.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(API_PATHS).toSorted());
  });

  test.each(Object.entries(API_PATHS))(
    'of kind %s is kept, and the path of the API follows it once',
    async (kind, path) => {
      const real = await startReceiver(kind as ReceiverKind);
      const asked: string[] = [];
      receiver = await serve(async (request, response) => {
        await bodyOf(request);
        asked.push(request.url!);
        response.end(JSON.stringify({ access_token: 'x', expires_in: 3600 }));
      });
      const { endpoint } = receiver;
      for (const url of [
        `${endpoint}/proxy/siem`,
        `${endpoint}/proxy/siem/`,
        `${endpoint}/proxy/siem${path}`,
        endpoint,
      ]) {
        const settings = {
          ...real.settings,
          url,
          ...('tokenUrl' in real.settings && { tokenUrl: `${endpoint}/token` }),
        };
        // oxlint-disable-next-line no-await-in-loop -- one call after the other
        expect(await sinkOf(settings as SinkSettings).deliver(parcels.slice(0, 1))).toEqual([{ kind: 'delivered' }]);
      }
      await real.close();
      const prefixed = `/proxy/siem${path}`;
      const kept = kind === 'otlp' ? ['/proxy/siem', '/proxy/siem/', prefixed] : [prefixed, prefixed, prefixed];
      expect(asked.filter((url) => url !== '/token')).toEqual([...kept, path]);
    },
  );
});
