import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fileEventSink } from '../../lib/adapters/file/event-sink.ts';
import { kinesisClient } from '../../lib/adapters/kinesis/client.ts';
import { kinesisEventSink } from '../../lib/adapters/kinesis/event-sink.ts';
import { EventError } from '../../lib/events/errors.ts';
import type { EventLine, EventSink } from '../../lib/events/ports.ts';
import { draft, eventLog, eventsOf, memoryEventSink } from '../support/event-log.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { kinesisStream, linesOf } from '../support/kinesis-stream.ts';
import { MOTO_MISSING, motoAws } from '../support/moto.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A sink under test, fresh for each suite. */
interface SinkUnderTest {
  readonly sink: EventSink;
  /** Returns every durable line, in order. */
  read(): Promise<readonly string[]> | readonly string[];
  /** Makes appends fail. */
  breakDown(): Promise<void> | void;
  /** Ends a breakdown. */
  repair(): Promise<void> | void;
  dispose(): Promise<void> | void;
}

const line = (tenantId: string, text: string): EventLine => ({ tenantId, line: `${tenantId}: ${text}` });
const textsOf = (lines: readonly EventLine[]): string[] => lines.map((one) => one.line);

/** Tests the promises of `EventSink` for an adapter. With `skipped`, prints them as skipped for that reason. */
function eventSinkContract(name: string, create: () => Promise<SinkUnderTest>, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`an event sink over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: SinkUnderTest;
    beforeAll(async () => {
      under = await create();
    });
    afterAll(() => under.dispose());
    const ofTenant = async (tenantId: string): Promise<readonly string[]> =>
      (await under.read()).filter((text) => text.startsWith(`${tenantId}: `));

    test('rejects with EVENT_NOT_DURABLE while it is broken, quotes no line, and works once repaired', async () => {
      await under.breakDown();
      const failure: unknown = await under.sink.append([line('t', 'PROBE')]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(EventError);
      expect(failure).toMatchObject({ code: 'EVENT_NOT_DURABLE' });
      expect(failure instanceof Error && `${failure.message} ${String(failure.cause)}`).not.toContain('PROBE');
      expect((failure as EventError).accepted).not.toContain(true);
      await under.repair();
      await under.sink.append([line('t', 'after repair')]);
      expect(await ofTenant('t')).toEqual(['t: after repair']);
    });

    test('keeps the lines of a tenant in the order given, byte for byte', async () => {
      const lines = ['third 😀', 'first "\\u0000" ünï', 'second \u2028 line'].map((text) => line('order', text));
      await under.sink.append(lines);
      expect(await ofTenant('order')).toEqual(textsOf(lines));
    });

    test('resolves an append of no lines and writes nothing', async () => {
      const before = await under.read();
      await under.sink.append([]);
      expect(await under.read()).toEqual(before);
    });

    test('keeps the lines of many tenants in one append, each tenant in its order', async () => {
      const tenants = Array.from({ length: 40 }, (_, i) => `many-${i}`);
      await under.sink.append(['a', 'b', 'c'].flatMap((text) => tenants.map((tenantId) => line(tenantId, text))));
      for (const tenant of tenants)
        expect(await ofTenant(tenant)).toEqual([`${tenant}: a`, `${tenant}: b`, `${tenant}: c`]);
    });

    test('takes the longest tenant id, in any script', async () => {
      const tenantId = '租'.repeat(256);
      await under.sink.append([line(tenantId, 'x')]);
      expect(await ofTenant(tenantId)).toHaveLength(1);
    });

    test('keeps every line and its order under concurrent appends', async () => {
      const batches = Array.from({ length: 8 }, (_, i) => ['a', 'b', 'c'].map((text) => line('same', `${i}/${text}`)));
      await Promise.all(batches.map((batch) => under.sink.append(batch)));
      const written = await ofTenant('same');
      expect(written).toHaveLength(24);
      for (const [i, batch] of batches.entries()) {
        expect(written.filter((text) => text.includes(` ${i}/`))).toEqual(textsOf(batch));
      }
    });

    test('takes more lines of one tenant than a record or a call of the service may carry', async () => {
      const lines = Array.from({ length: 200 }, (_, i) => line('large', `${i} ${'x'.repeat(32_000)}`));
      await under.sink.append(lines);
      expect(await ofTenant('large')).toEqual(textsOf(lines));
    });

    test('holds whole chains of an event log', async () => {
      const log = eventLog(under.sink);
      await Promise.all(Array.from({ length: 20 }, (_, i) => log.accept([draft(`t${i % 3}`), draft(`t${i % 2}`)])));
      expect(eventsOf((await under.read()).filter((text) => text.startsWith('{')))).toHaveLength(40);
    });
  });
}

eventSinkContract('memory', () => {
  const sink = memoryEventSink();
  return Promise.resolve({
    sink,
    read: () => sink.lines,
    breakDown: () => void sink.outcomes.push('lost'),
    repair: () => {},
    dispose: () => {},
  });
});

eventSinkContract('a file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'event-sink-'));
  const obstacle = join(directory, 'logs');
  const path = join(obstacle, 'deep', 'events.jsonl');
  const sink = fileEventSink(path);
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

eventSinkContract('Kinesis (fake)', async () => {
  const fake = await startFakeAws();
  const client = kinesisClient({ endpoint: fake.endpoint, region: 'us-east-1', credentials });
  const streamName = randomUUID();
  return {
    sink: kinesisEventSink({ client, streamName }),
    read: () => linesOf(fake.streamed(streamName).map(({ data }) => data)),
    breakDown: () => {},
    repair: () => fake.createStream(streamName),
    dispose: () => {
      client.destroy();
      return fake.close();
    },
  };
});

eventSinkContract(
  'Kinesis (moto)',
  () => {
    const client = kinesisClient(motoAws);
    const { streamName, make, read, remove } = kinesisStream(client);
    return Promise.resolve({
      sink: kinesisEventSink({ client, streamName }),
      read,
      breakDown: () => {},
      repair: make,
      dispose: async () => {
        await remove();
        client.destroy();
      },
    });
  },
  MOTO_MISSING,
);

describe('the file sink', () => {
  test('creates a file that only its owner may read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'event-sink-'));
    const sink = fileEventSink(join(directory, 'events.jsonl'));
    await sink.append([line('t', 'x')]);
    await sink.close();
    expect((await stat(join(directory, 'events.jsonl'))).mode & 0o777).toBe(0o600);
    await rm(directory, { recursive: true });
  });
});

describe('the Kinesis sink', () => {
  let fake: FakeAws;
  let sink: EventSink;
  beforeEach(async () => {
    fake = await startFakeAws();
    fake.createStream('stream');
    const client = kinesisClient({ endpoint: fake.endpoint, region: 'us-east-1', credentials });
    sink = kinesisEventSink({ client, streamName: 'stream', attempts: 2, backoffMs: 1 });
  });
  afterEach(() => fake.close());

  test("packs each tenant's lines into one record whose partition key is the tenant", async () => {
    await sink.append([line('a', '1'), line('b', '1'), line('a', '2')]);
    const streamed = fake.streamed('stream').map(({ partitionKey, data }) => [partitionKey, data.toString()]);
    expect(streamed).toEqual([
      ['a', 'a: 1\na: 2\n'],
      ['b', 'b: 1\n'],
    ]);
    expect(fake.calls).toEqual(['PutRecords']);
  });

  test('counts the partition key towards the size of a record', async () => {
    const tenantId = 'x'.repeat(256);
    // Together exactly 1 MiB: with the key, more than a record may have.
    const half = { tenantId, line: 'y'.repeat(512 * 1024 - 1) };
    await sink.append([half, half]);
    expect(fake.streamed('stream').map(({ data }) => data.length)).toEqual([512 * 1024, 512 * 1024]);
    const fits = { tenantId, line: 'y'.repeat(512 * 1024 - 1 - 128) };
    await sink.append([fits, fits]);
    expect(fake.streamed('stream').slice(2)).toHaveLength(1);
  });

  test('rejects with whether each line is durable all the same', async () => {
    fake.fail({ kind: 'partial', times: 2, operation: 'PutRecords' });
    const failure: unknown = await sink
      .append([line('a', '1'), line('b', '1'), line('c', '1'), line('b', '2'), line('a', '2')])
      .catch((error: unknown) => error);
    // The first call leaves the first and third of three records, the second call the first of those two.
    expect(failure).toMatchObject({ code: 'EVENT_NOT_DURABLE', accepted: [false, true, true, true, false] });
    expect(linesOf(fake.streamed('stream').map(({ data }) => data))).toEqual(['b: 1', 'b: 2', 'c: 1']);
  });
});
