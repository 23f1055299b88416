// Security events as they are accepted, for tests of what becomes of them.
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

/** Every predefined event, by the names that go over the wire. */
export const PREDEFINED_EVENTS: readonly string[] = [
  ...prefixed(
    'USER',
    'ADD SUSPEND REMOVE LOGIN TIMEOUT_SESSION LOCKOUT LOGOUT CHANGE_PERMISSIONS EXPIRE_PASSWORD RESET_PASSWORD ' +
      'CHANGE_PASSWORD REJECT_LOGIN ENABLE_TWO_FACTOR DISABLE_TWO_FACTOR CHANGE_EMAIL REQUEST_EMAIL_VERIFICATION VERIFY_EMAIL',
  ),
  ...prefixed('ADMIN', 'ADD REMOVE CHANGE_PERMISSIONS CHANGE_SETTING'),
  ...prefixed('DATA', 'IMPORT EXPORT ENCRYPT DECRYPT CREATE DELETE DENY_ACCESS CHANGE_PERMISSIONS'),
  ...prefixed('PERIODIC', 'ENFORCE_RETENTION_POLICY CREATE_BACKUP'),
];

function prefixed(category: string, names: string): readonly string[] {
  return names.split(' ').map((name) => `${category}_${name}`);
}
