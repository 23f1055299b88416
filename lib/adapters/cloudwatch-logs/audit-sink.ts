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
import { type LogEvent, splitForPutLogEvents } from './split.ts';

export interface CloudWatchAuditSinkOptions {
  /** Decides about time-outs and repeats; see `cloudWatchLogsClient`. */
  readonly client: CloudWatchLogsClient;
  /** Must exist: its retention and key are the deployment's business. */
  readonly logGroup: string;
  /** Created on first use. One writer's own, so that file order is chain order. */
  readonly logStream: string;
}

/**
 * Writes audit lines to one CloudWatch Logs stream. `append` resolves when the service has accepted every line: a reply
 * of 200 that rejects some of them for their age is a failure too. Needs `logs:CreateLogStream` and `logs:PutLogEvents`.
 * Does not repeat anything itself.
 */
export function cloudWatchAuditSink({ client, logGroup, logStream }: CloudWatchAuditSinkOptions): AuditSink {
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

  async function put(logEvents: readonly LogEvent[]): Promise<void> {
    const reply = await client
      .send(new PutLogEventsCommand({ ...stream, logEvents: [...logEvents] }))
      .catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) created = undefined; // deleted meanwhile: create it next time
        throw unavailable('PutLogEvents', error);
      });
    if (reply.rejectedLogEventsInfo !== undefined) throw rejected(reply.rejectedLogEventsInfo, logEvents.length);
  }

  return {
    async append(lines: readonly AuditLine[]): Promise<void> {
      if (lines.length === 0) return;
      await ensureStream();
      // oxlint-disable-next-line no-await-in-loop -- in a stream, the order of arrival is the order of the records
      for (const call of splitForPutLogEvents(lines)) await put(call);
    },
  };
}

/** The reply gives the first index too new, and the ends (exclusive) of those too old and those expired. */
function rejected(info: RejectedLogEventsInfo, events: number): AuditError {
  const tooNew = info.tooNewLogEventStartIndex === undefined ? 0 : events - info.tooNewLogEventStartIndex;
  const tooOld = info.tooOldLogEventEndIndex ?? 0;
  const expired = info.expiredLogEventEndIndex ?? 0;
  const counts = `${tooNew} too new, ${tooOld} too old, ${expired} expired`;
  return new AuditError('AUDIT_SINK_UNAVAILABLE', `CloudWatch Logs rejected some of ${events} events: ${counts}`);
}

/** Name and status only: a validation message of the service quotes the request, and the request is the records. */
function unavailable(operation: string, error: unknown): AuditError {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : 'unknown error';
  return new AuditError('AUDIT_SINK_UNAVAILABLE', `CloudWatch Logs ${operation} failed: ${name}`);
}
