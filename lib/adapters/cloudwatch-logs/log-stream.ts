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
  /** Decides about time-outs and repeats; see `cloudWatchLogsClient`. */
  readonly client: CloudWatchLogsClient;
  /** Must exist: its retention and key are the deployment's, or the tenant's, business. */
  readonly logGroup: string;
  /** Created on first use. One writer's own, so that file order is chain order. */
  readonly logStream: string;
}

export interface WriteReport {
  /** Per line: whether the service has accepted it. */
  readonly accepted: readonly boolean[];
  /** Why some are not, as far as may be shown: what the service says of a request quotes it. */
  readonly failure: string | undefined;
  /** The error of the SDK, unless the service rejected events in a reply of 200. */
  readonly error: unknown;
}

export interface LogStream {
  /** Creates the stream, and with it the connection, ahead of the first write. Never rejects: `write` tries again. */
  prepare(): Promise<void>;
  /** Writes lines in their order, until a call fails. Never rejects. */
  write(lines: readonly TimedLine[]): Promise<WriteReport>;
}

/**
 * One CloudWatch Logs stream. Events that the service leaves in a reply of 200 because of their age are sent again, alone,
 * under the service's own time: a line keeps the time that is in it, and the event's is only where Logs Insights finds it.
 * Apart from that it repeats nothing itself. Needs `logs:CreateLogStream` and `logs:PutLogEvents`.
 */
export function logStreamOf({ client, logGroup, logStream }: LogStreamOptions): LogStream {
  const stream = { logGroupName: logGroup, logStreamName: logStream };
  let created: Promise<void> | undefined;

  /** Once per environment: writes at the same time share it, a failed one is forgotten. */
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

  /** Gives the indexes of events that the service left, and what it said about them. */
  async function put(logEvents: readonly LogEvent[]): Promise<Left> {
    try {
      const reply = await client.send(new PutLogEventsCommand({ ...stream, logEvents: [...logEvents] }));
      return leftOf(logEvents.length, reply.rejectedLogEventsInfo);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) created = undefined; // deleted meanwhile: create it next time
      throw new CallFailed('PutLogEvents', error);
    }
  }

  /** Gives the indexes of events that the service leaves twice. */
  async function putAll(logEvents: readonly LogEvent[]): Promise<Left> {
    const left = await put(logEvents);
    if (left.indexes.length === 0) return left;
    const timestamp = Date.now() + client.config.systemClockOffset; // as the service's own replies have set it
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
        // One after the other: in a stream, the order of arrival is the order of the lines.
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

/** The reply gives the first index too new, and the ends (exclusive) of those too old and those expired. */
function leftOf(events: number, info: RejectedLogEventsInfo | undefined): Left {
  const tooNew = info?.tooNewLogEventStartIndex ?? events;
  const tooOld = info?.tooOldLogEventEndIndex ?? 0;
  const expired = info?.expiredLogEventEndIndex ?? 0;
  return {
    indexes: Array.from({ length: events }, (_, i) => i).filter((i) => i < Math.max(tooOld, expired) || i >= tooNew),
    counts: `${Math.max(0, events - tooNew)} too new, ${tooOld} too old, ${expired} expired`,
  };
}
