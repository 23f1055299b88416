// Use case: forwards one batch of security events to the sinks of its tenants.
import type { Lane } from '../delivery/lane.ts';
import { type LaneOutcome, send, type SendOptions } from '../delivery/send.ts';
import { type StreamItem, UNREADABLE } from '../delivery/stream-item.ts';
import type { Tenants } from '../tenants/model.ts';
import type { OpenSink } from './lanes.ts';
import { route } from './route.ts';
import { loadsOf } from './shares.ts';

export interface ForwardEventsOptions extends SendOptions {
  readonly tenants: Tenants;
  readonly open: OpenSink;
  /** Takes the events of tenants without a sink, where the configuration sends them to standard output. */
  readonly standardOutput: Lane;
}

export interface EventsForwarded {
  readonly events: number;
  /** Events of unknown tenants and of tenants without an enabled sink. */
  readonly unconfigured: number;
  /** Events without a sink that are discarded. */
  readonly discarded: number;
  /** Lines that are not events. */
  readonly unreadable: number;
  readonly outcomes: readonly LaneOutcome[];
}

/**
 * Forwards a batch. Resolves once none of it can be lost: for every sink that wants it, each event is delivered, in a
 * backlog or among the dead letters. Rejects with `StoreError` otherwise; the caller must then offer the same batch
 * again.
 */
export async function forwardEvents(
  items: readonly StreamItem[],
  options: ForwardEventsOptions,
): Promise<EventsForwarded> {
  const { tenants, open, standardOutput, store, nowMs } = options;
  const { events, shares, unconfigured, unreadable } = route(items, tenants);
  const isDiscarded = tenants.unconfigured === 'discard';
  const loads = loadsOf(shares, open, tenants.version);
  if (unconfigured.length > 0 && !isDiscarded) loads.push({ lane: standardOutput, placed: unconfigured });
  const outcomes = await send(loads, options);
  await store.deadLetters.keep(UNREADABLE, unreadable.letters, nowMs());
  return {
    events,
    unconfigured: unconfigured.length,
    discarded: isDiscarded ? unconfigured.length : 0,
    unreadable: unreadable.count,
    outcomes,
  };
}
