import { type AuditLevel, auditLevel } from '../../../lib/audit/codes.ts';
import { isPolicyEntry } from '../../../lib/audit/entry.ts';
import type { RequestTrail } from '../../../lib/audit/ports.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import type { METRICS, REQUEST_DIMENSIONS } from '../../../lib/contract/metrics.ts';
import { embeddedMetrics, type WriteLine } from '../metrics.ts';

const OUTCOMES: Readonly<Record<AuditLevel, string>> = {
  SUCCESS: 'success',
  WARNING: 'substituted',
  ERROR: 'refused',
  EXCEPTION: 'fault',
};

/**
 * Measures one request. Its dimensions are operation, vendor and outcome, which are closed lists: a name that a caller
 * chooses would make a metric per name. Users, elements and ids are in the audit records.
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

  /** Returns a trail that notes what `trail` records, how long its flush takes and whether the flush fails. */
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

  /** Writes one line per entry of the request. The times of the request are in the first. */
  write(write: WriteLine): void {
    const nowMs = Math.floor(this.#nowMs());
    for (const [i, entry] of this.#entries.entries()) {
      const level = this.#auditFailed ? 'EXCEPTION' : auditLevel(entry.code, entry.substituted);
      const metrics: Partial<Record<keyof typeof METRICS, number>> = {
        Batches: 1,
        Values: entry.count,
        ...((level === 'ERROR' || level === 'EXCEPTION') && { Refusals: 1 }),
        ...(entry.weakCount !== undefined && entry.weakCount > 0 && { WeakValues: entry.weakCount }),
        ...(entry.clearCount !== undefined && entry.clearCount > 0 && { ClearValues: entry.clearCount }),
        ...(entry.breakGlass === true && { BreakGlassUses: 1 }),
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
