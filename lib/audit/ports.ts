/** One serialised audit record. `timeMs` is when it was made, in epoch milliseconds. */
export interface AuditLine {
  readonly timeMs: number;
  readonly line: string;
}

/** Where audit records become durable. */
export interface AuditSink {
  /**
   * Resolves once every line is durable, in the order given. Rejects with `AuditError` `AUDIT_SINK_UNAVAILABLE` when that
   * is not certain, within a bounded time; the caller then offers the same lines again, so a line may arrive twice.
   */
  append(lines: readonly AuditLine[]): Promise<void>;
}
