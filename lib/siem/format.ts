// An event, or an audit record, in the format of a sink: the parcel that every attempt carries.
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
 * The same bytes for the same event, always, of at most 32 KB: of a larger one the longest texts are cut (`fit.ts`). The
 * parcel's time is the event's; of a skewed one that of its receipt, which sinks take.
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

/** A record of a data store for the tenant whose it is; in the format `native` the record itself. */
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
