// The audit trail that a function keeps: `AUDIT_MODE` and the settings of that mode.
import { cloudWatchAuditSink } from '../../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../../../lib/adapters/cloudwatch-logs/client.ts';
import { BufferedTrail } from '../../../lib/audit/buffered-trail.ts';
import type { ChainOptions } from '../../../lib/audit/chain.ts';
import type { AuditLine, AuditSink, Trail } from '../../../lib/audit/ports.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { unreachable } from '../../../lib/base/errors.ts';
import {
  AUDIT_MODES,
  type AuditMode,
  DEFAULT_AUDIT_FLUSH_INTERVAL_MS,
  ENV,
} from '../../../lib/contract/protect-function.ts';
import { embeddedMetrics, writeToStandardOutput } from '../metrics.ts';
import { optional, optionalWholeNumber, required, wrongSetting } from '../settings.ts';
import { onFault, onShutdown } from './shutdown.ts';

/** The trail of an environment. */
export interface OpenedTrail {
  readonly trail: Trail;
  /**
   * Resolves when the sink has its stream and connection. Never rejects. No request waits for it: they are made while the policy is opened and
   * the first column is worked on, which takes a call and two handshakes off the first answer, or all of it before the first invocation. The
   * write itself begins when the column is done: see ARCHITECTURE.md, decisions.
   */
  readonly prepared: Promise<void>;
}

/** Makes the trail of a mode once the signing key is there. */
export type OpenTrail = (chain: ChainOptions) => OpenedTrail;

/**
 * Reads the mode. Throws `RefusedError` `NOT_CONFIGURED` for a name that is no mode, and for `buffered` on Lambda Managed
 * Instances: a handler runs in a worker thread there, which no signal reaches at the end.
 */
export function auditMode(): AuditMode {
  const name = optional(ENV.auditMode) ?? 'blocking';
  const mode = AUDIT_MODES.find((known) => known === name);
  if (mode === undefined) throw wrongSetting(ENV.auditMode, `must be one of ${AUDIT_MODES.join(', ')}`);
  if (mode === 'buffered' && isManagedInstance()) {
    throw wrongSetting(ENV.auditMode, 'must not be buffered on Lambda Managed Instances');
  }
  return mode;
}

/** Tells whether requests share this environment (Lambda Developer Guide, Lambda Managed Instances, runtimes). */
export function isManagedInstance(): boolean {
  return optional('AWS_LAMBDA_MAX_CONCURRENCY') !== undefined;
}

/** Reads the settings of a mode. `logStream`: where the trail goes, or its partition key. Rejects with `RefusedError` `NOT_CONFIGURED`. */
export async function auditTrailOf(mode: AuditMode, logStream: string): Promise<OpenTrail> {
  switch (mode) {
    case 'blocking': {
      const sink = cloudWatchSink(logStream);
      return (chain) => ({ prepared: sink.prepare(), trail: new AuditTrail({ ...chain, sink }) });
    }
    case 'kinesis': {
      const sink = await kinesisSink(logStream);
      return (chain) => ({ prepared: Promise.resolve(), trail: new AuditTrail({ ...chain, sink }) });
    }
    case 'buffered': {
      const sink = cloudWatchSink(logStream);
      const flushIntervalMs =
        optionalWholeNumber(ENV.auditFlushIntervalMs, { min: 0 }) ?? DEFAULT_AUDIT_FLUSH_INTERVAL_MS;
      return (chain) => {
        const prepared = sink.prepare();
        const trail = new BufferedTrail({ ...chain, sink, flushIntervalMs, spill: spillToStandardOutput });
        onShutdown((giveUp) => trail.close(giveUp));
        onFault(() => trail.spill());
        return { prepared, trail };
      };
    }
    default:
      return unreachable(mode);
  }
}

/** Makes the sink of the modes `blocking` and `buffered`. Throws `RefusedError` `NOT_CONFIGURED`. */
export function cloudWatchSink(logStream: string): ReturnType<typeof cloudWatchAuditSink> {
  return cloudWatchAuditSink({ client: cloudWatchLogsClient(), logGroup: required(ENV.auditLogGroup), logStream });
}

/** Makes the sink of the mode `kinesis`, whose client is loaded on demand: it is an eighth of a function. Rejects as `cloudWatchSink` throws. */
export async function kinesisSink(logStream: string): Promise<AuditSink> {
  const streamName = required(ENV.auditStream);
  const { kinesisAuditSink } = await import('../../../lib/adapters/kinesis/audit-sink.ts');
  const { kinesisClient } = await import('../../../lib/adapters/kinesis/client.ts');
  return kinesisAuditSink({ client: kinesisClient(), streamName, chainId: logStream });
}

/** Writes each record as a line marked undelivered, and the metric that raises the alarm. */
function spillToStandardOutput(lines: readonly AuditLine[]): void {
  for (const { line } of lines) writeToStandardOutput(`{"undelivered":true,"record":${line}}`);
  writeToStandardOutput(embeddedMetrics(Date.now(), { AuditUndelivered: lines.length }));
}
