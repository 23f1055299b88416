// Records that the subscription never delivered: found by the scheduled verifier, brought back by the command, sealed
// by the sealer. Functions, command and SDK are the real ones, over sockets; AWS is played.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sealerHandler } from '../../functions/runtime/seal/log-sealer.ts';
import { verifierHandler } from '../../functions/runtime/verify/log-verifier.ts';
import { cloudWatchAuditSink } from '../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient, cloudWatchLogsReader } from '../../lib/adapters/cloudwatch-logs/client.ts';
import { readLogMessages } from '../../lib/adapters/cloudwatch-logs/read-log-group.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3TileReader, s3TileStore } from '../../lib/adapters/s3/tile-store.ts';
import { copiedLines } from '../../lib/evidence/find-unsealed.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { type EvidenceReport, verifyEvidence } from '../../lib/evidence/verify-evidence.ts';
import { chainLines, recordKeys } from '../support/chain-lines.ts';
import { type Outcome, runProtector } from '../support/command.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import { positionsOf } from '../support/faults.ts';
import { kinesisRecord, subscriptionPayload } from '../support/kinesis-events.ts';
import { linesOf } from '../support/kinesis-stream.ts';
import { fixedKeys, fixedLog } from '../support/log.ts';
import { expectUsedUp } from '../support/used-up.ts';

const GROUP = '/protector/audit/1';
const STREAM = 'audit';
const LOG = 's3://bucket/log';
const LOST = 150;
/** When the records were made: long enough ago to be settled. */
const MADE_MS = Date.now() - 30 * 60_000;
const REQUEST = ['audit', 'replay', '--log-group', GROUP, '--log', LOG, '--from', new Date(MADE_MS).toISOString()];
const CONTEXT = { getRemainingTimeInMillis: () => 600_000 } as Context;

interface Deployment {
  readonly aws: FakeAws;
  readonly bucket: FakeBucket;
  readonly lines: readonly string[];
  /** Invokes the verifier. */
  verify(): Promise<{ readonly unsealed: number; readonly unsealedAgeS: number }>;
  /** The metrics that the verifier has written. */
  readonly metrics: { readonly RecordsUnsealed?: number; readonly UnsealedAge?: number }[];
  /** Hands the stream to the sealer, whole each time. */
  seal(): Promise<unknown>;
  replay(...args: readonly string[]): Promise<Outcome>;
  /** Verifies log and records, with every key. */
  evidence(): Promise<EvidenceReport>;
  close(): Promise<void>;
}

const SETTINGS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'unsealed-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Two chains in the audit log group; the subscription brings all but `LOST` of their records to the sealer. */
async function deployed(): Promise<Deployment> {
  const [aws, bucket] = await Promise.all([startFakeAws(), startFakeBucket()]);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const at = { region: 'us-east-1', credentials };
  const s3 = s3Client({ ...at, endpoint: bucket.endpoint, forcePathStyle: true });
  const logs = cloudWatchLogsClient({ ...at, endpoint: aws.endpoint });
  const reader = cloudWatchLogsReader({ ...at, endpoint: aws.endpoint });
  const chains = [
    await chainLines('first', 120, { timeMs: MADE_MS }),
    await chainLines('second', 130, { timeMs: MADE_MS }),
  ];
  aws.createLogGroup(GROUP);
  aws.createStream(STREAM);
  for (const [i, chain] of chains.entries()) {
    const sink = cloudWatchAuditSink({ client: logs, logGroup: GROUP, logStream: `stream-${i}` });
    // oxlint-disable-next-line no-await-in-loop -- two
    await sink.append(chain.map((line) => ({ line, timeMs: MADE_MS })));
  }
  const tiles = { client: s3, bucket: 'bucket', prefix: 'log/' };
  const store = s3TileStore({ ...tiles, isEvidence: () => false });
  const sealer = new Sealer(fixedLog(store, { nowMs: () => MADE_MS + 10_000 }), store);
  const seal = sealerHandler(
    () => Promise.resolve({ sealer, everyS: 300, nowMs: Date.now }),
    () => {},
    () => {},
  );
  const delivered = [...chains[0]!.slice(0, 60), ...chains[1]!.slice(90)];
  await seal({ Records: [kinesisRecord(subscriptionPayload(delivered), 0)] });
  const metrics: Deployment['metrics'] = [];
  const verify = verifierHandler(
    () =>
      Promise.resolve({
        written: (fromMs, toMs) => copiedLines(readLogMessages({ client: reader, logGroup: GROUP, fromMs, toMs })),
        log: s3TileReader(tiles),
        memory: s3TileStore({ ...tiles, prefix: 'verifier/', isEvidence: () => false }),
        settledAfterMs: 300_000,
        nowMs: Date.now,
      }),
    () => {},
    (line) => metrics.push(JSON.parse(line)),
  );
  const lines = chains.flat();
  return {
    aws,
    bucket,
    lines,
    metrics,
    verify: () => verify({ 'detail-type': 'Scheduled Event' }, CONTEXT),
    seal: () => seal({ Records: aws.streamed(STREAM).map(({ data }, i) => kinesisRecord(data, i)) }),
    replay: (...args) =>
      runProtector([...REQUEST, ...args], {
        cwd: directory,
        settings: { ...SETTINGS, AWS_ENDPOINT_URL: aws.endpoint, AWS_ENDPOINT_URL_S3: bucket.endpoint },
      }),
    evidence: () =>
      verifyEvidence({
        log: { reader: s3TileReader(tiles) },
        records: lines,
        recordKeys: recordKeys(),
        keys: fixedKeys(),
      }),
    close: async () => {
      for (const client of [s3, logs, reader]) client.destroy();
      await Promise.all([aws.close(), bucket.close()]);
    },
  };
}

describe('150 records that the subscription never delivered', () => {
  let all: Deployment;
  beforeEach(async () => {
    all = await deployed();
  });
  afterEach(() => all.close());

  test('are measured by the verifier until they are replayed and sealed; then the evidence is whole', async () => {
    expect((await all.evidence()).valid).toBe(false);
    expect(await all.verify()).toMatchObject({ unsealed: LOST });
    expect(await all.verify()).toMatchObject({ unsealed: LOST });

    const dry = await all.replay('--dry-run', '--json');
    expect(dry.code).toBe(1);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      lines: 250,
      missing: LOST,
      replayed: 0,
      chains: [
        { chainId: 'first', records: 60, from: 61, to: 120 },
        { chainId: 'second', records: 90, from: 1, to: 90 },
      ],
    });
    expect(all.aws.streamed(STREAM)).toEqual([]);

    expect(await all.replay('--stream', STREAM)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('150 records are missing from the log: put into audit'),
    });
    expect(linesOf(all.aws.streamed(STREAM).map(({ data }) => data))).toHaveLength(LOST);
    expect(await all.seal()).toMatchObject({ sealed: LOST, repeated: 0, holes: 0, forked: 0 });

    expect(await all.verify()).toMatchObject({ unsealed: 0, unsealedAgeS: 0 });
    expect(all.metrics.map(({ RecordsUnsealed }) => RecordsUnsealed)).toEqual([LOST, LOST, 0]);
    const { valid, findings } = await all.evidence();
    expect({ valid, faults: findings.filter(({ note }) => note !== true) }).toEqual({ valid: true, faults: [] });
  });

  test('are sealed once, however often they are replayed', async () => {
    await all.replay('--stream', STREAM);
    await all.replay('--stream', STREAM);
    expect(await all.seal()).toMatchObject({ sealed: LOST, repeated: LOST });
    const size = all.aws.streamed(STREAM).length;
    expect(await all.replay('--stream', STREAM)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No record is missing'),
    });
    expect(all.aws.streamed(STREAM)).toHaveLength(size);
  });

  test('are replayed from an export of the log group as well', async () => {
    const file = join(directory, 'export.jsonl');
    await writeFile(file, all.lines.map((line) => `${line}\n`).join(''));
    const { code } = await runProtector(['audit', 'replay', '--file', file, '--log', LOG, '--stream', STREAM], {
      cwd: directory,
      settings: { ...SETTINGS, AWS_ENDPOINT_URL: all.aws.endpoint, AWS_ENDPOINT_URL_S3: all.bucket.endpoint },
    });
    expect([code, await all.seal()]).toMatchObject([0, { sealed: LOST }]);
  });

  test.each(['throttle', 'status500', 'reset', 'drop', 'partial'] as const)(
    'arrive in the stream although PutRecords fails once (%s)',
    async (kind) => {
      all.aws.fail({ kind, operation: 'PutRecords', times: 1 });
      expect(await all.replay('--stream', STREAM)).toMatchObject({ code: 0 });
      expect(await all.seal()).toMatchObject({ sealed: LOST });
      expectUsedUp(all.aws);
    },
  );

  test('are not called replayed when the stream refuses them, and the next run brings them', async () => {
    all.aws.fail({ kind: 'deny', operation: 'PutRecords', times: 1 });
    expect(await all.replay('--stream', STREAM)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PutRecords failed: AccessDeniedException'),
    });
    expect(await all.replay('--stream', STREAM)).toMatchObject({ code: 0 });
    expect(await all.seal()).toMatchObject({ sealed: LOST });
  });

  test('are never called sealed when a call of the verifier fails, whichever it is', async () => {
    await all.verify();
    const { aws, bucket } = all;
    const before = [aws.operations.length, bucket.operations.length];
    await all.verify();
    all.metrics.length = 0;
    const pages = positionsOf('FilterLogEvents', { operations: aws.operations.slice(before[0]) });
    const objects = positionsOf('GET', { operations: bucket.operations.slice(before[1]) });
    expect(Math.min(pages.length / 9, objects.length)).toBeGreaterThan(3);
    const denied = { code: 'UNEXPECTED', message: expect.stringContaining('AccessDeniedException') };
    const refused = { code: 'LOG_STORE_REFUSED' };
    for (const [server, operation, after, error] of [
      ...pages.filter((at) => at % 9 === 0).map((at) => [aws, 'FilterLogEvents', at, denied] as const),
      ...objects.map((at) => [bucket, 'GET', at, refused] as const),
    ]) {
      server.fail({ kind: 'deny', operation, times: 1, after });
      // oxlint-disable-next-line no-await-in-loop -- one fault after another
      await expect(all.verify()).rejects.toMatchObject(error);
      expectUsedUp(server);
    }
    expect(all.metrics).toEqual([]);
    expect(await all.verify()).toMatchObject({ unsealed: LOST });
  });

  test.each([
    ['the log group', 'aws', 'FilterLogEvents'],
    ['the log', 'bucket', 'GET'],
  ] as const)('are not called sealed by the command when %s cannot be read', async (_, server, operation) => {
    all[server].fail({ kind: 'deny', operation, times: 1 });
    expect((await all.replay('--dry-run')).code).toBe(2);
    expectUsedUp(all[server]);
  });
});
