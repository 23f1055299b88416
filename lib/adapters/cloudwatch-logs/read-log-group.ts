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
export interface LogMessage {
  /** Which of all events it is; empty where the service does not say. */
  readonly id: string;
  readonly message: string;
  /** Epoch milliseconds: the time of the event, by which it is found. */
  readonly timeMs: number;
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
    for (const { eventId: id = '', message, timestamp: timeMs = 0, ingestionTime = timeMs } of page.events ?? []) {
      if (message !== undefined) yield { id, message, timeMs, writtenMs: Math.min(timeMs, ingestionTime) };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
