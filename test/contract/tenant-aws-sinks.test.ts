// A tenant's log group and bucket as sinks, over the AWS emulator. How they fail is in test/fault/siem-sinks.test.ts, over stand-ins.
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cloudWatchLogsClient } from '../../lib/adapters/cloudwatch-logs/client.ts';
import { cloudWatchDeliverySink } from '../../lib/adapters/cloudwatch-logs/delivery-sink.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3DeliverySink } from '../../lib/adapters/s3/delivery-sink.ts';
import type { DeliverySink, Parcel } from '../../lib/delivery/ports.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';
import { securityEvent } from '../support/siem/events.ts';

interface SinkUnderTest {
  readonly sink: DeliverySink;
  /** A sink of a place that does not exist. */
  readonly nowhere: DeliverySink;
  /** Reads the events that are there, in the order of sending. */
  readonly read: () => Promise<readonly string[]>;
  readonly close: () => void;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Each call later than the one before, as objects sort by time. */
let calls = 0;

function parcels(count: number): readonly Parcel[] {
  calls += 1;
  const nowMs = Date.now() + calls * 1_000;
  return Array.from({ length: count }, (_, i) =>
    formatEvent(securityEvent({ eventId: randomUUID(), sequence: i + 1, timeMs: nowMs + i }), 'native'),
  );
}

function sinkContract(name: string, repeats: 'same' | 'again', create: () => Promise<SinkUnderTest>, skipped?: string) {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: SinkUnderTest;
    const sent: string[] = [];
    beforeAll(async () => {
      under = await create();
    });
    afterAll(() => under.close());

    const deliver = async (batch: readonly Parcel[]): Promise<void> => {
      expect(await under.sink.deliver(batch)).toEqual(batch.map(() => ({ kind: 'delivered' })));
    };

    test('holds every delivered event, in order', async () => {
      for (const count of [1, 25]) {
        const batch = parcels(count);
        await deliver(batch);
        sent.push(...batch.map(({ body }) => body));
      }
      expect(await under.read()).toEqual(sent);
    });

    test(`holds a repeated call ${repeats === 'same' ? 'once' : 'twice'}`, async () => {
      const batch = parcels(3);
      await deliver(batch);
      await deliver(batch);
      const found = batch.flatMap(({ body }) => (repeats === 'same' ? [body] : [body, body])); // in the order of time
      expect(await under.read()).toEqual([...sent, ...found]);
    });

    test('answers config for a place that does not exist', async () => {
      const verdicts = await under.nowhere.deliver(parcels(2));
      expect(verdicts.map(({ kind }) => kind)).toEqual(['config', 'config']);
    });
  });
}

const skipped = MOTO_MISSING;

async function logGroup(endpoint: string): Promise<SinkUnderTest> {
  const group = `tenant-${randomUUID()}`;
  const plain = new CloudWatchLogsClient({ endpoint, region: 'us-east-1', credentials });
  await plain.send(new CreateLogGroupCommand({ logGroupName: group }));
  const client = cloudWatchLogsClient({ endpoint, region: 'us-east-1', credentials });
  const sinkOf = (name: string) => cloudWatchDeliverySink({ client, logGroup: name, logStream: 'protector' });
  return {
    sink: sinkOf(group),
    nowhere: sinkOf(`${group}-gone`),
    read: async () => {
      const { logStreams = [] } = await plain.send(new DescribeLogStreamsCommand({ logGroupName: group }));
      const events = logStreams.map(({ logStreamName }) =>
        plain.send(new GetLogEventsCommand({ logGroupName: group, logStreamName, startFromHead: true })),
      );
      return (await Promise.all(events)).flatMap(({ events: found = [] }) => found.map(({ message }) => message!));
    },
    close: () => {
      plain.destroy();
      client.destroy();
    },
  };
}

async function bucket(endpoint: string): Promise<SinkUnderTest> {
  const Bucket = `tenant-${randomUUID()}`;
  const client = s3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
  const sinkOf = (name: string) => s3DeliverySink({ client, bucket: name, prefix: 'events/' });
  return {
    sink: sinkOf(Bucket),
    nowhere: sinkOf(`${Bucket}-gone`),
    read: async () => {
      const { Contents: objects = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'events/' }));
      const bodies = objects.map(async ({ Key }) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: Key! }));
        return gunzipSync(await Body!.transformToByteArray())
          .toString()
          .split('\n')
          .slice(0, -1);
      });
      return (await Promise.all(bodies)).flat();
    },
    close: () => client.destroy(),
  };
}

sinkContract('a log group (moto)', 'again', () => logGroup(MOTO_URL), skipped);
sinkContract('a bucket (moto)', 'same', () => bucket(MOTO_URL), skipped);
