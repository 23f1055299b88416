// CloudWatch Logs API, FilterLogEvents: the messages of a log group, page by page.
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

export interface ReadLogGroupOptions {
  readonly client: CloudWatchLogsClient;
  readonly logGroup: string;
  /** Epoch milliseconds of the events, not of what they say. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Every message of every stream, those of one stream in their order. Needs `logs:FilterLogEvents`. Rejects with the SDK's error. */
export async function* readLogGroup({ client, logGroup, fromMs, toMs }: ReadLogGroupOptions): AsyncGenerator<string> {
  let nextToken: string | undefined;
  do {
    const request = { logGroupName: logGroup, startTime: fromMs, endTime: toMs, nextToken };
    const page = await client.send(new FilterLogEventsCommand(request));
    for (const { message } of page.events ?? []) if (message !== undefined) yield message;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
