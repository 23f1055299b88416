import { AuditError } from '../../audit/errors.ts';
import type { AuditLine, AuditSink } from '../../audit/ports.ts';
import { type LogStreamOptions, logStreamOf } from './log-stream.ts';

/** An audit sink whose first append is quicker once `prepare` has run. */
export interface CloudWatchAuditSink extends AuditSink {
  /** Creates the stream, and the connection, before the first append. Never rejects: `append` tries again. */
  prepare(): Promise<void>;
}

/**
 * Writes audit lines to one CloudWatch Logs stream (`log-stream.ts`). `append` resolves once the service has accepted
 * all.
 */
export function cloudWatchAuditSink(options: LogStreamOptions): CloudWatchAuditSink {
  const stream = logStreamOf(options);
  return {
    prepare: () => stream.prepare(),
    async append(lines: readonly AuditLine[]): Promise<void> {
      const { accepted, failure } = await stream.write(lines);
      if (failure === undefined) return;
      throw new AuditError('AUDIT_SINK_UNAVAILABLE', failure, { durable: accepted.indexOf(false) });
    },
  };
}
