// The log forwarder over real sockets, with every failure of its OpenSearch and of its bucket at every call: Lambda offers a
// batch again until it is taken, the clock drains what waits, and every original is accounted for exactly once.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { auditStoreLane, type ForwarderEnvironment } from '../../functions/runtime/forward/environment.ts';
import { logForwarder } from '../../functions/runtime/forward/log-forwarder.ts';
import { pace } from '../../functions/runtime/forward/pace.ts';
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
import { lambdaContext } from '../support/policy.ts';
import { discrepancies, type MergedDocument, originals } from '../support/signed-lines.ts';

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

/** The bucket and OpenSearch, each call of which is given up after `limitMs`. */
function connect(limitMs: number): Peers {
  const client = s3Client({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: limitMs, throwOnRequestTimeout: true },
  });
  const post = postTo({ url: bulkUrl(search.endpoint, 'audits'), headers: {}, timeoutMs: limitMs });
  return {
    store: s3ObjectStore({ client, bucket: 'bucket' }),
    auditStore: auditStoreLane(openSearchBulkSink({ post })),
    tenants: undefined,
    eventStream: undefined,
    close: () => client.destroy(),
  };
}

const QUARTER_HOUR_MS = 900_000;
const PATIENT_MS = 10_000;
/** Where calls hang. A slow machine only adds to the failures. */
const IMPATIENT_MS = 60;

beforeEach(async () => {
  search = await startFakeOpenSearch();
  s3 = await startFakeBucket();
  peers = connect(PATIENT_MS);
  remainingMs = HURRIED_MS;
});
afterEach(async () => {
  peers.close();
  await search.close();
  await s3.close();
});

/** Runs with the faults that are set, and gives up early where calls hang. */
async function runWith(kind: string, run: () => Promise<void>): Promise<void> {
  if (kind !== 'hang') return run();
  const patient = peers;
  peers = connect(IMPATIENT_MS);
  await run();
  peers.close();
  peers = patient;
}

/** What Lambda gives. Little time is left, so that what fails is not tried for long. */
const HURRIED_MS = 10_040;
let remainingMs = HURRIED_MS;

/** Lambda: offers the event until it is taken. */
async function invoke(event: KinesisEvent): Promise<KinesisReply> {
  const handler = logForwarder(
    () => Promise.resolve(peers),
    () => {},
    () => {},
  );
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => remainingMs };
  for (let attempt = 0; attempt < 20; attempt++) {
    const reply = await handler(event, context).catch(() => undefined);
    if (reply !== undefined && reply.batchItemFailures.length === 0) return reply;
  }
  throw new Error('The batch is never taken');
}

/** The originals in batches of five, some of them twice, as the stream and as a subscription deliver them. */
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

async function drained(): Promise<readonly MergedDocument[]> {
  search.heal();
  s3.heal();
  const { store, auditStore } = peers;
  const waiting = (prefix: string) => [...s3.objects.keys()].filter((key) => key.startsWith(prefix));
  // Each strike of the clock comes when every sink may be tried again.
  for (let strike = 1; strike <= 2 && waiting('backlog/').length > 0; strike++) {
    const nowMs = () => Date.now() + strike * QUARTER_HOUR_MS;
    const deadlineMs = nowMs() + 60_000;
    const lanes = { store: laneStore(store), findLane: () => auditStore };
    await drain({ ...pace, nowMs, ...lanes, deadlineMs, claimant: 'the clock' });
  }
  expect(waiting('backlog/')).toEqual([]);
  const { deadLetters } = laneStore(store);
  const report = await redrive(deadLetters, store, auditStore.sink, { ...pace, deadlineMs: Date.now() + 60_000 });
  expect(report).toMatchObject({ left: {}, unreadable: [] });
  expect(waiting('dead-letters/')).toEqual([]);
  return [...search.documents.values()] as unknown as MergedDocument[];
}

const S3_KINDS = ['throttle', 'status500', 'status503', 'hang', 'reset', 'drop', 'malformed', 'deny'] as const;
const SEARCH_KINDS = [...S3_KINDS, 'partial'] as const;
const RUNS = [
  ['without a window', runWithoutWindow],
  ['in windows', runInWindows],
] as const;

describe.each(RUNS)('the log forwarder %s', (_, run) => {
  test('accounts for every record exactly once', async () => {
    await run();
    expect(discrepancies(await drained(), ALL)).toEqual([]);
  });

  test.each(
    SEARCH_KINDS.flatMap((kind) => [0, 1, 2].flatMap((after) => [1, 9].map((times) => [kind, after, times] as const))),
  )('with %s of OpenSearch after %d good calls, %d times', async (kind, after, times) => {
    search.fail({ kind, after, times });
    await runWith(kind, run);
    expect(discrepancies(await drained(), ALL)).toEqual([]);
  });

  test.each(
    S3_KINDS.flatMap((kind) =>
      (['GET', 'PUT', 'LIST'] as const).flatMap((operation) =>
        [0, 1, 2, 3, 4, 5].map((after) => [kind, operation, after] as const),
      ),
    ),
  )('with %s of the bucket at %s after %d good calls', async (kind, operation, after) => {
    s3.fail({ kind, operation, after, times: 2 });
    await runWith(kind, run);
    expect(discrepancies(await drained(), ALL)).toEqual([]);
  });

  test.each(S3_KINDS)('with %s of the bucket while OpenSearch is down', async (kind) => {
    search.fail({ kind: 'status503', times: 4 });
    s3.fail({ kind, operation: 'PUT', after: 1, times: 1 });
    s3.fail({ kind, operation: 'PUT', after: 2, times: 1 });
    await runWith(kind, run);
    expect(discrepancies(await drained(), ALL)).toEqual([]);
  });

  test.each(['item', 'call'] as const)(
    'a record that OpenSearch refuses by %s is found and kept, and stops no other',
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

test('bytes that cannot be read and lines that are no records are kept apart and stop no other', async () => {
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

test('a batch that cannot be taken is offered again from its first record, in a window by an error', async () => {
  s3.fail({ kind: 'status503', times: 99 });
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
