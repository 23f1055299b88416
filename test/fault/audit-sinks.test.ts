// Every failure of every audit sink at every call, over real sockets: each answer has its record, no record is there twice
// once repeats are dropped by number, and the counts are exactly those of the answers.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cloudWatchAuditSink } from '../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../../lib/adapters/cloudwatch-logs/client.ts';
import { kinesisAuditSink } from '../../lib/adapters/kinesis/audit-sink.ts';
import { kinesisClient } from '../../lib/adapters/kinesis/client.ts';
import { BufferedTrail } from '../../lib/audit/buffered-trail.ts';
import type { AuditLine, AuditSink } from '../../lib/audit/ports.ts';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { entry, HOST } from '../support/audit.ts';
import { type FakeAws, type Fault, startFakeAws } from '../support/fake-aws.ts';
import { positionsOf } from '../support/faults.ts';
import { expectUsedUp } from '../support/used-up.ts';
import { Patience } from '../support/patience.ts';
import { KEY_ID, recordKey } from '../support/signed-lines.ts';

interface SinkCase {
  readonly name: string;
  readonly operation: string;
  readonly faults: readonly PlannedKind[];
  /** `attempts`: those of the SDK, which the trail does not see. A call that hangs ends at once, as by its time-out. */
  readonly open: (fake: FakeAws, attempts: number) => { readonly sink: AuditSink; readonly close: () => void };
  readonly lines: (fake: FakeAws) => readonly string[];
}

type PlannedKind = Partial<Fault> & Pick<Fault, 'kind'>;

const ANY_CALL: SinkCase['faults'] = [
  { kind: 'throttle' },
  { kind: 'deny' },
  { kind: 'status500' },
  { kind: 'status503' },
  { kind: 'hang' },
  { kind: 'reset' },
  { kind: 'drop' },
  { kind: 'malformed' },
];

function connection(fake: FakeAws, maxAttempts: number) {
  const patience = new Patience();
  fake.onHang(patience.end);
  return {
    endpoint: fake.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts,
    requestHandler: patience.requestHandler(),
  };
}

const SINKS: readonly SinkCase[] = [
  {
    name: 'CloudWatch Logs',
    operation: 'PutLogEvents',
    faults: [
      ...ANY_CALL,
      { kind: 'reject', rejected: { tooOldLogEventEndIndex: 1 } },
      { kind: 'reject', rejected: { tooNewLogEventStartIndex: 0 } },
      { kind: 'reject', rejected: { expiredLogEventEndIndex: 1 } },
    ],
    open: (fake, attempts) => {
      fake.createLogGroup('group');
      const client = cloudWatchLogsClient(connection(fake, attempts));
      return {
        sink: cloudWatchAuditSink({ client, logGroup: 'group', logStream: 'stream' }),
        close: () => client.destroy(),
      };
    },
    lines: (fake) => fake.logged('group', 'stream'),
  },
  {
    name: 'Kinesis',
    operation: 'PutRecords',
    faults: [...ANY_CALL, { kind: 'partial' }],
    open: (fake, attempts) => {
      fake.createStream('stream');
      const client = kinesisClient(connection(fake, attempts));
      return {
        sink: kinesisAuditSink({ client, streamName: 'stream', chainId: 'chain', attempts: 2, backoffMs: 1 }),
        close: () => client.destroy(),
      };
    },
    lines: (fake) => fake.streamed('stream').flatMap(({ data }) => data.toString().split('\n').slice(0, -1)),
  },
];

type Run = (sink: AuditSink) => Promise<unknown>;

/** Later calls are like these. */
const FIRST_CALLS = 4;

/** Every fault at each of the first calls that a run without faults makes, once and twice. */
async function casesOf(run: Run) {
  const cases = SINKS.map(async (sink) => {
    const clean = await startFakeAws();
    const { sink: opened, close } = sink.open(clean, 1);
    await run(opened);
    close();
    await clean.close();
    const faults = [...sink.faults, { kind: 'deny', operation: 'CreateLogStream' } as const];
    return faults.flatMap((fault: PlannedKind) => {
      const { operation = sink.operation } = fault;
      return positionsOf(operation, clean)
        .slice(0, FIRST_CALLS)
        .flatMap((after) =>
          [1, 2].map((times) => [sink.name, fault.kind, operation, after, times, sink, fault] as const),
        );
    });
  });
  return (await Promise.all(cases)).flat();
}

let fake: FakeAws;
beforeEach(async () => {
  fake = await startFakeAws();
});
afterEach(() => fake.close());

const chainOptions = () => ({
  signer: createSigner(KEY_ID, recordKey()),
  chainId: 'chain',
  host: HOST,
  nowMs: Date.now,
});

/** The records of a sink, each once, in the order of the chain. */
function recordsOf(lines: readonly string[]): readonly AuditRecord[] {
  const byNumber = new Map<number, AuditRecord>();
  for (const line of lines) {
    const record = JSON.parse(line) as AuditRecord;
    // A repeat must be the same: another record of the same number fails here.
    expect(record).toEqual(byNumber.get(record.signature.sequence) ?? record);
    byNumber.set(record.signature.sequence, record);
  }
  return [...byNumber.values()].toSorted((a, b) => a.signature.sequence - b.signature.sequence);
}

async function expectWholeChain(records: readonly AuditRecord[]): Promise<void> {
  const lines = records.map((record) => JSON.stringify(record));
  expect(await verifyTrail(lines, new Map([[KEY_ID, recordKey()]]))).toMatchObject({
    valid: true,
    records: records.length,
    chains: 1,
  });
}

const ROUNDS = 6;

/** Rounds of two requests at the same time, one of which discloses nothing. Resolves to whether each was answered. */
async function runBlocking(sink: AuditSink): Promise<ReadonlyMap<string, boolean>> {
  const trail = new AuditTrail({ ...chainOptions(), sink });
  const outcomes = new Map<string, boolean>();
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      [8, 3].map(async (code) => {
        const requestId = `${round}/${code}`;
        const request = trail.open();
        request.record(entry({ requestId, code, count: round + 1, operation: 'Unprotect' }));
        outcomes.set(
          requestId,
          await request.flush().then(
            () => true,
            () => false,
          ),
        );
      }),
    );
  }
  await trail.open().flush();
  return outcomes;
}

const BLOCKING_CASES = await casesOf(runBlocking);

describe('the blocking trail', () => {
  test.each(BLOCKING_CASES)(
    'over %s, with %s of %s after %d good calls, %d times, accounts for every answer',
    async (_n, _k, operation, after, times, sink, fault) => {
      const { sink: opened, close } = sink.open(fake, 1);
      fake.fail({ ...fault, operation, after, times });
      const outcomes = await runBlocking(opened);
      close();
      expectUsedUp(fake);

      const records = recordsOf(sink.lines(fake));
      await expectWholeChain(records);
      for (const [requestId, answered] of outcomes) {
        const own = records.filter(({ additional_info }) => additional_info.request_id === requestId);
        const codes = own.map(({ protection }) => protection.audit_code);
        const code = Number(requestId.split('/')[1]);
        expect([requestId, codes]).toEqual([requestId, answered || code === 3 ? [code] : [code, 51]]);
      }
      const answeredValues = [...outcomes].filter(([id, answered]) => answered && id.endsWith('/8'));
      const disclosed = sum(records, 8) - sum(records, 51);
      expect(disclosed).toBe(answeredValues.reduce((total, [id]) => total + Number(id.split('/')[0]) + 1, 0));
    },
  );
});

/** Rounds of one request each. Resolves to the lines that were spilled. */
async function runBuffered(sink: AuditSink): Promise<readonly string[]> {
  const spilled: AuditLine[] = [];
  const spill = (lines: readonly AuditLine[]) => void spilled.push(...lines);
  const trail = new BufferedTrail({ ...chainOptions(), sink, flushIntervalMs: 0, spill });
  for (let round = 0; round < ROUNDS; round++) {
    const request = trail.open();
    request.record(entry({ requestId: `r${round}`, code: 8, count: round + 1, operation: 'Unprotect' }));
    await request.flush();
  }
  await trail.close();
  return spilled.map(({ line }) => line);
}

const BUFFERED_CASES = await casesOf(runBuffered);

describe('the buffered trail', () => {
  test.each(BUFFERED_CASES)(
    'over %s, with %s of %s after %d good calls, %d times, loses and doubles nothing',
    async (_n, _k, operation, after, times, sink, fault) => {
      const { sink: opened, close } = sink.open(fake, 1);
      fake.fail({ ...fault, operation, after, times });
      const spilledLines = await runBuffered(opened);
      close();
      expectUsedUp(fake);

      expect(new Set(spilledLines).size).toBe(spilledLines.length);
      expect(recordsOf(sink.lines(fake)).at(-1)?.signature.sequence).toBe(
        recordsOf([...sink.lines(fake), ...spilledLines]).length,
      );
      const records = recordsOf([...sink.lines(fake), ...spilledLines]);
      await expectWholeChain(records);
      expect(sum(records, 8)).toBe((ROUNDS * (ROUNDS + 1)) / 2);
    },
  );

  test('over a sink that never recovers spills every line once', async () => {
    const { sink, close } = SINKS[0]!.open(fake, 1);
    const spilled: string[] = [];
    fake.fail({ kind: 'deny', times: Number.POSITIVE_INFINITY });
    const spill = (lines: readonly AuditLine[]) => void spilled.push(...lines.map(({ line }) => line));
    const trail = new BufferedTrail({ ...chainOptions(), sink, flushIntervalMs: 0, spill, maxPendingLines: 2 });
    for (let round = 0; round < ROUNDS; round++) {
      const request = trail.open();
      request.record(entry({ user: `u${round}`, code: 8, count: 1, operation: 'Unprotect' }));
      await request.flush();
    }
    await trail.close();
    close();
    expect(recordsOf(spilled)).toHaveLength(ROUNDS);
    expect(spilled).toHaveLength(ROUNDS);
    await expectWholeChain(recordsOf(spilled));
  });
});

describe('a service whose clock differs', () => {
  const HOUR = 3_600_000;
  test.each(
    SINKS.flatMap((sink) =>
      [-30 * 24 * HOUR, -HOUR, HOUR, 30 * 24 * HOUR].flatMap((aheadMs) =>
        [0, 1, 2].map((call) => [sink.name, aheadMs / HOUR, call, sink, aheadMs] as const),
      ),
    ),
  )('over %s, %d hours ahead from call %d on, gets every record', async (_n, _h, call, sink, aheadMs) => {
    const { sink: opened, close } = sink.open(fake, 2);
    const trail = new AuditTrail({ ...chainOptions(), sink: opened });
    for (let round = 0; round < 4; round++) {
      if (round === call) fake.setClock(aheadMs);
      const request = trail.open();
      request.record(entry({ requestId: `r${round}`, code: 8, count: round + 1, operation: 'Unprotect' }));
      await request.flush();
    }
    close();
    const records = recordsOf(sink.lines(fake));
    await expectWholeChain(records);
    expect(sum(records, 8)).toBe(10);
  });
});

function sum(records: readonly AuditRecord[], code: number): number {
  return records.reduce((total, { cnt, protection }) => (protection.audit_code === code ? total + cnt : total), 0);
}
