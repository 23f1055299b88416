/** One accepted event as a line of JSON (`line.ts`). */
export interface EventLine {
  readonly tenantId: string;
  readonly line: string;
}

/** Where security events become durable, on their way to the tenants' SIEMs. */
export interface EventSink {
  /**
   * Resolves once every line is durable; lines of one tenant in the order given. Rejects with `EventError`
   * `EVENT_NOT_DURABLE` within a bounded time when that is not certain; its `accepted` says which lines are durable all the
   * same. The others are offered again, so a line may be there twice.
   */
  append(lines: readonly EventLine[]): Promise<void>;
}
