// The reference product's JSON of a security event, with the members by which sinks find repeats and gaps.
import { createHash } from 'node:crypto';
import type { SecurityEvent } from '../events/event.ts';
import { isSkewed } from './facts.ts';
import { rfc3339 } from './time.ts';

/**
 * Writes `{tenantId, timestamp, iclFields, customFields}` as one line. `timestamp` is RFC 3339 in UTC with
 * milliseconds, in whatever form it was sent; a time far from that of its receipt is marked `timestampSkewed`.
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

/** Derives 16 URL-safe characters from the event, not from the attempt: a repeat is the same to the byte. */
function deliveryRayId(eventId: string): string {
  return createHash('sha256').update(`logdriver:${eventId}`).digest('base64url').slice(0, 16);
}
