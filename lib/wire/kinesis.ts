// Kinesis events of Lambda, with and without a tumbling window, and the content of their records: JSON lines, or the
// payload of a CloudWatch Logs subscription. Lambda Developer Guide, "Using Lambda with Kinesis", "Stateful
// processing"; CloudWatch Logs User Guide, "Log group-level subscription filters".
import { GzipError, gunzip, isGzip } from '../base/gzip.ts';

/** The used members of an event. Members are absent as in reality: without a window there is no state. */
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

/** The reply of the function: the records to retry and, with a window, its state. */
export interface KinesisReply {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
  readonly state?: Readonly<Record<string, string>>;
}

/** Most bytes of a record once it is unzipped: far above the payloads of CloudWatch Logs. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;
/** Most bytes of a batch once it is unzipped. Lambda passes on 6 MB of base64, and log lines shrink to a tenth. */
const MAX_BATCH_BYTES = 128 * 1024 * 1024;

/**
 * Returns the lines of each record: those of its text, or the messages of its log events. Undefined for damaged bytes,
 * and for a record beyond 32 MB, or beyond 128 MB of the batch, once it is unzipped.
 */
export function linesOfRecords(records: readonly KinesisEventRecord[]): readonly (readonly string[] | undefined)[] {
  let left = MAX_BATCH_BYTES;
  return records.map(({ kinesis }) => {
    const bytes = Buffer.from(kinesis.data, 'base64');
    if (!isGzip(bytes)) return linesOf(bytes.toString('utf8'));
    let unzipped: Buffer;
    try {
      unzipped = gunzip(bytes, Math.min(left, MAX_RECORD_BYTES));
    } catch (error) {
      if (!(error instanceof GzipError)) throw error;
      return undefined;
    }
    left -= unzipped.length;
    const text = unzipped.toString('utf8');
    return subscriptionLines(text) ?? linesOf(text);
  });
}

/** Returns the lines of a subscription payload; none for a `CONTROL_MESSAGE`, which only probes the stream. */
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
  const lines: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    // Most of a text may be line feeds.
    if (to > from) {
      const line = text.slice(from, to);
      if (line.trim() !== '') lines.push(line);
    }
    from = to + 1;
  }
  return lines;
}

/** Returns the shard of a batch; all its records are of one shard. `eventID` is `shardId-000000000006:49590…`. */
export function shardOf(event: KinesisEvent): string {
  return event.shardId ?? event.Records?.[0]?.eventID.split(':')[0] ?? 'unknown';
}

/** Returns the stream name of a batch, from its ARN. */
export function streamOf(event: KinesisEvent): string {
  const arn = event.eventSourceARN ?? event.Records?.[0]?.eventSourceARN ?? '';
  return arn.slice(arn.indexOf('/') + 1) || 'unknown';
}

/** A scheduled event of Amazon EventBridge. */
export interface ScheduledEvent {
  readonly 'detail-type': 'Scheduled Event';
}

export function isScheduled(event: KinesisEvent | ScheduledEvent): event is ScheduledEvent {
  return 'detail-type' in event && event['detail-type'] === 'Scheduled Event';
}

/** Returns the lines of a batch, in order of arrival, and the number of its damaged records. */
export function linesOfBatch({ Records: records = [] }: KinesisEvent): {
  lines: readonly string[];
  unreadable: number;
} {
  const found = linesOfRecords(records);
  return {
    lines: found.flatMap((lines) => lines ?? []),
    unreadable: found.filter((lines) => lines === undefined).length,
  };
}
