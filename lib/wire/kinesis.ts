// A Kinesis batch of AWS Lambda whose records are lines of the audit trail: put there directly, or by a CloudWatch Logs
// subscription (gzip of {"messageType", "logEvents": [{"message"}]}, Amazon CloudWatch Logs User Guide, "Subscription filters").
import { gunzipSync } from 'node:zlib';

/** The part of the event that is read. */
export interface KinesisEvent {
  readonly Records: readonly { readonly kinesis: { readonly data: string } }[];
}

/** What Amazon EventBridge sends on a schedule. */
export interface ScheduledEvent {
  readonly 'detail-type': 'Scheduled Event';
}

/** A Kinesis record has at most 10 MiB; unpacked, log lines are some ten times as long. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

export function isScheduled(event: KinesisEvent | ScheduledEvent): event is ScheduledEvent {
  return 'detail-type' in event && event['detail-type'] === 'Scheduled Event';
}

/**
 * The lines of a batch, in order of arrival, and how many of its records could not be read. Control messages of a subscription
 * hold none.
 */
export function linesOfBatch({ Records: records }: KinesisEvent): { lines: readonly string[]; unreadable: number } {
  const lines: string[] = [];
  let unreadable = 0;
  for (const { kinesis } of records) {
    const data = Buffer.from(kinesis.data, 'base64');
    const found = isGzip(data) ? linesOfSubscription(data) : data.toString('utf8').split('\n');
    if (found === undefined) unreadable += 1;
    else for (const line of found) lines.push(line);
  }
  return { lines, unreadable };
}

function isGzip(data: Uint8Array): boolean {
  return data[0] === 0x1f && data[1] === 0x8b;
}

function linesOfSubscription(data: Uint8Array): readonly string[] | undefined {
  try {
    const payload = JSON.parse(gunzipSync(data, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8')) as {
      readonly messageType: string;
      readonly logEvents: readonly { readonly message: string }[];
    };
    return payload.messageType === 'DATA_MESSAGE' ? payload.logEvents.map(({ message }) => message) : [];
  } catch {
    return undefined;
  }
}
