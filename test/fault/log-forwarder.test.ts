// The log forwarder over real sockets, with every failure of its OpenSearch and of its bucket at every call: Lambda offers a
// batch until the forwarder takes it, the clock drains the backlog, and every original is accounted for exactly once.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { auditStoreLane, type ForwarderEnvironment } from '../../functions/runtime/forward/environment.ts';
import { logForwarder } from '../../functions/runtime/forward/log-forwarder.ts';
import { bulkUrl, openSearchBulkSink } from '../../lib/adapters/http/opensearch-bulk.ts';
import { postTo } from '../../lib/adapters/http/post.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../lib/adapters/s3/object-store.ts';
import { drain } from '../../lib/delivery/drain.ts';
import { type Lane, laneStore } from '../../lib/delivery/lane.ts';
import { redrive } from '../../lib/delivery/redrive.ts';
import type { KinesisEvent, KinesisReply } from '../../lib/wire/kinesis.ts';
import { type FakeOpenSearch, startFakeOpenSearch } from '../support/fake-opensearch.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import {
  controlPayload,
  kinesisEvent,
  kinesisRecord,
  subscriptionPayload,
  windowEvent,
} from '../support/kinesis-events.ts';
import { positionsOf } from '../support/faults.ts';
import { expectUsedUp } from '../support/used-up.ts';
import { Patience } from '../support/patience.ts';
import { lambdaContext } from '../support/policy.ts';
import { discrepancies, type MergedDocument, originals } from '../support/signed-lines.ts';
import { stillClock } from '../support/virtual-time.ts';

const ALL = originals(
  Array.from({ length: 40 }, (_, i) => ({
    chain: ['a', 'b', 'c'][i % 3]!,
    user: ['u', 'v'][i % 2]!,
    code: [8, 3, 6][i % 3]!,
    count: i,
    requestId: `r${i}`,
  })),
);

let search: FakeOpenSearch;
let s3: FakeBucket;
let peers: Peers;

interface Peers extends ForwarderEnvironment {
  readonly auditStore: Lane;
  readonly close: () => void;
}

/** The bucket and OpenSearch. A call that hangs ends at once, as by its time-out. */
function connect(): Peers {
  const patience = new Patience();
  s3.onHang(patience.end);
  search.onHang(patience.end);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(patience.signal);
  const client = s3Client({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: patience.requestHandler(),
  });
  const post = postTo({ url: bulkUrl(search.endpoint, 'audits'), headers: {} });
  return {
    store: s3ObjectStore({ client, bucket: 'bucket' }),
    auditStore: auditStoreLane(openSearchBulkSink({ post })),
    tenants: undefined,
    eventStream: undefined,
    close: () => client.destroy(),
  };
}

const QUARTER_HOUR_MS = 900_000;

async function begin(): Promise<void> {
  search = await startFakeOpenSearch();
  s3 = await startFakeBucket();
  peers = connect();
  remainingMs = HURRIED_MS;
}

async function end(): Promise<void> {
  jest.restoreAllMocks();
  peers.close();
  await search.close();
  await s3.close();
}

beforeEach(begin);
afterEach(end);

/** What Lambda gives: so little that the forwarder does not repeat a failed call for long. */
const HURRIED_MS = 10_040;
let remainingMs = HURRIED_MS;

/** Plays Lambda: offers the event until the forwarder takes it. */
async function invoke(event: KinesisEvent): Promise<KinesisReply> {
  const handler = logForwarder(
    () => Promise.resolve(peers),
    () => {},
    () => {},
    stillClock(),
  );
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => remainingMs };
  for (let attempt = 0; attempt < 20; attempt++) {
    const reply = (await handler(event, context).catch(() => undefined)) as KinesisReply | undefined;
    if (reply !== undefined && reply.batchItemFailures.length === 0) return reply;
  }
  throw new Error('The forwarder never takes the batch');
}

/** The originals in records of five, some of them twice, as the stream and as a subscription deliver them. */
function batches() {
  const records = Array.from({ length: 8 }, (_, i) => {
    const lines = ALL.slice(5 * i, 5 * i + 5).map(({ line }) => line);
    return kinesisRecord(i % 2 === 0 ? `${lines.join('\n')}\n` : subscriptionPayload(lines), i);
  });
  return [records.slice(0, 3), [records[1]!, records[3]!, kinesisRecord(controlPayload(), 90)], records.slice(3)];
}

async function runWithoutWindow(): Promise<void> {
  for (const records of batches()) await invoke(kinesisEvent(records));
}

async function runInWindows(): Promise<void> {
  const [first, second, third] = batches();
  const { state = {} } = await invoke(windowEvent(first!, {}, 'open'));
  expect(await invoke(windowEvent(second!, state, 'early'))).toEqual({ batchItemFailures: [], state: {} });
  const next = await invoke(windowEvent(third!, {}, 'open'));
  expect(await invoke(windowEvent([], next.state ?? {}, 'final'))).toEqual({ batchItemFailures: [], state: {} });
}

/** Mends everything, lets the clock strike, redrives the dead letters, and returns what OpenSearch holds. */
async function drained(): Promise<readonly MergedDocument[]> {
  search.heal();
  s3.heal();
  const { store, auditStore } = peers;
  const waiting = (prefix: string) => [...s3.objects.keys()].filter((key) => key.startsWith(prefix));
  // At each strike of the clock every sink may be tried again.
  for (let strike = 1; strike <= 2 && waiting('backlog/').length > 0; strike++) {
    const clock = stillClock(strike * QUARTER_HOUR_MS);
    const lanes = { store: laneStore(store), findLane: () => auditStore };
    await drain({ ...clock, ...lanes, deadlineMs: clock.nowMs() + 60_000, claimant: 'the clock' });
  }
  expect(waiting('backlog/')).toEqual([]);
  const { deadLetters } = laneStore(store);
  const clock = stillClock();
  const report = await redrive(deadLetters, auditStore.sink, { ...clock, deadlineMs: clock.nowMs() + 60_000 });
  expect(report).toMatchObject({ left: {}, unreadable: [] });
  expect(waiting('dead-letters/')).toEqual([]);
  return [...search.documents.values()] as unknown as MergedDocument[];
}

const S3_KINDS = ['throttle', 'status500', 'status503', 'hang', 'reset', 'drop', 'malformed', 'deny'] as const;
const SEARCH_KINDS = [...S3_KINDS, 'partial'] as const;

/** Positions of the calls that a run without faults makes. */
async function cleanCalls(run: () => Promise<void>) {
  await begin();
  await run();
  await end();
  return {
    search: positionsOf('send', search),
    s3: (['GET', 'PUT', 'LIST'] as const).flatMap((operation) =>
      positionsOf(operation, s3).map((after, _, all) => [operation, after, after === all.length - 1] as const),
    ),
  };
}

const RUNS = [
  ['without a window', runWithoutWindow, await cleanCalls(runWithoutWindow)],
  ['in windows', runInWindows, await cleanCalls(runInWindows)],
] as const;
/** Twice, but for writes that are not repeated: those with a reply, however senseless, and the last one, which was done. */
const timesOf = (kind: string, operation: string, isLast: boolean): number =>
  operation === 'PUT' && (kind === 'malformed' || (kind === 'drop' && isLast)) ? 1 : 2;

describe.each(RUNS)('the log forwarder %s', (_, run, calls) => {
  test('accounts for every record exactly once', async () => {
    await run();
    expect(discrepancies(await drained(), ALL)).toEqual([]);
  });

  test.each(
    SEARCH_KINDS.flatMap((kind) =>
      calls.search.flatMap((after) =>
        [1, Number.POSITIVE_INFINITY].map(
          (times) => [kind, after, times === 1 ? 'once' : 'from then on', times] as const,
        ),
      ),
    ),
  )('accounts for every record with %s of OpenSearch after %d good calls, %s', async (kind, after, _often, times) => {
    search.fail({ kind, after, times });
    await run();
    expectUsedUp(search, s3);
    expect(discrepancies(await drained(), ALL)).toEqual([]);
  });

  test.each(
    S3_KINDS.flatMap((kind) =>
      calls.s3.map(([operation, after, isLast]) => [kind, operation, after, timesOf(kind, operation, isLast)] as const),
    ),
  )(
    'accounts for every record with %s of the bucket at %s after %d good calls, %d times',
    async (kind, operation, after, times) => {
      s3.fail({ kind, operation, after, times });
      await run();
      expectUsedUp(search, s3);
      expect(discrepancies(await drained(), ALL)).toEqual([]);
    },
  );

  test.each(S3_KINDS)('accounts for every record with %s of the bucket while OpenSearch is down', async (kind) => {
    search.fail({ kind: 'status503', times: Number.POSITIVE_INFINITY });
    s3.fail({ kind, operation: 'PUT', after: 1, times: 1 });
    s3.fail({ kind, operation: 'PUT', after: 2, times: 1 });
    await run();
    expectUsedUp(search, s3);
    expect(discrepancies(await drained(), ALL)).toEqual([]);
  });

  test.each(['item', 'call'] as const)(
    'finds and keeps the record that OpenSearch refuses by %s, and delivers the others',
    async (how) => {
      remainingMs = 60_000;
      search.refuse((body) => body.includes('"policy_user":"u"'), how);
      await run();
      expect(
        [...search.documents.values()].every((document) => !JSON.stringify(document).includes('"policy_user":"u"')),
      ).toBe(true);
      expect([...s3.objects.keys()].some((key) => key.startsWith('dead-letters/opensearch/'))).toBe(true);
      search.refuse(() => false, 'item');
      expect(discrepancies(await drained(), ALL)).toEqual([]);
    },
  );
});

test('keeps unreadable bytes and lines that are no records as dead letters, and delivers the others', async () => {
  const lines = ALL.map(({ line }) => line);
  const damaged = subscriptionPayload(['x']).subarray(0, 30);
  const unsigned = JSON.stringify({ ...ALL[0]!.record, signature: {} });
  await invoke(kinesisEvent([kinesisRecord(damaged, 1), kinesisRecord([...lines, 'no json', unsigned].join('\n'), 2)]));
  expect(discrepancies([...search.documents.values()] as unknown as MergedDocument[], ALL)).toEqual([]);
  const letters = [...s3.objects].filter(([key]) => key.startsWith('dead-letters/unreadable/'));
  const kept = letters.flatMap(([, body]) => body.toString().trim().split('\n')).map((line) => JSON.parse(line));
  expect(kept).toMatchObject([
    { reason: 'damaged', kind: 'data', parcel: { body: damaged.toString('base64') } },
    { reason: 'malformed', parcel: { body: 'no json' } },
    { reason: 'unsigned', parcel: { body: unsigned } },
  ]);
});

test('reports a batch that it cannot take from its first record on, and in a window by an error', async () => {
  s3.fail({ kind: 'status503', times: Number.POSITIVE_INFINITY });
  const handler = logForwarder(
    () => Promise.resolve(peers),
    () => {},
    () => {},
  );
  const [records] = batches();
  expect(await handler(kinesisEvent(records!), lambdaContext())).toEqual({
    batchItemFailures: [{ itemIdentifier: records![0]!.kinesis.sequenceNumber }],
  });
  await expect(handler(windowEvent(records!, {}, 'open'), lambdaContext())).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  expect(search.calls).toBe(0);
});
