// A security event: what happened, according to an application or the key service, for the SIEM of one tenant.

/**
 * Fields that the product and its clients know: `requestingId`, `event`, `dataLabel`, `sourceIp`, `objectId`,
 * `requestId`, …
 */
export type IclFields = Readonly<Record<string, string | number | boolean>>;

/** An event to accept, already checked (`metadata.ts`). */
export interface EventDraft {
  readonly tenantId: string;
  /** Time of the event, epoch milliseconds. @default the time of acceptance */
  readonly timeMs?: number | undefined;
  readonly iclFields: IclFields;
  readonly customFields: Readonly<Record<string, string>>;
}

/** An accepted event: its id and its place in the chain never change. */
export interface SecurityEvent extends EventDraft {
  /** ULID; every delivery of the event has the same. */
  readonly eventId: string;
  /** Chain of this tenant's events in one execution environment. */
  readonly chainId: string;
  /** From 1, without gaps in the chain. */
  readonly sequence: number;
  readonly timeMs: number;
  readonly receivedMs: number;
}
