import type { AuditTrail } from '../audit/trail.ts';
import type { PolicyEvent } from './journal.ts';

/**
 * Returns a function that records events of a publication; it resolves once they are durable and rejects with
 * `AuditError`.
 */
export function recordTo(
  trail: Pick<AuditTrail, 'record' | 'flush'>,
  requestId: string | undefined,
): (events: readonly PolicyEvent[]) => Promise<void> {
  return async (events) => {
    for (const event of events) trail.record({ ...event, logtype: 'Policy', count: 1, requestId });
    await trail.flush();
  };
}
