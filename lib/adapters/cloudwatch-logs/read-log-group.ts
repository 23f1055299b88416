// Reads the messages of a log group, page by page (CloudWatch Logs API, FilterLogEvents).
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

export interface ReadLogGroupOptions {
  readonly client: CloudWatchLogsClient;
  readonly logGroup: string;
  /** The time of the events, not the one in their messages, in epoch milliseconds. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** A message of a log group. */
interface LogMessage {
  readonly message: string;
  /** Epoch milliseconds: the time of the event, or that of its arrival if that is earlier. */
  readonly writtenMs: number;
}

/**
 * Returns every message of every stream, each stream's in order. Needs `logs:FilterLogEvents`. Rejects with the SDK's
 * error.
 */
export async function* readLogGroup(options: ReadLogGroupOptions): AsyncGenerator<string> {
  for await (const { message } of readLogMessages(options)) yield message;
}

/** Returns what `readLogGroup` returns, with times. */
export async function* readLogMessages({
  client,
  logGroup,
  fromMs,
  toMs,
}: ReadLogGroupOptions): AsyncGenerator<LogMessage> {
  let nextToken: string | undefined;
  do {
    const request = { logGroupName: logGroup, startTime: fromMs, endTime: toMs, nextToken };
    const page = await client.send(new FilterLogEventsCommand(request));
    for (const { message, timestamp = 0, ingestionTime = timestamp } of page.events ?? []) {
      if (message !== undefined) yield { message, writtenMs: Math.min(timestamp, ingestionTime) };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
