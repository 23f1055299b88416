import { describe, expect, test } from '@jest/globals';
import { positionOf, type StreamItem } from '../../../lib/delivery/stream-item.ts';
import { eventLine } from '../../../lib/events/line.ts';
import { formatEvent } from '../../../lib/siem/format.ts';
import { route } from '../../../lib/siem/route.ts';
import { routeRecords } from '../../../lib/siem/route-records.ts';
import { securityEvent } from '../../support/siem/events.ts';
import { sinkOf, tenantOf, tenantsOf } from '../../support/small-tenants.ts';

const eventOf = (eventId: string, tenantId: string, event = 'USER_LOGIN') =>
  securityEvent({ eventId, tenantId, iclFields: { event, requestingId: 'u' } });

function itemOf(number: number, lines: readonly string[] | undefined): StreamItem {
  return { id: `s:${number}`, position: positionOf(number), timeMs: 7, lines, raw: () => 'AAE=' };
}

/** `1 acme USER_LOGIN` → a record of the stream with that event. */
function itemsOf(...events: readonly string[]): readonly StreamItem[] {
  return events.map((text, i) => {
    const [eventId = '', tenantId = '', event] = text.split(' ');
    return itemOf(i, [eventLine(eventOf(eventId, tenantId, event))]);
  });
}

const shown = (routing: ReturnType<typeof route>): readonly string[] =>
  routing.shares.map(
    ({ tenantId, sink, placed }) => `${tenantId}@${sink.name}: ${placed.map((one) => one.parcel.id).join()}`,
  );

describe('routing', () => {
  test('gives each event to every enabled sink of its tenant that wants it, in the order of the stream', () => {
    const sinks = [
      sinkOf('all'),
      sinkOf('users', { include: ['USER_*', 'ADMIN_*'], exclude: ['*_LOGOUT'] }),
      sinkOf('off', { enabled: false }),
      sinkOf('never', { include: ['PERIODIC_*'] }),
    ];
    const tenants = tenantsOf([tenantOf('acme', { sinks }), tenantOf('globex', { sinks: [sinkOf('all')] })]);
    const events = ['1 acme USER_LOGIN', '2 globex', '3 acme DATA_EXPORT', '4 acme USER_LOGOUT', '5 acme ADMIN_ADD'];
    const routing = route(itemsOf(...events), tenants);
    expect(shown(routing)).toEqual(['acme@all: 1,3,4,5', 'acme@users: 1,5', 'globex@all: 2']);
    expect(routing).toMatchObject({ events: 5, unconfigured: [], unreadable: { count: 0, letters: [] } });
    const positions = routing.shares[0]!.placed.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted());
    expect(new Set(positions.map(({ length }) => length)).size).toBe(1);
  });

  test.each(['native', 'ocsf', 'ecs', 'cef'] as const)('writes an event in the format of the sink: %s', (format) => {
    const tenants = tenantsOf([tenantOf('acme', { sinks: [sinkOf('s', { format })] })]);
    const [share] = route(itemsOf('1 acme'), tenants).shares;
    expect(share!.placed[0]!.parcel).toEqual(formatEvent(eventOf('1', 'acme'), format));
  });

  test('counts events of unknown tenants and of tenants without an enabled sink as unconfigured', () => {
    const sinks = [sinkOf('off', { enabled: false })];
    const tenants = tenantsOf([tenantOf('none'), tenantOf('off', { sinks })]);
    const routing = route(itemsOf('1 none', '2 off', '3 unknown', '4 __proto__'), tenants);
    expect(shown(routing)).toEqual([]);
    expect(routing.unconfigured.map(({ parcel }) => parcel.id)).toEqual(['1', '2', '3', '4']);
    expect(routing.unconfigured[2]!.parcel).toEqual(formatEvent(eventOf('3', 'unknown'), 'native'));
  });

  test('takes a repeated event of a batch once', () => {
    const tenants = tenantsOf([tenantOf('acme', { sinks: [sinkOf('s')] })]);
    const routing = route(itemsOf('1 acme', '2 acme', '1 acme'), tenants);
    expect([shown(routing), routing.events]).toEqual([['acme@s: 1,2'], 2]);
  });

  test('keeps unreadable lines with their bytes, and goes on', () => {
    const tenants = tenantsOf([tenantOf('acme', { sinks: [sinkOf('s')] })]);
    const good = eventLine(eventOf('1', 'acme'));
    const torn = good.slice(0, 40);
    const routing = route([itemOf(0, undefined), itemOf(1, [torn, good, '{"logtype":"Protection"}'])], tenants);
    expect(shown(routing)).toEqual(['acme@s: 1']);
    expect(routing.unreadable.letters).toEqual([
      { parcel: { id: 's:0', timeMs: 7, body: 'AAE=' }, kind: 'data', reason: 'damaged', attempts: 0 },
      { parcel: { id: 's:1/0', timeMs: 7, body: torn }, kind: 'data', reason: 'no event', attempts: 0 },
      {
        parcel: { id: 's:1/2', timeMs: 7, body: '{"logtype":"Protection"}' },
        kind: 'data',
        reason: 'no event',
        attempts: 0,
      },
    ]);
  });

  test('keeps a record once, whole, when more than a hundred of its lines are unreadable', () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `no ${i}`);
    const { unreadable } = route([itemOf(0, lines.slice(0, 100)), itemOf(1, lines)], tenantsOf([]));
    expect(unreadable.count).toBe(50_100);
    expect(unreadable.letters).toHaveLength(101);
    expect(unreadable.letters.at(-1)).toMatchObject({
      parcel: { id: 's:1', body: 'AAE=' },
      reason: '50000 lines of it are unreadable',
    });
  });
});

const record = (id: string, datastore?: string) => {
  const body = JSON.stringify({ cnt: 1, protection: { datastore, operation: 'Protect' } });
  return { position: positionOf(1), parcel: { id, timeMs: 5, body } };
};

describe('audit records', () => {
  test('go to the enabled sinks of every tenant whose data store they are about, whatever the filters of events are', () => {
    const tenants = tenantsOf([
      tenantOf('acme', {
        dataStores: ['lake', 'shared'],
        sinks: [sinkOf('s', { include: ['USER_*'] }), sinkOf('off', { enabled: false })],
      }),
      tenantOf('globex', { dataStores: ['shared'], sinks: [sinkOf('s')] }),
      tenantOf('other', { sinks: [sinkOf('s')] }),
    ]);
    const records = [record('1', 'lake'), record('2', 'shared'), record('3', 'elsewhere'), record('4')];
    const shares = routeRecords(records, tenants);
    expect(
      shares.map(({ tenantId, sink, placed }) => [tenantId, sink.name, placed.map((one) => one.parcel.id)]),
    ).toEqual([
      ['acme', 's', ['1', '2']],
      ['globex', 's', ['2']],
    ]);
    expect(shares[0]!.placed[0]!.parcel).toMatchObject({
      timeMs: 5,
      body: records[0]!.parcel.body,
      about: { tenantId: 'acme' },
    });
  });
});
