// The use case of event routing: one batch of the stream to the sinks of its tenants.
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
  /** Takes the events of tenants without a sink, where the tenants want them to go to standard output. */
  readonly standardOutput: Lane;
}

export interface EventsForwarded {
  readonly events: number;
  /** Of tenants that have no sink, or that nobody knows. */
  readonly unconfigured: number;
  /** Those of them that nobody gets. */
  readonly discarded: number;
  /** Lines that are no events. */
  readonly unreadable: number;
  readonly outcomes: readonly LaneOutcome[];
}

/**
 * Resolves once nothing of the batch can be lost: each event is delivered, waits in a backlog or is among the dead letters, for
 * every sink that wants it. Rejects with `StoreError` otherwise, and then the same batch must be offered again.
 */
export async function forwardEvents(
  items: readonly StreamItem[],
  options: ForwardEventsOptions,
): Promise<EventsForwarded> {
  const { tenants, open, standardOutput, store, nowMs } = options;
  const { events, shares, unconfigured, unreadable } = route(items, tenants);
  const isDiscarded = tenants.unconfigured === 'discard';
  const loads = loadsOf(shares, open);
  if (unconfigured.length > 0 && !isDiscarded) loads.push({ lane: standardOutput, placed: unconfigured });
  const outcomes = await send(loads, options);
  await store.deadLetters.keep(UNREADABLE, unreadable, nowMs());
  return {
    events,
    unconfigured: unconfigured.length,
    discarded: isDiscarded ? unconfigured.length : 0,
    unreadable: unreadable.length,
    outcomes,
  };
}
