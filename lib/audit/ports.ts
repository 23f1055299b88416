import type { TrailEntry } from './entry.ts';

/** One serialised audit record. `timeMs` is when it was made, in epoch milliseconds. */
export interface AuditLine {
  readonly timeMs: number;
  readonly line: string;
}

/** Where audit records become durable. */
export interface AuditSink {
  /**
   * Resolves once every line is durable, in the order given. Rejects with `AuditError` `AUDIT_SINK_UNAVAILABLE`, within
   * a bounded time, when that is not certain. The caller then offers all lines again except those the error calls
   * durable, so a line may arrive twice.
   */
  append(lines: readonly AuditLine[]): Promise<void>;
}

/** What one request writes to the trail. */
export interface RequestTrail {
  /**
   * Notes an entry and merges it with equal ones. Nothing is durable before `flush` resolves. Throws `AuditError`
   * `AUDIT_SINK_UNAVAILABLE` when too many records wait for the sink, so that the request must be refused, and what
   * `checkTrailEntry` throws for an entry that cannot become a record.
   */
  record(entry: TrailEntry): void;
  /**
   * Resolves when the trail lets the answer leave. Rejects with `AuditError` otherwise, at once when `giveUp` is
   * aborted; then no value may leave, and the trail records that the answer was withheld.
   */
  flush(giveUp?: AbortSignal): Promise<void>;
}

/** Opens the trails of requests: one per environment. */
export interface Trail {
  /** Called at the start of a request. */
  open(): RequestTrail;
}
