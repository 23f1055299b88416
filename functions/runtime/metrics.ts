// CloudWatch embedded metric format: one JSON object a line on standard output, which CloudWatch turns into metrics.
import { isPolicyEntry } from '../../lib/audit/entry.ts';
import { type AuditLevel, auditLevel } from '../../lib/audit/codes.ts';
import type { RequestTrail } from '../../lib/audit/ports.ts';
import type { AuditEntry } from '../../lib/audit/record.ts';
import {
  type KEY_DIMENSIONS,
  METRIC_DIMENSION,
  METRIC_NAMESPACE,
  METRICS,
  type REQUEST_DIMENSIONS,
  type DELIVERY_DIMENSIONS,
} from '../../lib/contract/metrics.ts';

type Dimension = (typeof REQUEST_DIMENSIONS | typeof KEY_DIMENSIONS | typeof DELIVERY_DIMENSIONS)[number];

export type WriteLine = (line: string) => void;

/** Pipes are written at once on Linux: the line is out of the process when this returns, and nothing waits for its reader. */
export const writeToStandardOutput: WriteLine = (line) => {
  process.stdout.write(`${line}\n`);
};

const OUTCOMES: Readonly<Record<AuditLevel, string>> = {
  SUCCESS: 'success',
  WARNING: 'substituted',
  ERROR: 'refused',
  EXCEPTION: 'fault',
};

/**
 * What one request adds to the metrics. Dimensions are operation, vendor and outcome, closed lists of ours: a name that a
 * caller chooses would make a metric per name. Users, elements and ids are in the audit records.
 */
export class RequestMetrics {
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  readonly #entries: AuditEntry[] = [];
  #auditMs: number | undefined;
  #auditFailed = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
  }

  /** The same trail, watched. */
  watch(trail: RequestTrail): RequestTrail {
    return {
      record: (entry) => {
        trail.record(entry);
        if (!isPolicyEntry(entry)) this.#entries.push(entry);
      },
      flush: async (giveUp) => {
        const startedMs = this.#nowMs();
        try {
          await trail.flush(giveUp);
        } catch (error) {
          this.#auditFailed = true;
          throw error;
        } finally {
          this.#auditMs = this.#nowMs() - startedMs;
        }
      },
    };
  }

  /** One line per entry of the request; its times are in the first. */
  write(write: WriteLine): void {
    const nowMs = Math.floor(this.#nowMs());
    for (const [i, entry] of this.#entries.entries()) {
      const level = this.#auditFailed ? 'EXCEPTION' : auditLevel(entry.code, entry.substituted);
      const metrics: Partial<Record<keyof typeof METRICS, number>> = {
        Batches: 1,
        Values: entry.count,
        ...((level === 'ERROR' || level === 'EXCEPTION') && { Refusals: 1 }),
        ...(entry.weakCount !== undefined && entry.weakCount > 0 && { WeakValues: entry.weakCount }),
        ...(i === 0 && { Duration: nowMs - this.#startedMs, AuditWrite: this.#auditMs ?? 0 }),
        ...(i === 0 && this.#auditFailed && { AuditWriteFailures: 1 }),
      };
      const dimensions: Record<(typeof REQUEST_DIMENSIONS)[number], string> = {
        operation: entry.operation ?? 'unknown',
        vendor: entry.vendor,
        outcome: OUTCOMES[level],
      };
      write(embeddedMetrics(nowMs, metrics, dimensions));
    }
  }
}

/** A line of the format: each metric in all by function and, where there are any, by `dimensions`, which come from closed lists. */
export function embeddedMetrics(
  timestampMs: number,
  values: Partial<Record<keyof typeof METRICS, number>>,
  dimensions: Readonly<Partial<Record<Dimension, string>>> = {},
): string {
  const names = Object.keys(values) as (keyof typeof METRICS)[];
  const own = Object.keys(dimensions);
  return JSON.stringify({
    _aws: {
      Timestamp: timestampMs,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[METRIC_DIMENSION], ...(own.length === 0 ? [] : [[METRIC_DIMENSION, ...own]])],
          Metrics: names.map((name) => ({ Name: name, Unit: METRICS[name] })),
        },
      ],
    },
    [METRIC_DIMENSION]: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'local',
    ...dimensions,
    ...values,
  });
}
