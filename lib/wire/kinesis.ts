// Lambda's Kinesis events, with and without a tumbling window, and what is inside their records: JSON lines, or the payload
// of a CloudWatch Logs subscription. Lambda Developer Guide, "Using Lambda with Kinesis", "Stateful processing"; CloudWatch
// Logs User Guide, "Log group-level subscription filters".
import { gunzipSync } from 'node:zlib';
import { isGzip } from '../base/gzip.ts';

/** The members of an event that are read here. Whatever is absent is absent in reality too: no window, no state. */
export interface KinesisEvent {
  readonly Records?: readonly KinesisEventRecord[];
  readonly window?: { readonly start: string; readonly end: string };
  readonly state?: Readonly<Record<string, unknown>>;
  readonly shardId?: string;
  readonly eventSourceARN?: string;
  readonly isFinalInvokeForWindow?: boolean;
  readonly isWindowTerminatedEarly?: boolean;
}

export interface KinesisEventRecord {
  readonly eventID: string;
  readonly eventSourceARN?: string;
  readonly kinesis: {
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Epoch seconds with fraction. */
    readonly approximateArrivalTimestamp: number;
  };
}

/** What the function answers: which records to offer again, and with a window, its state. */
export interface KinesisReply {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
  readonly state?: Readonly<Record<string, string>>;
}

/** Far above what CloudWatch Logs sends, far below what exhausts memory. */
const MAX_UNZIPPED_BYTES = 64 * 1024 * 1024;

/** The lines of a record: those of its text, or the messages of its log events. Undefined when its bytes are damaged. */
export function linesOfRecord({ kinesis }: KinesisEventRecord): readonly string[] | undefined {
  const bytes = Buffer.from(kinesis.data, 'base64');
  if (!isGzip(bytes)) return linesOf(bytes.toString('utf8'));
  try {
    const text = gunzipSync(bytes, { maxOutputLength: MAX_UNZIPPED_BYTES }).toString('utf8');
    return subscriptionLines(text) ?? linesOf(text);
  } catch {
    return undefined;
  }
}

/** A log group's events; none of a `CONTROL_MESSAGE`, which only asks whether the stream is there. */
function subscriptionLines(text: string): readonly string[] | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return undefined; // several lines
  }
  if (typeof payload !== 'object' || payload === null || !('messageType' in payload)) return undefined;
  const { messageType, logEvents } = payload as { messageType: unknown; logEvents?: unknown };
  if (messageType === 'CONTROL_MESSAGE') return [];
  if (messageType !== 'DATA_MESSAGE' || !Array.isArray(logEvents)) return undefined;
  return logEvents.flatMap((event: { message?: unknown } | null) =>
    typeof event?.message === 'string' ? linesOf(event.message) : [],
  );
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The shard of a batch: all records of an event are of one. `eventID` is `shardId-000000000006:49590…`. */
export function shardOf(event: KinesisEvent): string {
  return event.shardId ?? event.Records?.[0]?.eventID.split(':')[0] ?? 'unknown';
}

/** The name of the stream of a batch, from its ARN. */
export function streamOf(event: KinesisEvent): string {
  const arn = event.eventSourceARN ?? event.Records?.[0]?.eventSourceARN ?? '';
  return arn.slice(arn.indexOf('/') + 1) || 'unknown';
}

/** What Amazon EventBridge sends on a schedule. */
export interface ScheduledEvent {
  readonly 'detail-type': 'Scheduled Event';
}

export function isScheduled(event: KinesisEvent | ScheduledEvent): event is ScheduledEvent {
  return 'detail-type' in event && event['detail-type'] === 'Scheduled Event';
}

/** The lines of a batch, in order of arrival, and how many of its records are damaged. */
export function linesOfBatch({ Records: records = [] }: KinesisEvent): {
  lines: readonly string[];
  unreadable: number;
} {
  const found = records.map(linesOfRecord);
  return {
    lines: found.flatMap((lines) => lines ?? []),
    unreadable: found.filter((lines) => lines === undefined).length,
  };
}
