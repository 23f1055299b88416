// Routes lines of the event stream to the sinks of their tenants, in the order of the stream.
import type { Placed } from '../delivery/backlog.ts';
import { lineItems, type StreamItem, Unreadable, type UnreadableLine } from '../delivery/stream-item.ts';
import type { SecurityEvent } from '../events/event.ts';
import { readEventLine } from '../events/line.ts';
import type { Sink, Tenant, Tenants } from '../tenants/model.ts';
import { eventName } from './facts.ts';
import { formatEvent } from './format.ts';
import { matchesPattern } from './pattern.ts';
import { type Share, Shares } from './shares.ts';

export interface Routing {
  /** The number of different events. */
  readonly events: number;
  readonly shares: readonly Share[];
  /** Events of unknown tenants and of tenants without an enabled sink, in the format `native`. */
  readonly unconfigured: readonly Placed[];
  /** Lines that are not events, with their bytes. */
  readonly unreadable: Unreadable;
}

/**
 * Routes a batch. Takes a repeated event once, and drops an event that the filters of all its tenant's sinks exclude.
 */
export function route(items: readonly StreamItem[], tenants: Pick<Tenants, 'tenants'>): Routing {
  const shares = new Shares();
  const unconfigured: Placed[] = [];
  const unreadable = new Unreadable();
  const seen = new Set<string>();
  for (const item of items) {
    if (item.lines === undefined) unreadable.addRecord(item, 'damaged');
    const bad: UnreadableLine[] = [];
    for (const { at, line, position } of lineItems(item)) {
      const event = readEventLine(line);
      if (event === undefined) bad.push({ at, reason: 'no event' });
      if (event === undefined || seen.has(event.eventId)) continue;
      seen.add(event.eventId);
      const sinks = enabledSinks(tenants.tenants.get(event.tenantId));
      if (sinks.length === 0) unconfigured.push({ position, parcel: formatEvent(event, 'native') });
      for (const sink of sinks) {
        if (!wants(sink, event)) continue;
        shares.add(event.tenantId, sink, { position, parcel: formatEvent(event, sink.format) });
      }
    }
    unreadable.addLines(item, bad);
  }
  return { events: seen.size, shares: shares.all(), unconfigured, unreadable };
}

export function enabledSinks(tenant: Tenant | undefined): readonly Sink[] {
  return tenant?.sinks.filter(({ enabled }) => enabled) ?? [];
}

function wants({ include, exclude }: Sink, event: SecurityEvent): boolean {
  const name = eventName(event);
  const fits = (pattern: string): boolean => matchesPattern(pattern, name);
  return (include.length === 0 || include.some(fits)) && !exclude.some(fits);
}
