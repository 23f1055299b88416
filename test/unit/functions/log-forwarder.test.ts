// The log forwarder by the events of AWS Lambda: routing, metrics and log.
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  auditStoreLane,
  type ForwarderEnvironment,
  standardOutputLane,
} from '../../../functions/runtime/forward/environment.ts';
import type { LogEntry } from '../../../functions/runtime/application-log.ts';
import { logForwarder } from '../../../functions/runtime/forward/log-forwarder.ts';
import { eventLine } from '../../../lib/events/line.ts';
import { KeyServiceError } from '../../../lib/crypto/ports.ts';
import { TenantsSourceError } from '../../../lib/tenants/errors.ts';
import type { Tenants } from '../../../lib/tenants/model.ts';
import { kinesisEvent, kinesisRecord } from '../../support/kinesis-events.ts';
import { MemorySink } from '../../support/memory-sink.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { lambdaContext } from '../../support/policy.ts';
import { securityEvent } from '../../support/siem/events.ts';
import { originals } from '../../support/signed-lines.ts';
import { sinkOf, tenantOf, tenantsOf } from '../../support/small-tenants.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

const CLOCK = { 'detail-type': 'Scheduled Event' } as const;
const EVENTS_ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/events';

let store: MemoryStore;
let sinks: Map<string, MemorySink>;
let auditStore: MemorySink;
let standardOutput: MemorySink;
let tenants: Tenants;
let logged: LogEntry[];
let metrics: Record<string, unknown>[];
let time: VirtualTime;

beforeEach(() => {
  store = new MemoryStore();
  time = new VirtualTime(Date.now());
  sinks = new Map();
  auditStore = new MemorySink(100);
  standardOutput = new MemorySink(100);
  const settings = { kind: 'file', path: '/dev/null' } as const;
  tenants = tenantsOf([
    tenantOf('acme', { sinks: [sinkOf('siem', { settings })], dataStores: ['SAMPLE_POLICY'] }),
    tenantOf('globex', { sinks: [sinkOf('siem')] }),
  ]);
  logged = [];
  metrics = [];
});

function sinkAt(tenantId: string): MemorySink {
  const sink = sinks.get(tenantId) ?? new MemorySink(100);
  sink.pause = (ms) => time.sleep(ms);
  sinks.set(tenantId, sink);
  return sink;
}

function forwarder(changes: Partial<ForwarderEnvironment> = {}) {
  const environment: ForwarderEnvironment = {
    store,
    auditStore: auditStoreLane(auditStore),
    tenants: {
      current: () => Promise.resolve(tenants),
      open: (tenantId) => sinkAt(tenantId),
      standardOutput: standardOutputLane(standardOutput),
    },
    eventStream: 'events',
    ...changes,
  };
  return logForwarder(
    () => Promise.resolve(environment),
    (entry) => logged.push(entry),
    (line) => {
      const { _aws, function: _function, ...values } = JSON.parse(line) as Record<string, unknown>;
      metrics.push(values);
    },
    time,
  );
}

function events(...about: readonly (readonly [id: string, tenantId: string])[]) {
  const records = about.map(([eventId, tenantId], i) => {
    const record = kinesisRecord(`${eventLine(securityEvent({ eventId, tenantId }))}\n`, i);
    return { ...record, eventSourceARN: EVENTS_ARN };
  });
  return kinesisEvent(records);
}

const records = () =>
  kinesisEvent([
    kinesisRecord(
      originals([{ chain: 'a', count: 3 }])
        .map(({ line }) => line)
        .join('\n'),
      1,
    ),
  ]);

const parked = (lane: string): number =>
  [...store.objects.keys()].filter((key) => key.startsWith(`backlog/${lane}/`)).length;

const secondRecords = () =>
  kinesisEvent([
    kinesisRecord(
      originals([{ chain: 'b', count: 3 }])
        .map(({ line }) => line)
        .join('\n'),
      2,
    ),
  ]);

describe('a batch of the stream of events', () => {
  test('goes to the sinks of its tenants, and is counted by kind of sink', async () => {
    const reply = await forwarder()(events(['1', 'acme'], ['2', 'globex'], ['3', 'acme']), lambdaContext());
    expect(reply).toEqual({ batchItemFailures: [] });
    expect([sinkAt('acme').received, sinkAt('globex').received]).toEqual([['1', '3'], ['2']]);
    expect(metrics).toEqual([
      { sink: 'file', EventsDelivered: 2, EventsRetried: 0, DeadLetters: 0 },
      { sink: 'stdout', EventsDelivered: 1, EventsRetried: 0, DeadLetters: 0 },
    ]);
    expect(logged).toEqual([]);
  });

  test.each([
    ['stdout', ['9'], 0],
    ['discard', [], 1],
  ] as const)('of a tenant without a sink: %s', async (unconfigured, got, discarded) => {
    tenants = { ...tenants, unconfigured };
    await forwarder()(events(['9', 'nobody']), lambdaContext());
    expect(standardOutput.received).toEqual(got);
    expect(metrics[0]).toEqual({ EventsUnconfigured: 1, EventsDiscarded: discarded, DeadLetters: 0 });
  });

  test('is parked when a sink does not take it, and logged by lane and reason without content', async () => {
    sinkAt('acme').mood = () => ({ takes: 0, says: 'config' });
    sinkAt('globex').refuses = (id) => id === '2';
    const context = lambdaContext();
    await forwarder()(events(['1', 'acme'], ['2', 'globex'], ['3', 'globex']), context);
    expect(logged).toEqual([
      expect.objectContaining({ level: 'WARN', lane: 'acme@siem', parked: 1, deadLetters: 0, reason: 'config' }),
      expect.objectContaining({ level: 'WARN', lane: 'globex@siem', parked: 0, deadLetters: 1, reason: 'refused' }),
    ]);
    expect(JSON.stringify([logged, metrics])).not.toMatch(/userId1|pokey/);
    expect(JSON.stringify(metrics)).not.toMatch(/acme|globex/);
  });

  test('is retried from its first record when the store fails', async () => {
    sinkAt('acme').mood = () => ({ takes: 0, says: 'config' });
    store.trouble = () => 'before';
    const batch = events(['1', 'acme']);
    expect(await forwarder()(batch, lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: batch.Records![0]!.kinesis.sequenceNumber }],
    });
    expect(logged).toMatchObject([{ level: 'ERROR', message: 'Batch not taken' }]);
  });

  test('is read as audit records if there are no tenants, so its lines are dead letters', async () => {
    await forwarder({ tenants: undefined })(events(['1', 'acme']), lambdaContext());
    expect([...store.objects.keys()]).toContainEqual(expect.stringMatching(/^dead-letters\/unreadable\//));
  });
});

describe('a batch of any other stream', () => {
  test('goes to the audit store, and to the tenants of its data stores', async () => {
    await forwarder()(records(), lambdaContext());
    expect(auditStore.received).toHaveLength(1);
    expect(sinkAt('acme').received).toEqual(auditStore.received);
    expect(sinkAt('globex').received).toEqual([]);
    expect(metrics).toEqual([{ RecordsMerged: 1, RecordsDelivered: 2, DeadLetters: 0 }]);
  });

  test('names and counts a second record with the number of another, and delivers the first alone', async () => {
    const forged = kinesisEvent(
      [{ count: 3 }, { count: 777, user: 'mallory' }].map((change, i) => {
        return kinesisRecord(originals([{ chain: 'a', ...change }])[0]!.line, i);
      }),
    );
    await forwarder()(forged, lambdaContext());
    expect(metrics).toEqual([{ RecordsMerged: 1, RecordsDelivered: 2, DeadLetters: 1, RecordsForked: 1 }]);
    expect(logged).toMatchObject([{ level: 'ERROR', record: 'a:1', message: expect.stringContaining('one place') }]);
    expect(JSON.stringify([logged, metrics])).not.toContain('mallory');
  });

  test('reaches the audit store while the SIEM of a tenant is down, and is parked for the SIEM', async () => {
    sinkAt('acme').mood = () => ({ takes: 0, says: 'retry' });
    await forwarder()(records(), lambdaContext());
    expect(auditStore.received).toHaveLength(1);
    expect([...store.objects.keys()]).toContainEqual(expect.stringMatching(/^backlog\/acme@siem\//));
  });

  test('counts the records that a sink got with cut texts', async () => {
    sinkAt('acme').mood = () => ({ says: 'what it took', isCut: true });
    await forwarder()(records(), lambdaContext());
    expect(metrics).toContainEqual(expect.objectContaining({ RecordsDelivered: 2, EventsCut: 1 }));
  });

  test('goes only to the tenants if there is no audit store', async () => {
    await forwarder({ auditStore: undefined })(records(), lambdaContext());
    expect([auditStore.received.length, sinkAt('acme').received.length]).toEqual([0, 1]);
  });
});

describe('a scheduled event', () => {
  test('drains the backlogs, and reports open circuits by kind of sink', async () => {
    for (const tenantId of ['acme', 'globex']) sinkAt(tenantId).mood = () => ({ takes: 0, says: 'retry' });
    standardOutput.mood = () => ({ takes: 0, says: 'config' });
    const run = forwarder();
    await run(events(['1', 'acme'], ['2', 'globex'], ['3', 'nobody']), lambdaContext());
    sinkAt('acme').mood = () => ({ says: 'what it took' });
    logged.length = 0;
    metrics.length = 0;
    const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 30_000 };
    expect(await run(CLOCK, context)).toEqual({ batchItemFailures: [] });
    expect(sinkAt('acme').received).toEqual(['1']);
    const byKind = Object.fromEntries(metrics.map(({ sink = 'all', ...values }) => [sink, values]));
    expect(byKind).toEqual({
      all: { LanesWaiting: 2, LanesSlow: 0, LanesDead: 0 },
      file: { EventsDelivered: 1, DeadLetters: 0, CircuitsOpen: 0, BacklogAge: 0 },
      stdout: { EventsDelivered: 0, DeadLetters: 0, CircuitsOpen: 2, BacklogAge: expect.any(Number) },
      esa: { CircuitsOpen: 0, BacklogAge: 0 },
    });
    expect(logged).toContainEqual(expect.objectContaining({ level: 'INFO', lane: 'acme@siem', delivered: 1 }));
    expect(logged).toContainEqual(expect.objectContaining({ level: 'WARN', lane: 'globex@siem', reason: 'retry' }));
  });

  test('tries an audit store with other settings at once, and one with the same after a quarter of an hour', async () => {
    let revision = 1;
    const run = forwarder({ auditStoreRevision: () => Promise.resolve(revision) });
    const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 30_000 };
    auditStore.mood = () => ({ takes: 0, says: 'config' });
    await run(records(), lambdaContext());
    auditStore.mood = () => ({ says: 'what it took' });
    await run(CLOCK, context);
    expect([auditStore.received.length, parked('opensearch')]).toEqual([0, 1]);
    revision = 2;
    await run(CLOCK, context);
    expect([auditStore.received.length, parked('opensearch')]).toEqual([1, 0]);
  });

  test('puts aside an object of a backlog that no forwarder wrote, names it, and counts it among the dead letters', async () => {
    const planted = 'backlog/acme@siem/0001-planted.1';
    await store.put(planted, Buffer.from('{"parkedMs":1,"parcels":[{"body":"PLANTED"}]}'));
    expect(await forwarder()(CLOCK, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(sinkAt('acme').received).toEqual([]);
    expect([...store.objects.keys()].filter((key) => key.includes('planted'))).toEqual([`damaged/${planted}`]);
    expect(metrics).toContainEqual({ DeadLetters: 1 });
    expect(logged).toContainEqual(expect.objectContaining({ level: 'ERROR', key: planted }));
    expect(JSON.stringify(logged)).not.toContain('PLANTED');
  });

  test('counts the lanes that have dead letters and those that are slow, and names none', async () => {
    sinkAt('acme').refuses = (id) => id === '1'; // one among others: all alike would be a setting
    sinkAt('globex').mood = () => ({ takes: 0, says: 'retry' });
    const run = forwarder();
    await run(events(['0', 'acme'], ['1', 'acme'], ['2', 'globex']), lambdaContext());
    sinkAt('globex').mood = () => ({ says: 'what it took', lateMs: 2_000 });
    metrics.length = 0;
    await run(CLOCK, { ...lambdaContext(), getRemainingTimeInMillis: () => 60_000 });
    expect(metrics).toContainEqual({ LanesWaiting: 0, LanesSlow: 1, LanesDead: 1 });
  });

  describe('before tenants can be read', () => {
    let fault: Error;
    const unread = () => ({
      tenants: {
        current: () => Promise.reject(fault),
        open: (tenantId: string) => sinkAt(tenantId),
        standardOutput: standardOutputLane(standardOutput),
      },
    });

    beforeEach(async () => {
      for (const sink of [auditStore, sinkAt('acme')]) sink.mood = () => ({ takes: 0, says: 'retry' });
      await forwarder()(records(), lambdaContext());
      auditStore.mood = () => ({ says: 'what it took' });
      logged.length = 0;
    });

    test('is quiet while none were ever sealed, and sends the backlog of the audit store', async () => {
      fault = new TenantsSourceError('TENANTS_MISSING', 'none');
      expect(await forwarder(unread())(CLOCK, lambdaContext())).toEqual({ batchItemFailures: [] });
      expect([auditStore.received.length, parked('opensearch')]).toEqual([1, 0]);
      expect(logged.filter(({ level }) => level !== 'INFO')).toEqual([]);
    });

    test.each([
      new TenantsSourceError('TENANTS_REMOVED', 'gone'),
      new TenantsSourceError('TENANTS_REFUSED', 'no'),
      new KeyServiceError('KEY_REFUSED', 'no'),
    ])('sends the backlog of the audit store, and then fails with the reason: $code', async (reason) => {
      fault = reason;
      await expect(forwarder(unread())(CLOCK, lambdaContext())).rejects.toBe(reason);
      expect([auditStore.received.length, parked('opensearch')]).toEqual([1, 0]);
    });

    test('keeps the backlogs of tenants, however old they are', async () => {
      fault = new TenantsSourceError('TENANTS_MISSING', 'none');
      const later = new VirtualTime(Date.now() + 48 * 60 * 60_000);
      const environment = { store, auditStore: auditStoreLane(auditStore), eventStream: 'events', ...unread() };
      await logForwarder(
        () => Promise.resolve(environment),
        () => {},
        () => {},
        later,
      )(CLOCK, lambdaContext());
      expect(parked('acme@siem')).toBe(1);
      expect([...store.objects.keys()].filter((key) => key.startsWith('dead-letters/'))).toEqual([]);
    });

    test('takes audit records for the audit store while no tenants were ever sealed, and none otherwise', async () => {
      fault = new TenantsSourceError('TENANTS_MISSING', 'none');
      expect(await forwarder(unread())(secondRecords(), lambdaContext())).toEqual({ batchItemFailures: [] });
      expect([parked('opensearch'), parked('acme@siem')]).toEqual([2, 1]); // behind what waits already
      fault = new TenantsSourceError('TENANTS_REMOVED', 'gone');
      expect(await forwarder(unread())(records(), lambdaContext())).toMatchObject({ batchItemFailures: [{}] });
    });
  });

  test('rejects when the store cannot be read; the next one tries again', async () => {
    store.trouble = () => 'before';
    await expect(forwarder()(CLOCK, lambdaContext())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

const operator = () => ({
  ...lambdaContext(),
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:forwarder:operator',
  getRemainingTimeInMillis: () => 60_000,
});

const ask = (request: object) => forwarder()(request, operator());

describe('an invocation by the alias for operators', () => {
  beforeEach(async () => {
    sinkAt('acme').refuses = (id) => id === '1';
    sinkAt('globex').mood = () => ({ takes: 0, says: 'config' });
    await forwarder()(events(['0', 'acme'], ['1', 'acme'], ['2', 'globex']), lambdaContext());
    sinkAt('acme').refuses = () => false;
    sinkAt('globex').mood = () => ({ says: 'what it took' });
    logged.length = 0;
  });

  test('says what waits and what was given up in each lane, and logs that somebody asked', async () => {
    expect(await ask({ operate: 'status' })).toMatchObject({
      lanes: [
        { lane: 'acme@siem', waiting: 0, dead: { letters: 1, reasons: { refused: 1 } } },
        { lane: 'globex@siem', waiting: 1, circuit: { kind: 'config' }, dead: { letters: 0 } },
      ],
    });
    expect(logged).toEqual([expect.objectContaining({ level: 'INFO', message: 'An operator asks: status' })]);
  });

  test('lists dead letters without their contents', async () => {
    const list = await ask({ operate: 'dead-letters', tenant: 'acme' });
    expect(list).toMatchObject({ letters: [{ lane: 'acme@siem', id: '1', reason: 'refused' }], hasMore: false });
    expect(JSON.stringify(list)).not.toContain('requestingId');
  });

  test('sends what waits and dead letters again, with the sinks of the function', async () => {
    expect(await ask({ operate: 'redrive', lane: 'globex@siem', now: true })).toMatchObject({
      letters: {},
      waiting: { 'globex@siem': { delivered: 1 } },
    });
    expect([sinkAt('acme').received, sinkAt('globex').received]).toEqual([['0'], ['2']]);
    expect(await ask({ operate: 'redrive' })).toMatchObject({ letters: { 'acme@siem': { delivered: 1, left: {} } } });
    expect(sinkAt('acme').received).toEqual(['0', '1']);
  });

  test.each<[string, unknown]>([
    ['records', events(['3', 'acme'])],
    ['the event of the clock', CLOCK],
    ['an unknown request', { operate: 'purge' }],
    ['a name of an object', { operate: 'constructor' }],
    ['an unknown member', { operate: 'status', lane: 'x' }],
    ['a lane that is no text', { operate: 'redrive', lane: 7 }],
    ['nothing', null],
  ])('refuses %s', async (_, request) => {
    await expect(ask(request as object)).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
    expect(sinkAt('acme').received).toEqual(['0']);
  });

  test('is the only one that may ask', async () => {
    await forwarder()({ operate: 'redrive', now: true } as never, lambdaContext());
    expect([sinkAt('acme').received, sinkAt('globex').received]).toEqual([['0'], []]);
  });
});
