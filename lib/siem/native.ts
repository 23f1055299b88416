// The reference product's own JSON of a security event, with the members by which sinks tell repeats and holes.
import { createHash } from 'node:crypto';
import type { SecurityEvent } from '../events/event.ts';
import { isSkewed } from './facts.ts';
import { rfc3339 } from './time.ts';

/**
 * `{tenantId, timestamp, iclFields, customFields}` as one line. `timestamp` is RFC 3339 in UTC with milliseconds, whatever was
 * sent; a time that no clock of today shows is marked `timestampSkewed`.
 */
export function nativeEvent(event: SecurityEvent): string {
  return JSON.stringify({
    tenantId: event.tenantId,
    timestamp: rfc3339(event.timeMs),
    iclFields: {
      ...event.iclFields,
      logdriverRayId: deliveryRayId(event.eventId),
      eventId: event.eventId,
      chainId: event.chainId,
      sequence: event.sequence,
      ...(isSkewed(event) && { timestampSkewed: true }),
    },
    customFields: event.customFields,
  });
}

/** 16 URL-safe characters, of the event and not of the attempt: a repeat is the same to the byte. */
function deliveryRayId(eventId: string): string {
  return createHash('sha256').update(`logdriver:${eventId}`).digest('base64url').slice(0, 16);
}
