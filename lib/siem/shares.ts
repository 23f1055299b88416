// What each sink is to get of a batch, gathered parcel by parcel; and the same as loads of the sinks' lanes.
import type { Placed } from '../delivery/backlog.ts';
import type { LaneLoad } from '../delivery/lane.ts';
import type { Sink } from '../tenants/model.ts';
import { laneOf, type OpenSink } from './lanes.ts';

/** One sink's share of a batch. */
export interface Share {
  readonly tenantId: string;
  readonly sink: Sink;
  readonly placed: readonly Placed[];
}

export class Shares {
  readonly #bySink = new Map<Sink, Share & { readonly placed: Placed[] }>();

  add(tenantId: string, sink: Sink, placed: Placed): void {
    const share = this.#bySink.get(sink);
    if (share === undefined) this.#bySink.set(sink, { tenantId, sink, placed: [placed] });
    else share.placed.push(placed);
  }

  /** One for each sink that gets something, in the order in which it got the first. */
  all(): readonly Share[] {
    return [...this.#bySink.values()];
  }
}

export function loadsOf(shares: readonly Share[], open: OpenSink): LaneLoad[] {
  return shares.map(({ tenantId, sink, placed }) => ({ lane: laneOf(tenantId, sink, open), placed }));
}
