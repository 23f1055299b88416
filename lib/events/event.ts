// A security event: what an application or the key service says happened, for the SIEM of one tenant.

/** Fields that the product and its clients know: `requestingId`, `event`, `dataLabel`, `sourceIp`, `objectId`, `requestId`, … */
export type IclFields = Readonly<Record<string, string | number | boolean>>;

/** What is to be accepted, already checked (`metadata.ts`). */
export interface EventDraft {
  readonly tenantId: string;
  /** When it happened, in epoch milliseconds. @default when it is accepted */
  readonly timeMs?: number | undefined;
  readonly iclFields: IclFields;
  readonly customFields: Readonly<Record<string, string>>;
}

/** An event that was accepted: its place and its name in the world never change again. */
export interface SecurityEvent extends EventDraft {
  /** ULID; the same however often the event is delivered. */
  readonly eventId: string;
  /** One execution environment's chain of this tenant's events. */
  readonly chainId: string;
  /** From 1, without holes in its chain. */
  readonly sequence: number;
  readonly timeMs: number;
  readonly receivedMs: number;
}
