// Reads the messages of a log group, page by page (CloudWatch Logs API, FilterLogEvents).
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

export interface ReadLogGroupOptions {
  readonly client: CloudWatchLogsClient;
  readonly logGroup: string;
  /** The time of the events, not the one in their messages, in epoch milliseconds. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/**
 * Returns every message of every stream, each stream's in order. Needs `logs:FilterLogEvents`. Rejects with the SDK's
 * error.
 */
export async function* readLogGroup({ client, logGroup, fromMs, toMs }: ReadLogGroupOptions): AsyncGenerator<string> {
  let nextToken: string | undefined;
  do {
    const request = { logGroupName: logGroup, startTime: fromMs, endTime: toMs, nextToken };
    const page = await client.send(new FilterLogEventsCommand(request));
    for (const { message } of page.events ?? []) if (message !== undefined) yield message;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
