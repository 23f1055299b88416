import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { setTimeout as systemSleep } from 'node:timers/promises';
import { errorName } from '../../base/error-code.ts';
import { type StreamRecord, wavesOf } from './waves.ts';

export interface KinesisWriterOptions {
  /** Sets time-outs and retries of whole calls; see `kinesisClient`. */
  readonly client: KinesisClient;
  readonly streamName: string;
  /** How often a record is sent that replies of 200 leave out. @default 5 */
  readonly attempts?: number;
  /** Before the second attempt; doubled for each further one, with jitter (half to whole). @default 50 */
  readonly backoffMs?: number;
  /** @default the system's timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** From 0 up to, not including, 1. @default `Math.random` */
  readonly random?: () => number;
}

export interface WriteReport {
  /** For each record, whether it is durable. */
  readonly accepted: readonly boolean[];
  /** The name of the service's last error, when a record is not durable. */
  readonly failure: string | undefined;
}

/**
 * Writes records to a stream by PutRecords, in the order of each partition key: sends the records that a call left
 * again, alone, before any later record of their keys. A key that fails for good stops there; the others go on. Never
 * rejects. A lost reply may duplicate records. Needs `kinesis:PutRecords`.
 */
export async function writeRecords(
  options: KinesisWriterOptions,
  records: readonly StreamRecord[],
): Promise<WriteReport> {
  const { client, streamName, attempts = 5, backoffMs = 50, sleep = systemSleep, random = Math.random } = options;
  const accepted = records.map(() => false);
  const stopped = new Set<string>();
  let failure: string | undefined;

  /** Sends the records at `indexes` once. Returns the indexes that the service left. */
  async function send(indexes: readonly number[]): Promise<readonly number[]> {
    const Records = indexes.map((index) => ({
      PartitionKey: records[index]!.partitionKey,
      Data: records[index]!.data,
    }));
    const reply = await client.send(new PutRecordsCommand({ StreamName: streamName, Records }));
    return indexes.filter((index, i) => {
      const { ErrorCode, SequenceNumber } = reply.Records?.[i] ?? {};
      if (ErrorCode !== undefined) failure = ErrorCode;
      accepted[index] = ErrorCode === undefined && SequenceNumber !== undefined;
      return !accepted[index];
    });
  }

  async function sendWave(wave: readonly number[]): Promise<void> {
    let left: readonly number[] = wave.filter((index) => !stopped.has(records[index]!.partitionKey));
    try {
      for (let attempt = 1; left.length > 0 && attempt <= attempts; attempt++) {
        if (attempt > 1) await sleep(backoffMs * 2 ** (attempt - 2) * (0.5 + random() / 2));
        left = await send(left);
      }
    } catch (error) {
      failure = errorName(error); // no message: a validation message of the service quotes the request
    }
    for (const index of left) stopped.add(records[index]!.partitionKey);
  }

  for (const wave of wavesOf(records)) await sendWave(wave);
  return { accepted, failure: accepted.includes(false) ? (failure ?? 'malformed reply') : undefined };
}
