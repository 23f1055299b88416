/** One accepted event as a line of JSON (`line.ts`). */
export interface EventLine {
  readonly tenantId: string;
  readonly line: string;
}

/** Makes security events durable, on their way to the tenants' SIEMs. */
export interface EventSink {
  /**
   * Resolves once every line is durable; keeps the order of each tenant's lines. Rejects with `EventError`
   * `EVENT_NOT_DURABLE` within a bounded time when that is uncertain; its `accepted` says which lines are durable
   * anyway. The caller offers the others again, so a line can appear twice.
   */
  append(lines: readonly EventLine[]): Promise<void>;
}
