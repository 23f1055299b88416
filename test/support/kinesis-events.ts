// Kinesis events as Lambda sends them, with records of the stream itself or of a CloudWatch Logs subscription.
import { gzipSync } from 'node:zlib';
import type { KinesisEvent, KinesisEventRecord } from '../../lib/wire/kinesis.ts';

const STREAM_ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/audit';
const SHARD = 'shardId-000000000006';

export function kinesisRecord(data: Uint8Array | string, number: number): KinesisEventRecord {
  const sequenceNumber = String(
    49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n + BigInt(number),
  );
  return {
    eventID: `${SHARD}:${sequenceNumber}`,
    eventSourceARN: STREAM_ARN,
    kinesis: {
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: 1_607_497_475.125,
    },
  };
}

/** The payload that CloudWatch Logs puts into a stream for a subscription. */
export function subscriptionPayload(messages: readonly string[]): Buffer {
  return gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111111111111',
      logGroup: '/protector/audit',
      logStream: '2026/11/21/[7]0123456789abcdef0123456789abcdef',
      subscriptionFilters: ['audit'],
      logEvents: messages.map((message, i) => ({ id: String(3.2e55 + i), timestamp: 1_432_826_855_000, message })),
    }),
  );
}

/** The payload with which CloudWatch Logs checks that the stream exists. */
export function controlPayload(): Buffer {
  return gzipSync(
    JSON.stringify({
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [],
      logEvents: [
        {
          id: '',
          timestamp: 1_510_109_208_016,
          message: 'CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.',
        },
      ],
    }),
  );
}

export function kinesisEvent(Records: readonly KinesisEventRecord[]): KinesisEvent {
  return { Records };
}

/** An event in a tumbling window of two minutes. */
export function windowEvent(
  Records: readonly KinesisEventRecord[],
  state: NonNullable<KinesisEvent['state']>,
  end: 'open' | 'final' | 'early',
): KinesisEvent {
  return {
    Records,
    window: { start: '2020-12-09T07:04:00Z', end: '2020-12-09T07:06:00Z' },
    state,
    shardId: SHARD,
    eventSourceARN: STREAM_ARN,
    isFinalInvokeForWindow: end === 'final',
    isWindowTerminatedEarly: end === 'early',
  };
}
