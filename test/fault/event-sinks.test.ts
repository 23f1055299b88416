// An event log over Kinesis by sockets, with every failure at every call: what was acknowledged is there, chains have no holes,
// and each tenant's events arrive in their order.
import { randomInt } from 'node:crypto';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { kinesisClient } from '../../lib/adapters/kinesis/client.ts';
import { kinesisEventSink } from '../../lib/adapters/kinesis/event-sink.ts';
import type { EventLog } from '../../lib/events/event-log.ts';
import { draft, eventLog, eventsOf } from '../support/event-log.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';

const FAULTS = ['throttle', 'deny', 'status500', 'status503', 'hang', 'reset', 'drop', 'malformed', 'partial'] as const;
const CALLS = [0, 1, 2, 3];
const TENANTS = ['acme', 'globex', 'initech', 'umbrella'];

let fake: FakeAws;
beforeEach(async () => {
  fake = await startFakeAws();
  fake.createStream('stream');
});
afterEach(() => fake.close());

/** A log whose calls the SDK does not repeat: what fails, the log sees. Given up after `limitMs`. */
function open(limitMs: number, attempts = 2): { readonly log: EventLog; readonly close: () => void } {
  const client = kinesisClient({
    endpoint: fake.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 10_000,
      requestTimeout: limitMs,
      throwOnRequestTimeout: true,
    }),
  });
  const sink = kinesisEventSink({ client, streamName: 'stream', attempts, backoffMs: 1 });
  return { log: eventLog(sink), close: () => client.destroy() };
}

const lines = (): readonly string[] =>
  fake.streamed('stream').flatMap(({ data }) => data.toString().split('\n').slice(0, -1));
const objectsOf = (tenant: string): readonly unknown[] =>
  eventsOf(lines()).flatMap(({ tenantId, iclFields }) => (tenantId === tenant ? [iclFields['objectId']] : []));

/** A request with an event of each tenant. True when it was acknowledged. */
function accept(log: EventLog, id: string, tenants: readonly string[] = TENANTS): Promise<boolean> {
  return log.accept(tenants.map((tenant) => draft(tenant, id))).then(
    () => true,
    () => false,
  );
}

describe('the event log over Kinesis', () => {
  const cases = FAULTS.flatMap((kind) =>
    CALLS.flatMap((after) => [1, 3].map((times) => [kind, after, times] as const)),
  );
  test.each(cases)('with %s after %d good calls, %d times', async (kind, after, times) => {
    // Where calls hang, long enough that a slow machine does not make more of them.
    const { log, close } = open(kind === 'hang' ? 250 : 10_000);
    fake.fail({ kind, times, after, operation: 'PutRecords' });
    const asked: string[] = [];
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round++) {
      const ids = [`${round}/a`, `${round}/b`];
      asked.push(...ids);
      const outcomes = await Promise.all(ids.map((id) => accept(log, id)));
      acknowledged.push(...ids.filter((_, i) => outcomes[i]));
    }
    const before = new Set(TENANTS.flatMap((tenant) => objectsOf(tenant)));
    expect(acknowledged.filter((id) => !before.has(id))).toEqual([]);
    await log.close();
    close();
    // All have their numbers, so in the end all are there, refused ones included, in the order in which they were asked.
    for (const tenant of TENANTS) expect(objectsOf(tenant)).toEqual(asked);
  });

  test('a shard that fails delays no other tenant: only calls with its events are refused', async () => {
    const { log, close } = open(10_000, 1);
    // Of the records of a call, the first is left out.
    fake.fail({ kind: 'partial', times: 1, operation: 'PutRecords', after: 1 });
    const first = accept(log, 'before');
    const [acme, globex] = await Promise.all([accept(log, 'x', ['acme']), accept(log, 'x', ['globex']), first]);
    expect([acme, globex]).toEqual([false, true]);
    await log.close();
    close();
    for (const tenant of ['acme', 'globex']) expect(objectsOf(tenant)).toEqual(['before', 'x']);
  });
});

describe('at random', () => {
  test.each(Array.from({ length: 12 }, (_, i) => i))('faults, tenants and requests at the same time (%d)', async () => {
    const { log, close } = open(10_000);
    const asked = new Map<string, string[]>(TENANTS.map((tenant) => [tenant, []]));
    const acknowledged: (readonly [tenant: string, id: string])[] = [];
    for (let round = 0; round < 12; round++) {
      const kind = FAULTS[randomInt(FAULTS.length)]!;
      if (kind !== 'hang' && randomInt(2) === 0) fake.fail({ kind, times: randomInt(1, 4), operation: 'PutRecords' });
      const requests = Array.from({ length: randomInt(1, 6) }, async (_, i) => {
        const tenants = TENANTS.filter(() => randomInt(2) === 0);
        const id = `${round}/${i}`;
        for (const tenant of tenants) asked.get(tenant)!.push(id);
        if (await accept(log, id, tenants)) acknowledged.push(...tenants.map((tenant) => [tenant, id] as const));
      });
      await Promise.all(requests);
      for (const [tenant, id] of acknowledged) expect(objectsOf(tenant)).toContain(id);
    }
    fake.fail({ kind: 'deny', times: 0 });
    for (let tries = 0; tries < 20; tries++)
      if (
        await log.close().then(
          () => true,
          () => false,
        )
      )
        break;
    close();
    for (const [tenant, ids] of asked) expect(objectsOf(tenant)).toEqual(ids);
  });
});
