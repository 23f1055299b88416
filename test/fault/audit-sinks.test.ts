// Every failure of every audit sink at every call, over real sockets: nothing answered is without its record, nothing is
// there twice once repeats are dropped by id, and the counts say exactly what was answered.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
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
import { KEY_ID, recordKey } from '../support/signed-lines.ts';

interface SinkCase {
  readonly name: string;
  readonly operation: string;
  readonly faults: readonly (Partial<Fault> & Pick<Fault, 'kind'>)[];
  /** `attempts`: sendings by the SDK, which the trail does not see. Each is given up after `limitMs`. */
  readonly open: (
    fake: FakeAws,
    attempts: number,
    limitMs?: number,
  ) => { readonly sink: AuditSink; readonly close: () => void };
  readonly lines: (fake: FakeAws) => readonly string[];
}

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

const connection = (fake: FakeAws, maxAttempts: number) => ({
  endpoint: fake.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts,
});
const patience = (requestTimeout = 10_000) => ({
  connectionTimeout: 10_000,
  requestTimeout,
  throwOnRequestTimeout: true,
});
/** Where calls hang, long enough that a slow machine does not make more of them. */
const limitOf = ({ kind }: { readonly kind: string }) => (kind === 'hang' ? 250 : undefined);

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
    open: (fake, attempts, limitMs) => {
      fake.createLogGroup('group');
      const client = cloudWatchLogsClient({ ...connection(fake, attempts), requestHandler: patience(limitMs) });
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
    open: (fake, attempts, limitMs) => {
      fake.createStream('stream');
      const client = kinesisClient({
        ...connection(fake, attempts),
        requestHandler: new NodeHttpHandler(patience(limitMs)),
      });
      return {
        sink: kinesisAuditSink({ client, streamName: 'stream', chainId: 'chain', attempts: 2, backoffMs: 1 }),
        close: () => client.destroy(),
      };
    },
    lines: (fake) => fake.streamed('stream').flatMap(({ data }) => data.toString().split('\n').slice(0, -1)),
  },
];

const CALLS = [0, 1, 2, 3];
const CASES = SINKS.flatMap((sink) =>
  [...sink.faults, { kind: 'deny', operation: 'CreateLogStream' } as const]
    .filter((fault) => fault.operation !== 'CreateLogStream' || sink.name === 'CloudWatch Logs')
    .flatMap((fault) =>
      CALLS.flatMap((after) =>
        [1, 2].map(
          (times) => [sink.name, fault.kind, fault.operation ?? sink.operation, after, times, sink, fault] as const,
        ),
      ),
    ),
);

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
    // What comes again must be the same: another record of the same number would fail here.
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

describe('the blocking trail', () => {
  test.each(CASES)(
    'over %s, with %s of %s after %d good calls, %d times',
    async (_n, _k, operation, after, times, sink, fault) => {
      const { sink: opened, close } = sink.open(fake, 1, limitOf(fault));
      const trail = new AuditTrail({ ...chainOptions(), sink: opened });
      fake.fail({ ...fault, operation, after, times });
      const outcomes = new Map<string, boolean>();
      for (let round = 0; round < ROUNDS; round++) {
        // Two requests at once, one of which records nothing that is disclosed.
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
      close();

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

describe('the buffered trail', () => {
  test.each(CASES)(
    'over %s, with %s of %s after %d good calls, %d times',
    async (_n, _k, operation, after, times, sink, fault) => {
      const { sink: opened, close } = sink.open(fake, 1, limitOf(fault));
      const spilled: AuditLine[] = [];
      const spill = (lines: readonly AuditLine[]) => void spilled.push(...lines);
      const trail = new BufferedTrail({ ...chainOptions(), sink: opened, flushIntervalMs: 0, spill });
      fake.fail({ ...fault, operation, after, times });
      for (let round = 0; round < ROUNDS; round++) {
        const request = trail.open();
        request.record(entry({ requestId: `r${round}`, code: 8, count: round + 1, operation: 'Unprotect' }));
        await request.flush();
      }
      await trail.close();
      close();

      const spilledLines = spilled.map(({ line }) => line);
      expect(new Set(spilledLines).size).toBe(spilledLines.length);
      expect(recordsOf(sink.lines(fake)).at(-1)?.signature.sequence).toBe(
        recordsOf([...sink.lines(fake), ...spilledLines]).length,
      );
      const records = recordsOf([...sink.lines(fake), ...spilledLines]);
      await expectWholeChain(records);
      expect(sum(records, 8)).toBe((ROUNDS * (ROUNDS + 1)) / 2);
    },
  );

  test('over a sink that never comes back: everything is spilled, each line once', async () => {
    const { sink, close } = SINKS[0]!.open(fake, 1);
    const spilled: string[] = [];
    fake.fail({ kind: 'deny', times: 1_000 });
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

describe('a clock that is wrong', () => {
  const HOUR = 3_600_000;
  test.each(
    SINKS.flatMap((sink) =>
      [-30 * 24 * HOUR, -HOUR, HOUR, 30 * 24 * HOUR].flatMap((aheadMs) =>
        [0, 1, 2].map((call) => [sink.name, aheadMs / HOUR, call, sink, aheadMs] as const),
      ),
    ),
  )(
    'over %s, the service %d hours ahead from call %d on: every record arrives',
    async (_n, _h, call, sink, aheadMs) => {
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
    },
  );
});

function sum(records: readonly AuditRecord[], code: number): number {
  return records.reduce((total, { cnt, protection }) => (protection.audit_code === code ? total + cnt : total), 0);
}
