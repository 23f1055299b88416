import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cloudWatchAuditSink } from '../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../../lib/adapters/cloudwatch-logs/client.ts';
import { type FileAuditSink, fileAuditSink } from '../../lib/adapters/file/audit-sink.ts';
import { kinesisAuditSink } from '../../lib/adapters/kinesis/audit-sink.ts';
import { kinesisClient } from '../../lib/adapters/kinesis/client.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { expectUsedUp } from '../support/used-up.ts';
import { kinesisStream, linesOf } from '../support/kinesis-stream.ts';
import { MOTO_MISSING, motoAws } from '../support/moto.ts';
import { auditSinkContract, type SinkUnderTest } from './audit-sink.contract.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const now = () => [{ timeMs: Date.now(), line: 'a line' }];
const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ timeMs: Date.now(), line: `line ${i}` }));

auditSinkContract('a file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'audit-sink-'));
  const obstacle = join(directory, 'logs');
  const path = join(obstacle, 'deep', 'audit.jsonl');
  const sink = fileAuditSink(path);
  return {
    sink,
    read: async () => (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(0, -1),
    breakDown: () => writeFile(obstacle, 'a file where a directory should be'),
    repair: () => rm(obstacle),
    dispose: async () => {
      await sink.close();
      await rm(directory, { recursive: true });
    },
  };
});

auditSinkContract('CloudWatch Logs (fake)', async () => {
  const fake = await startFakeAws();
  const client = cloudWatchLogsClient({ endpoint: fake.endpoint, region: 'us-east-1', credentials });
  return cloudWatch(client, () => fake.close());
});

auditSinkContract(
  'CloudWatch Logs (moto)',
  () => {
    const client = cloudWatchLogsClient(motoAws);
    return Promise.resolve(cloudWatch(client, () => Promise.resolve()));
  },
  MOTO_MISSING,
);

auditSinkContract('Kinesis (fake)', async () => {
  const fake = await startFakeAws();
  const client = kinesisClient({ endpoint: fake.endpoint, region: 'us-east-1', credentials });
  const streamName = randomUUID();
  return {
    sink: kinesisAuditSink({ client, streamName, chainId: 'environment' }),
    read: () => Promise.resolve(linesOf(fake.streamed(streamName).map(({ data }) => data))),
    breakDown: () => Promise.resolve(),
    repair: () => Promise.resolve(fake.createStream(streamName)),
    dispose: () => {
      client.destroy();
      return fake.close();
    },
  };
});

auditSinkContract(
  'Kinesis (moto)',
  () => {
    const client = kinesisClient(motoAws);
    const { streamName, make, read, remove } = kinesisStream(client);
    return Promise.resolve({
      sink: kinesisAuditSink({ client, streamName, chainId: 'environment' }),
      read,
      breakDown: () => Promise.resolve(),
      repair: make,
      dispose: async () => {
        await remove();
        client.destroy();
      },
    });
  },
  MOTO_MISSING,
);

/** A sink whose log group is absent while it is broken: a failure that every implementation of the service shows. */
function cloudWatch(client: CloudWatchLogsClient, close: () => Promise<void>): SinkUnderTest {
  const logGroupName = `/audit/${randomUUID()}`;
  const logStreamName = 'environment';
  return {
    sink: cloudWatchAuditSink({ client, logGroup: logGroupName, logStream: logStreamName }),
    read: () => readStream(client, logGroupName, logStreamName),
    breakDown: () => Promise.resolve(),
    repair: async () => {
      await client.send(new CreateLogGroupCommand({ logGroupName }));
    },
    dispose: async () => {
      await client.send(new DeleteLogGroupCommand({ logGroupName })).catch(() => {});
      client.destroy();
      await close();
    },
  };
}

async function readStream(client: CloudWatchLogsClient, group: string, stream: string): Promise<readonly string[]> {
  const lines: string[] = [];
  let token: string | undefined;
  for (;;) {
    const command = new GetLogEventsCommand({
      logGroupName: group,
      logStreamName: stream,
      startFromHead: true,
      nextToken: token,
    });
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const page = await client.send(command);
    for (const { message } of page.events ?? []) lines.push(message ?? '');
    if (page.nextForwardToken === token) return lines;
    token = page.nextForwardToken;
  }
}

describe('the file sink', () => {
  let directory: string;
  let path: string;
  let sink: FileAuditSink;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'audit-sink-'));
    path = join(directory, 'audit.jsonl');
    sink = fileAuditSink(path);
  });
  afterEach(async () => {
    await sink.close();
    await rm(directory, { recursive: true });
  });

  test('keeps a line torn by a crash as evidence and begins the next one on a line of its own', async () => {
    await writeFile(path, '{"whole":1}\n{"torn":');
    await sink.append(now());
    await sink.append(now());
    expect(await readFile(path, 'utf8')).toBe('{"whole":1}\n{"torn":\na line\na line\n');
  });

  test('ends a torn line once under concurrent appends', async () => {
    await writeFile(path, 'torn');
    await Promise.all([sink.append(now()), sink.append(now())]);
    expect(await readFile(path, 'utf8')).toBe('torn\na line\na line\n');
  });

  test('never overwrites lines that another writer appended to the same file', async () => {
    await sink.append(now());
    await appendFile(path, 'theirs\n');
    await sink.append(now());
    expect(await readFile(path, 'utf8')).toBe('a line\ntheirs\na line\n');
  });

  test('creates a file that only its owner may read', async () => {
    await sink.append(now());
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('rejects with ENOSPC when the disk is full', async () => {
    sink = fileAuditSink('/dev/full');
    await expect(sink.append(now())).rejects.toMatchObject({
      code: 'AUDIT_SINK_UNAVAILABLE',
      message: expect.stringContaining('ENOSPC'),
    });
  });
});

/** Lets the client repeat its attempts at once. */
async function withoutBackoff(client: CloudWatchLogsClient): Promise<void> {
  const strategy = (await client.config.retryStrategy()) as unknown as {
    retryBackoffStrategy: { computeNextBackoffDelay: () => number };
  };
  strategy.retryBackoffStrategy.computeNextBackoffDelay = () => 0;
}

describe('the CloudWatch Logs sink', () => {
  let fake: FakeAws;
  let client: CloudWatchLogsClient;
  beforeEach(async () => {
    fake = await startFakeAws();
    fake.createLogGroup('group');
    client = cloudWatchLogsClient({ endpoint: fake.endpoint, region: 'us-east-1', credentials });
  });
  afterEach(async () => {
    client.destroy();
    await fake.close();
    expectUsedUp(fake);
  });
  const sink = (over = client) => cloudWatchAuditSink({ client: over, logGroup: 'group', logStream: 'stream' });
  const count = (operation: string) => fake.calls.filter((call) => call === operation).length;

  test('creates the stream once under concurrent appends', async () => {
    const shared = sink();
    await Promise.all([shared.append(now()), shared.append(now()), shared.append(now())]);
    await shared.append(now());
    expect(count('CreateLogStream')).toBe(1);
  });

  test('makes no call for an append of no lines', async () => {
    await sink().append([]);
    expect(fake.calls).toEqual([]);
  });

  test('writes to a stream that exists', async () => {
    await sink().append(now());
    await sink().append(now());
    expect(await readStream(client, 'group', 'stream')).toHaveLength(2);
  });

  test('retries a failed creation of the stream in the next append', async () => {
    fake.fail({ kind: 'deny', times: 1, operation: 'CreateLogStream' });
    const shared = sink();
    await expect(shared.append(now())).rejects.toMatchObject({ code: 'AUDIT_SINK_UNAVAILABLE' });
    await shared.append(now());
    expect(await readStream(client, 'group', 'stream')).toEqual(['a line']);
  });

  test('creates a deleted stream again in the append after the failed one', async () => {
    const shared = sink();
    await shared.append(now());
    fake.deleteLogStream('group', 'stream');
    await expect(shared.append(now())).rejects.toMatchObject({ code: 'AUDIT_SINK_UNAVAILABLE' });
    await shared.append(now());
    expect(await readStream(client, 'group', 'stream')).toEqual(['a line']);
  });

  test.each([
    ['too new', { tooNewLogEventStartIndex: 1 }],
    ['too old', { tooOldLogEventEndIndex: 2 }],
    ['expired', { expiredLogEventEndIndex: 3 }],
  ])('sends only the events again that a reply of 200 rejects as %s', async (_, rejected) => {
    fake.fail({ kind: 'reject', times: 1, operation: 'PutLogEvents', rejected });
    await sink().append(numbered(3));
    expect(fake.logged('group', 'stream').toSorted()).toEqual(['line 0', 'line 1', 'line 2']);
  });

  test('rejects with the number and reason of events that are rejected twice', async () => {
    const rejected = { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 };
    fake.fail({ kind: 'reject', times: 2, operation: 'PutLogEvents', rejected });
    await expect(sink().append(numbered(4))).rejects.toMatchObject({
      code: 'AUDIT_SINK_UNAVAILABLE',
      message: expect.stringContaining('1 too new, 1 too old, 0 expired'),
      durable: 0,
    });
  });

  test.each([
    ['too old', -15 * 86_400_000],
    ['too far ahead', 3 * 3_600_000],
  ])('writes an event that the service finds %s under the time of the service', async (_, ageMs) => {
    await sink().append(
      [...now(), { timeMs: Date.now() + ageMs, line: 'odd time' }].toSorted((a, b) => a.timeMs - b.timeMs),
    );
    expect(fake.logged('group', 'stream').toSorted()).toEqual(['a line', 'odd time']);
  });

  test('rejects with the number of lines that are durable all the same', async () => {
    fake.fail({ kind: 'deny', times: 1, after: 1, operation: 'PutLogEvents' });
    await expect(sink().append(numbered(10_001))).rejects.toMatchObject({ durable: 10_000 });
  });

  test.each(['throttle', 'status500', 'drop'] as const)(
    'resolves after the client repeats an attempt that ends in %s',
    async (kind) => {
      await withoutBackoff(client);
      fake.fail({ kind, times: 2, operation: 'PutLogEvents' });
      await sink().append(now());
      expect(count('PutLogEvents')).toBe(3);
    },
  );

  test('gives up a service that never answers in bounded time', async () => {
    fake.fail({ kind: 'hang', times: 2, operation: 'PutLogEvents' });
    const impatient = cloudWatchLogsClient({
      endpoint: fake.endpoint,
      region: 'us-east-1',
      credentials,
      maxAttempts: 2,
      requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
    });
    await expect(sink(impatient).append(now())).rejects.toMatchObject({
      code: 'AUDIT_SINK_UNAVAILABLE',
      message: expect.stringContaining('TimeoutError'),
    });
    expect(count('PutLogEvents')).toBe(2);
  });

  test('makes 4 attempts of at most 3 seconds by default', async () => {
    expect(await client.config.maxAttempts()).toBe(4);
    await sink().append(now()); // the handler settles its configuration at the first request
    expect(client.config.requestHandler).toMatchObject({
      config: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    });
  });
});
