// Writes an event or an audit record in a sink's format: the parcel that every attempt carries.
import { unreachable } from '../base/errors.ts';
import type { Parcel } from '../delivery/ports.ts';
import type { SecurityEvent } from '../events/event.ts';
import type { EventFormat } from '../tenants/event-format.ts';
import { cef } from './cef.ts';
import { ecs } from './ecs.ts';
import { eventName, type Facts, factsOfEvent, factsOfRecord, type IdentifiedRecord, isSkewed } from './facts.ts';
import { fitted } from './fit.ts';
import { meaningOf } from './meanings.ts';
import { nativeEvent } from './native.ts';
import { ocsf } from './ocsf.ts';

/**
 * Returns the same bytes for the same event, at most 32 KB: the longest texts of a larger one are cut (`fit.ts`). The
 * parcel's time is the event's, or that of its receipt for a skewed event, whose own time sinks refuse.
 */
export function formatEvent(event: SecurityEvent, format: EventFormat): Parcel {
  const name = eventName(event);
  const body = fitted(event, (fitting) =>
    format === 'native' ? nativeEvent(fitting) : formatted(factsOfEvent(fitting), format),
  );
  return {
    id: event.eventId,
    timeMs: isSkewed(event) ? event.receivedMs : event.timeMs,
    body,
    about: {
      tenantId: event.tenantId,
      event: name,
      severity: meaningOf(name).severity,
      sequence: event.sequence,
      content: contentOf(format),
    },
  };
}

/** Writes a record for the tenant of its data store. The format `native` is the record itself. */
export function formatRecord(tenantId: string, record: IdentifiedRecord, format: EventFormat): Parcel {
  const facts = factsOfRecord(tenantId, record);
  return {
    id: record.id,
    timeMs: record.timeMs,
    body: format === 'native' ? JSON.stringify(record.record) : formatted(facts, format),
    about: {
      tenantId,
      event: facts.event,
      severity: facts.failed ? 'warning' : 'notice',
      sequence: facts.sequence,
      content: contentOf(format),
    },
  };
}

function contentOf(format: EventFormat): 'json' | 'text' {
  return format === 'cef' ? 'text' : 'json';
}

function formatted(facts: Facts, format: Exclude<EventFormat, 'native'>): string {
  switch (format) {
    case 'ocsf':
      return JSON.stringify(ocsf(facts));
    case 'ecs':
      return JSON.stringify(ecs(facts));
    case 'cef':
      return cef(facts);
    default:
      return unreachable(format);
  }
}
