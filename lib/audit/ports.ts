import type { TrailEntry } from './entry.ts';

/** One serialised audit record. `timeMs` is when it was made, in epoch milliseconds. */
export interface AuditLine {
  readonly timeMs: number;
  readonly line: string;
}

/** Where audit records become durable. */
export interface AuditSink {
  /**
   * Resolves once every line is durable, in the order given. Rejects with `AuditError` `AUDIT_SINK_UNAVAILABLE` when that
   * is not certain, within a bounded time; the caller then offers the lines again, but for those the error says are
   * durable, so a line may arrive twice.
   */
  append(lines: readonly AuditLine[]): Promise<void>;
}

/** What one request writes to the trail. */
export interface RequestTrail {
  /**
   * Takes note of an entry, merging it with equal ones. Nothing is durable before `flush` resolves. Throws `AuditError`
   * `AUDIT_SINK_UNAVAILABLE` when the request must be refused because too much waits for the sink, and what `checkTrailEntry`
   * throws for an entry that cannot become a record.
   */
  record(entry: TrailEntry): void;
  /**
   * Resolves when the answer may leave, as far as the trail is concerned. Rejects with `AuditError` otherwise, also as soon
   * as `giveUp` is aborted; then no value may leave, and the trail says by itself that the answer was withheld.
   */
  flush(giveUp?: AbortSignal): Promise<void>;
}

/** Where requests find their trail: one per environment. */
export interface Trail {
  /** At the beginning of a request. */
  open(): RequestTrail;
}
