import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type RejectedLogEventsInfo,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { errorName } from '../../base/error-code.ts';
import { type LogEvent, type TimedLine, splitForPutLogEvents } from './split.ts';

export interface LogStreamOptions {
  /** Sets time-outs and retries; see `cloudWatchLogsClient`. */
  readonly client: CloudWatchLogsClient;
  /** Must exist: the deployment, or the tenant, sets its retention and key. */
  readonly logGroup: string;
  /** Created on first use. Has one writer, so that the order of lines is that of the chain. */
  readonly logStream: string;
}

export interface WriteReport {
  /** For each line, whether the service has accepted it. */
  readonly accepted: readonly boolean[];
  /** Why some are not, without the service's own text, which quotes the request. */
  readonly failure: string | undefined;
  /** The error of the SDK, unless the service rejected events in a reply of 200. */
  readonly error: unknown;
}

export interface LogStream {
  /** Creates the stream, and the connection, before the first write. Never rejects: `write` tries again. */
  prepare(): Promise<void>;
  /** Writes lines in their order until a call fails. Never rejects. */
  write(lines: readonly TimedLine[]): Promise<WriteReport>;
}

/**
 * Returns a writer for one CloudWatch Logs stream. Sends events that a reply of 200 rejects for their age again, alone,
 * under the service's own time: the line keeps its time, and the event's only decides where Logs Insights finds it.
 * Makes no other retries. Needs `logs:CreateLogStream` and `logs:PutLogEvents`.
 */
export function logStreamOf({ client, logGroup, logStream }: LogStreamOptions): LogStream {
  const stream = { logGroupName: logGroup, logStreamName: logStream };
  let created: Promise<void> | undefined;

  /** Creates the stream once. Concurrent writes share the call; a failed one is forgotten. */
  async function ensureStream(): Promise<void> {
    created ??= createStream();
    try {
      await created;
    } catch (error) {
      created = undefined;
      throw error;
    }
  }

  async function createStream(): Promise<void> {
    try {
      await client.send(new CreateLogStreamCommand(stream));
    } catch (error) {
      if (!(error instanceof ResourceAlreadyExistsException)) throw new CallFailed('CreateLogStream', error);
    }
  }

  /** Returns the indexes of rejected events, and the reasons. */
  async function put(logEvents: readonly LogEvent[]): Promise<Left> {
    try {
      const reply = await client.send(new PutLogEventsCommand({ ...stream, logEvents: [...logEvents] }));
      return leftOf(logEvents.length, reply.rejectedLogEventsInfo);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) created = undefined; // deleted: the next write creates it
      throw new CallFailed('PutLogEvents', error);
    }
  }

  /** Returns the indexes of events that the service rejects twice. */
  async function putAll(logEvents: readonly LogEvent[]): Promise<Left> {
    const left = await put(logEvents);
    if (left.indexes.length === 0) return left;
    const timestamp = Date.now() + client.config.systemClockOffset; // the SDK learns the offset from replies
    const again = await put(left.indexes.map((index) => ({ message: logEvents[index]!.message, timestamp })));
    return { ...again, indexes: again.indexes.map((index) => left.indexes[index]!) };
  }

  return {
    prepare: () => ensureStream().catch(() => {}),
    async write(lines) {
      const accepted = lines.map(() => false);
      if (lines.length === 0) return { accepted, failure: undefined, error: undefined };
      try {
        await ensureStream();
        let from = 0;
        // One call after the other: the order of arrival is the order of the lines.
        for (const call of splitForPutLogEvents(lines)) {
          // oxlint-disable-next-line no-await-in-loop
          const left = await putAll(call);
          accepted.fill(true, from, from + call.length);
          for (const index of left.indexes) accepted[from + index] = false;
          from += call.length;
          if (left.indexes.length === 0) continue;
          const failure = `CloudWatch Logs rejected some of ${call.length} events: ${left.counts}`;
          return { accepted, failure, error: undefined };
        }
        return { accepted, failure: undefined, error: undefined };
      } catch (error) {
        const { operation, cause } = error as CallFailed;
        return { accepted, failure: `CloudWatch Logs ${operation} failed: ${errorName(cause)}`, error: cause };
      }
    },
  };
}

class CallFailed extends Error {
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(operation, { cause });
    this.operation = operation;
  }
}

interface Left {
  readonly indexes: readonly number[];
  /** `2 too new, 0 too old, 0 expired` */
  readonly counts: string;
}

/** Reads the reply, which gives the first index too new and the exclusive ends of those too old and expired. */
function leftOf(events: number, info: RejectedLogEventsInfo | undefined): Left {
  const tooNew = info?.tooNewLogEventStartIndex ?? events;
  const tooOld = info?.tooOldLogEventEndIndex ?? 0;
  const expired = info?.expiredLogEventEndIndex ?? 0;
  return {
    indexes: Array.from({ length: events }, (_, i) => i).filter((i) => i < Math.max(tooOld, expired) || i >= tooNew),
    counts: `${Math.max(0, events - tooNew)} too new, ${tooOld} too old, ${expired} expired`,
  };
}
