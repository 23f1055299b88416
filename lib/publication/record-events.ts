import type { AuditTrail } from '../audit/trail.ts';
import type { PolicyEvent } from './journal.ts';

/** Puts the events of a publication into an audit trail; resolves once they are durable. Rejects with `AuditError`. */
export function recordTo(
  trail: Pick<AuditTrail, 'record' | 'flush'>,
  requestId: string | undefined,
): (events: readonly PolicyEvent[]) => Promise<void> {
  return async (events) => {
    for (const event of events) trail.record({ ...event, logtype: 'Policy', count: 1, requestId });
    await trail.flush();
  };
}
