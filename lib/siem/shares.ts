// Collects each sink's share of a batch, parcel by parcel, and turns shares into loads of the sinks' lanes.
import type { Placed } from '../delivery/backlog.ts';
import type { LaneLoad } from '../delivery/lane.ts';
import type { Sink, Tenants } from '../tenants/model.ts';
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

  /** Returns the share of each sink that has one, in the order of their first parcels. */
  all(): readonly Share[] {
    return [...this.#bySink.values()];
  }
}

/** Returns shares as loads of the sinks' lanes. `version` is that of the sealed tenants. */
export function loadsOf(shares: readonly Share[], open: OpenSink, version: Tenants['version']): LaneLoad[] {
  return shares.map(({ tenantId, sink, placed }) => ({ lane: laneOf(tenantId, sink, open, version), placed }));
}
