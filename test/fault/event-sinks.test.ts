// An event log over Kinesis by sockets, with every failure at every call: every acknowledged event is there, chains have no
// holes, and each tenant's events arrive in their order.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { kinesisClient } from '../../lib/adapters/kinesis/client.ts';
import { kinesisEventSink } from '../../lib/adapters/kinesis/event-sink.ts';
import type { EventLog } from '../../lib/events/event-log.ts';
import { Random } from '../fuzz/random.ts';
import { draft, eventLog, eventsOf } from '../support/event-log.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { positionsOf } from '../support/faults.ts';
import { expectUsedUp } from '../support/used-up.ts';
import { Patience } from '../support/patience.ts';

const FAULTS = ['throttle', 'deny', 'status500', 'status503', 'hang', 'reset', 'drop', 'malformed', 'partial'] as const;
/** Later calls are like these. */
const FIRST_CALLS = 4;
const TENANTS = ['acme', 'globex', 'initech', 'umbrella'];

let fake: FakeAws;
beforeEach(async () => {
  fake = await startFakeAws();
  fake.createStream('stream');
});
afterEach(() => fake.close());

/** A log that sees every failed call: the SDK repeats none. A call that hangs ends at once, as by its time-out. */
function open(service: FakeAws, attempts = 2): { readonly log: EventLog; readonly close: () => void } {
  const patience = new Patience();
  service.onHang(patience.end);
  const client = kinesisClient({
    endpoint: service.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: patience.requestHandler(),
  });
  const sink = kinesisEventSink({ client, streamName: 'stream', attempts, backoffMs: 1 });
  return { log: eventLog(sink), close: () => client.destroy() };
}

/** The events that the stream holds, as `tenant object`, each tenant's in their order. */
function streamed(): readonly string[] {
  const lines = fake.streamed('stream').flatMap(({ data }) => data.toString().split('\n').slice(0, -1));
  return eventsOf(lines).map(({ tenantId, iclFields }) => `${tenantId} ${String(iclFields['objectId'])}`);
}

const streamedOf = (tenant: string): readonly string[] => streamed().filter((event) => event.startsWith(`${tenant} `));
const eventsFor = (tenant: string, ids: readonly string[]): readonly string[] => ids.map((id) => `${tenant} ${id}`);

/** A request with an event of each tenant. Resolves to whether it was acknowledged. */
function accept(log: EventLog, id: string, tenants: readonly string[] = TENANTS): Promise<boolean> {
  return log.accept(tenants.map((tenant) => draft(tenant, id))).then(
    () => true,
    () => false,
  );
}

/** Five rounds of two requests at the same time. */
async function run(log: EventLog): Promise<{ readonly asked: string[]; readonly acknowledged: string[] }> {
  const asked: string[] = [];
  const acknowledged: string[] = [];
  for (let round = 0; round < 5; round++) {
    const ids = [`${round}/a`, `${round}/b`];
    asked.push(...ids);
    const outcomes = await Promise.all(ids.map((id) => accept(log, id)));
    acknowledged.push(...ids.filter((_, i) => outcomes[i]));
  }
  return { asked, acknowledged };
}

/** Positions of the first calls that a run without faults makes. */
async function cleanCalls(): Promise<readonly number[]> {
  const clean = await startFakeAws();
  clean.createStream('stream');
  const { log, close } = open(clean);
  await run(log);
  await log.close();
  close();
  await clean.close();
  return positionsOf('PutRecords', clean).slice(0, FIRST_CALLS);
}

const CALLS = await cleanCalls();

describe('the event log over Kinesis', () => {
  const cases = FAULTS.flatMap((kind) =>
    CALLS.flatMap((after) => [1, 3].map((times) => [kind, after, times] as const)),
  );
  test.each(cases)('with %s after %d good calls, %d times, keeps every event in order', async (kind, after, times) => {
    const { log, close } = open(fake);
    fake.fail({ kind, times, after, operation: 'PutRecords' });
    const { asked, acknowledged } = await run(log);
    const held = new Set(streamed());
    const missing = TENANTS.flatMap((tenant) => eventsFor(tenant, acknowledged).filter((event) => !held.has(event)));
    expect(missing).toEqual([]);
    await log.close();
    close();
    expectUsedUp(fake);
    // All have their numbers, so in the end all are there in the order of the requests, refused ones included.
    for (const tenant of TENANTS) expect(streamedOf(tenant)).toEqual(eventsFor(tenant, asked));
  });

  test('refuses only the events of a shard that fails, and delays no other tenant', async () => {
    const { log, close } = open(fake, 1);
    // The service leaves out the first record of the call.
    fake.fail({ kind: 'partial', times: 1, operation: 'PutRecords', after: 1 });
    const first = accept(log, 'before');
    const [acme, globex] = await Promise.all([accept(log, 'x', ['acme']), accept(log, 'x', ['globex']), first]);
    expect([acme, globex]).toEqual([false, true]);
    await log.close();
    close();
    expectUsedUp(fake);
    for (const tenant of ['acme', 'globex']) expect(streamedOf(tenant)).toEqual(eventsFor(tenant, ['before', 'x']));
  });

  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'keeps every event in order under random faults, tenants and requests (seed %d)',
    async (seed) => {
      const random = new Random(seed);
      const { log, close } = open(fake);
      const asked = new Map<string, string[]>(TENANTS.map((tenant) => [tenant, []]));
      const acknowledged: string[] = [];
      const request = async (id: string): Promise<void> => {
        const tenants = TENANTS.filter(() => random.onceIn(2));
        for (const tenant of tenants) asked.get(tenant)!.push(id);
        if (await accept(log, id, tenants)) acknowledged.push(...tenants.map((tenant) => `${tenant} ${id}`));
      };
      for (let round = 0; round < 12; round++) {
        const kind = random.pick(FAULTS);
        if (random.onceIn(2)) fake.fail({ kind, times: random.between(1, 3), operation: 'PutRecords' });
        const requests = Array.from({ length: random.between(1, 5) }, (_, i) => request(`${round}/${i}`));
        await Promise.all(requests);
        const held = new Set(streamed());
        expect(acknowledged.filter((event) => !held.has(event))).toEqual([]);
      }
      for (let more = 0; fake.unusedFaults().length > 0; more++) await request(`more/${more}`);
      await log.close();
      close();
      for (const [tenant, ids] of asked) expect(streamedOf(tenant)).toEqual(eventsFor(tenant, ids));
    },
  );
});
