// Which trail a Lambda function keeps: `AUDIT_MODE` and what the mode needs.
import { cloudWatchAuditSink } from '../../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../../../lib/adapters/cloudwatch-logs/client.ts';
import { BufferedTrail } from '../../../lib/audit/buffered-trail.ts';
import type { ChainOptions } from '../../../lib/audit/chain.ts';
import type { AuditLine, Trail } from '../../../lib/audit/ports.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { unreachable } from '../../../lib/base/errors.ts';
import {
  AUDIT_MODES,
  type AuditMode,
  DEFAULT_AUDIT_FLUSH_INTERVAL_MS,
  ENV,
} from '../../../lib/contract/protect-function.ts';
import { embeddedMetrics, writeToStandardOutput } from '../metrics.ts';
import { required, wrongSetting } from '../settings.ts';
import { beforeTheEnd } from './shutdown.ts';

/**
 * How the trail of a mode is made once the signing key is there. `prepare` is not awaited: the stream and its connection are
 * made while the policy is opened and the first column is worked on, which takes a call and two handshakes off the first
 * answer. The write itself is not begun before the column is done: see ARCHITECTURE.md, decisions.
 */
export type OpenTrail = (chain: ChainOptions) => Trail;

/** The mode that the settings choose. Throws `RefusedError` `NOT_CONFIGURED` for one that there is not. */
export function auditMode(): AuditMode {
  const name = process.env[ENV.auditMode] ?? 'blocking';
  const mode = AUDIT_MODES.find((known) => known === name);
  if (mode === undefined) throw wrongSetting(ENV.auditMode, `is none of ${AUDIT_MODES.join(', ')}`);
  return mode;
}

/** Reads the settings of the mode. `chainId` is also the log stream. Rejects with `RefusedError` `NOT_CONFIGURED`. */
export async function auditTrailOf(mode: AuditMode, chainId: string): Promise<OpenTrail> {
  switch (mode) {
    case 'blocking': {
      const sink = cloudWatchSink(chainId);
      return (chain) => {
        void sink.prepare();
        return new AuditTrail({ ...chain, sink });
      };
    }
    case 'kinesis': {
      const streamName = required(ENV.auditStream);
      // Loaded by those who use it: its client is an eighth of a function.
      const { kinesisAuditSink } = await import('../../../lib/adapters/kinesis/audit-sink.ts');
      const { kinesisClient } = await import('../../../lib/adapters/kinesis/client.ts');
      const sink = kinesisAuditSink({ client: kinesisClient(), streamName, chainId });
      return (chain) => new AuditTrail({ ...chain, sink });
    }
    case 'buffered': {
      const sink = cloudWatchSink(chainId);
      const flushIntervalMs = milliseconds(ENV.auditFlushIntervalMs, DEFAULT_AUDIT_FLUSH_INTERVAL_MS);
      return (chain) => {
        void sink.prepare();
        const trail = new BufferedTrail({ ...chain, sink, flushIntervalMs, spill: spillToStandardOutput });
        beforeTheEnd((giveUp) => trail.close(giveUp));
        return trail;
      };
    }
    default:
      return unreachable(mode);
  }
}

function cloudWatchSink(logStream: string): ReturnType<typeof cloudWatchAuditSink> {
  return cloudWatchAuditSink({ client: cloudWatchLogsClient(), logGroup: required(ENV.auditLogGroup), logStream });
}

/** Each record in a line that says it is not where it should be, and a metric to be alarmed by. */
function spillToStandardOutput(lines: readonly AuditLine[]): void {
  for (const { line } of lines) writeToStandardOutput(`{"undelivered":true,"record":${line}}`);
  writeToStandardOutput(embeddedMetrics(Date.now(), { AuditUndelivered: lines.length }));
}

function milliseconds(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw wrongSetting(name, 'is no whole number of milliseconds');
  return value;
}
