// Security events in the terms of an application: the `EventMetadata` of the public tenant-security clients.
import type { JsonObject } from '../base/json.ts';
import type { SecurityEvent } from './event.ts';
import type { EventLog } from './event-log.ts';
import { readSecurityEvent } from './metadata.ts';
import type { EventName } from './names.ts';

/** Metadata of every operation of a client: who asks, for which tenant, and why. */
export interface RequestMetadata {
  readonly tenantId: string;
  readonly requestingUserOrServiceId: string;
  /** A classification of the data or of the event. */
  readonly dataLabel?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly objectId?: string | undefined;
  /** Ties the event to the application's own request. */
  readonly requestId?: string | undefined;
  readonly otherData?: Readonly<Record<string, string>> | undefined;
}

export interface EventMetadata extends RequestMetadata {
  /** Time of the event, epoch milliseconds. @default now */
  readonly timestampMillis?: number | undefined;
}

/** Returns metadata in the form of a request body. */
export function metadataBody({ tenantId, otherData = {}, ...metadata }: RequestMetadata): {
  readonly tenantId: string;
  readonly iclFields: JsonObject;
  readonly customFields: Readonly<Record<string, string>>;
} {
  const { requestingUserOrServiceId: requestingId, dataLabel, sourceIp, objectId, requestId } = metadata;
  const iclFields = { requestingId, dataLabel, sourceIp, objectId, requestId };
  return { tenantId, iclFields, customFields: otherData };
}

/** Returns an event in the form of a request body. */
export function eventBody(event: EventName, { timestampMillis, ...metadata }: EventMetadata): JsonObject {
  const { iclFields, ...body } = metadataBody(metadata);
  return { ...body, timestampMillis, iclFields: { ...iclFields, event } };
}

/**
 * Returns `logSecurityEvent(event, metadata)` for a program with the event log in its own process: the same checks,
 * limits and errors as over HTTP. It resolves to the accepted event once that is durable.
 */
export function securityEventLogger(
  log: EventLog,
  nowMs: () => number,
): (event: EventName, metadata: EventMetadata, giveUp?: AbortSignal) => Promise<SecurityEvent> {
  return async function logSecurityEvent(event, metadata, giveUp) {
    const [accepted] = await log.accept([readSecurityEvent(eventBody(event, metadata), Math.floor(nowMs()))], giveUp);
    return accepted!;
  };
}
