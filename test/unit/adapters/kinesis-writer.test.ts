import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { kinesisAuditSink } from '../../../lib/adapters/kinesis/audit-sink.ts';
import { kinesisClient } from '../../../lib/adapters/kinesis/client.ts';
import { partitionKeyOf, sizeOf, type StreamRecord, wavesOf } from '../../../lib/adapters/kinesis/waves.ts';
import { writeRecords } from '../../../lib/adapters/kinesis/writer.ts';
import { type FakeAws, startFakeAws } from '../../support/fake-aws.ts';
import { expectUsedUp } from '../../support/used-up.ts';

const record = (partitionKey: string, data: string | number): StreamRecord => ({
  partitionKey,
  data: typeof data === 'string' ? Buffer.from(data) : Buffer.alloc(data, 'x'),
});

describe('the calls that records are put in', () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 });

  test('hold every record once, each key at most once a call and in order', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const waves = wavesOf(list.map((key) => record(key, 10)));
        expect(waves.flat().toSorted((a, b) => a - b)).toEqual(list.map((_, i) => i));
        for (const wave of waves) expect(new Set(wave.map((i) => list[i])).size).toBe(wave.length);
        for (const key of new Set(list)) {
          const order = waves.flatMap((wave) => wave.filter((i) => list[i] === key));
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  test('are as few as the most frequent key permits', () => {
    expect(wavesOf([...'abcabca'].map((key) => record(key, 1)))).toEqual([[0, 1, 2], [3, 4, 5], [6]]); // oxlint-disable-line typescript/no-misused-spread -- ASCII
  });

  test('have at most 500 records and 5 MiB with their keys', () => {
    const many = Array.from({ length: 1_001 }, (_, i) => record(`k${i}`, 1));
    expect(wavesOf(many).map((wave) => wave.length)).toEqual([500, 500, 1]);
    const large = Array.from({ length: 7 }, (_, i) => record(`k${i}`, 1024 * 1024 - 2));
    expect(wavesOf(large).map((wave) => wave.length)).toEqual([5, 2]);
    const sizes = wavesOf(large).map((wave) => wave.reduce((sum, i) => sum + sizeOf(large[i]!), 0));
    expect(Math.max(...sizes)).toBe(5 * 1024 * 1024);
  });
});

test('a partition key is the text itself, or its hash when it is longer than a key may be', () => {
  expect(partitionKeyOf('x'.repeat(256))).toBe('x'.repeat(256));
  expect(partitionKeyOf('x'.repeat(257))).toMatch(/^[0-9a-f]{64}$/);
});

describe('writing to a stream', () => {
  let fake: FakeAws;
  let client: KinesisClient;
  beforeEach(async () => {
    fake = await startFakeAws();
    fake.createStream('stream');
    client = kinesisClient({
      endpoint: fake.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    client.destroy();
    await fake.close();
    expectUsedUp(fake);
  });
  const options = () => ({ client, streamName: 'stream', backoffMs: 1, attempts: 3 });
  const streamed = () => fake.streamed('stream').map(({ partitionKey, data }) => `${partitionKey}${data.toString()}`);

  test('sends again only what a call left, before anything later of the same key', async () => {
    fake.fail({ kind: 'partial', times: 1 });
    const records = ['a1', 'b1', 'a2', 'b2', 'c1'].map((text) => record(text[0]!, text[1]!));
    expect(await writeRecords(options(), records)).toEqual({
      accepted: [true, true, true, true, true],
      failure: undefined,
    });
    expect(streamed()).toEqual(['b1', 'a1', 'c1', 'a2', 'b2']);
  });

  test('waits before each repeat and not before the first sending, twice as long each time', async () => {
    const slept: number[] = [];
    const sleep = (ms: number) => Promise.resolve(void slept.push(ms));
    const paced = { ...options(), backoffMs: 40, attempts: 4, sleep, random: () => 0.5 };
    await writeRecords(paced, [record('a', '1')]);
    expect(slept).toEqual([]);
    fake.fail({ kind: 'partial', times: 3 });
    expect(await writeRecords(paced, [record('a', '2')])).toEqual({ accepted: [true], failure: undefined });
    expect(slept).toEqual([30, 60, 120]);
  });

  test('stops only the key whose record is not taken', async () => {
    fake.fail({ kind: 'partial', times: 3 });
    const records = ['a1', 'b1', 'a2', 'b2'].map((text) => record(text[0]!, text[1]!));
    expect(await writeRecords(options(), records)).toEqual({
      accepted: [false, true, false, true],
      failure: 'ProvisionedThroughputExceededException',
    });
    expect(streamed()).toEqual(['b1', 'b2']);
  });

  test('stops every key of a call that fails, and returns the error name', async () => {
    fake.fail({ kind: 'deny', times: 1 });
    const report = await writeRecords(options(), [record('a', '1'), record('b', '1')]);
    expect(report).toEqual({ accepted: [false, false], failure: 'AccessDeniedException' });
  });

  test('counts the partition key towards the size of a record of audit lines', async () => {
    const sink = kinesisAuditSink({ ...options(), chainId: 'x'.repeat(256) });
    // Together exactly 1 MiB: with the key, more than a record may have.
    const half = { timeMs: 0, line: 'y'.repeat(512 * 1024 - 1) };
    await sink.append([half, half]);
    const fits = { timeMs: 0, line: 'y'.repeat(512 * 1024 - 1 - 128) };
    await sink.append([fits, fits]);
    const sizes = fake.streamed('stream').map(({ data }) => data.length);
    expect(sizes).toEqual([512 * 1024, 512 * 1024, 1024 * 1024 - 256]);
  });

  test('packs an append into few records, and rejects with the number of durable lines', async () => {
    const sink = kinesisAuditSink({ ...options(), chainId: 'chain' });
    const lines = Array.from({ length: 90 }, (_, i) => ({ timeMs: 0, line: `${i} ${'x'.repeat(30_000)}` }));
    await sink.append(lines.slice(0, 3));
    expect(fake.streamed('stream')).toHaveLength(1);
    fake.fail({ kind: 'deny', times: 1, after: 1 });
    const failure: unknown = await sink.append(lines).catch((error: unknown) => error);
    const [, second] = fake.streamed('stream');
    expect(failure).toMatchObject({ durable: second!.data.toString().split('\n').length - 1 });
    expect(second!.data.length).toBeLessThanOrEqual(1024 * 1024 - 'chain'.length);
  });
});
