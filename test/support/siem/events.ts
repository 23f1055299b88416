// Accepted security events, for tests of their delivery.
import type { SecurityEvent } from '../../../lib/events/event.ts';

/** The login of the reference product's own sample, accepted a few seconds after it happened. */
export function securityEvent(changes: Partial<SecurityEvent> = {}): SecurityEvent {
  const timeMs = changes.timeMs ?? Date.parse('2020-11-16T22:43:25.754Z');
  return {
    tenantId: 'tenant-gcp-l',
    eventId: '01ENHBQTNT0000000000000001',
    chainId: 'chain',
    sequence: 1,
    timeMs,
    receivedMs: timeMs + 5_000,
    iclFields: {
      requestingId: 'userId1',
      dataLabel: 'PII',
      sourceIp: '',
      objectId: 'userId1',
      event: 'USER_LOGIN',
      requestId: 'Rq8675309',
      tspRayId: 'G3nphyPNTcOv1l6W',
    },
    customFields: { field2: 'pokey', field1: 'gumby' },
    ...changes,
  };
}
