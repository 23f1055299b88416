import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type RejectedLogEventsInfo,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { AuditError } from '../../audit/errors.ts';
import type { AuditLine, AuditSink } from '../../audit/ports.ts';
import { errorName } from '../../base/error-code.ts';
import { type LogEvent, splitForPutLogEvents } from './split.ts';

export interface CloudWatchAuditSinkOptions {
  /** Decides about time-outs and repeats; see `cloudWatchLogsClient`. */
  readonly client: CloudWatchLogsClient;
  /** Must exist: its retention and key are the deployment's business. */
  readonly logGroup: string;
  /** Created on first use. One writer's own, so that file order is chain order. */
  readonly logStream: string;
}

/** An audit sink whose first append is quicker once `prepare` has run. */
export interface CloudWatchAuditSink extends AuditSink {
  /** Creates the stream, and with it the connection, ahead of the first append. Never rejects: `append` tries again. */
  prepare(): Promise<void>;
}

/**
 * Writes audit lines to one CloudWatch Logs stream. `append` resolves when the service has accepted every line. Events it
 * leaves in a reply of 200 because of their age are sent again, alone, under the service's own time: the record keeps the
 * time that is signed, and the event's is only where Logs Insights finds it. Apart from that it repeats nothing itself.
 * Needs `logs:CreateLogStream` and `logs:PutLogEvents`.
 */
export function cloudWatchAuditSink({ client, logGroup, logStream }: CloudWatchAuditSinkOptions): CloudWatchAuditSink {
  const stream = { logGroupName: logGroup, logStreamName: logStream };
  let created: Promise<void> | undefined;

  /** Once per environment: appends at the same time share it, a failed one is forgotten. */
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
      if (!(error instanceof ResourceAlreadyExistsException)) throw unavailable('CreateLogStream', error);
    }
  }

  /** Gives the events that the service left, and what it said about them. */
  async function put(logEvents: readonly LogEvent[]): Promise<Left> {
    const reply = await client
      .send(new PutLogEventsCommand({ ...stream, logEvents: [...logEvents] }))
      .catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) created = undefined; // deleted meanwhile: create it next time
        throw unavailable('PutLogEvents', error);
      });
    return leftOf(logEvents, reply.rejectedLogEventsInfo);
  }

  async function putAll(logEvents: readonly LogEvent[]): Promise<void> {
    const left = await put(logEvents);
    if (left.events.length === 0) return;
    const timestamp = Date.now() + client.config.systemClockOffset; // as the service's own replies have set it
    const again = await put(left.events.map(({ message }) => ({ message, timestamp })));
    if (again.events.length > 0) throw rejected(again, logEvents.length);
  }

  return {
    prepare: () => ensureStream().catch(() => {}),
    async append(lines: readonly AuditLine[]): Promise<void> {
      if (lines.length === 0) return;
      await ensureStream();
      let durable = 0;
      try {
        // One after the other: in a stream, the order of arrival is the order of the records.
        for (const call of splitForPutLogEvents(lines)) {
          await putAll(call);
          durable += call.length;
        }
      } catch (error) {
        throw new AuditError('AUDIT_SINK_UNAVAILABLE', (error as AuditError).message, { durable });
      }
    },
  };
}

interface Left {
  readonly events: readonly LogEvent[];
  /** `2 too new, 0 too old, 0 expired` */
  readonly counts: string;
}

/** The reply gives the first index too new, and the ends (exclusive) of those too old and those expired. */
function leftOf(events: readonly LogEvent[], info: RejectedLogEventsInfo | undefined): Left {
  const tooNew = events.slice(info?.tooNewLogEventStartIndex ?? events.length);
  const tooOld = info?.tooOldLogEventEndIndex ?? 0;
  const expired = info?.expiredLogEventEndIndex ?? 0;
  return {
    events: [...events.slice(0, Math.max(tooOld, expired)), ...tooNew],
    counts: `${tooNew.length} too new, ${tooOld} too old, ${expired} expired`,
  };
}

function rejected({ counts }: Left, events: number): AuditError {
  return new AuditError('AUDIT_SINK_UNAVAILABLE', `CloudWatch Logs rejected some of ${events} events: ${counts}`);
}

/** Name and status only: a validation message of the service quotes the request, and the request is the records. */
function unavailable(operation: string, error: unknown): AuditError {
  return new AuditError('AUDIT_SINK_UNAVAILABLE', `CloudWatch Logs ${operation} failed: ${errorName(error)}`);
}
