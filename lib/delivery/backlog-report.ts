// What waits, for people.
import type { Circuit } from './circuit.ts';
import type { LaneStore } from './lane.ts';

export interface LaneReport {
  readonly lane: string;
  /** At most this many parcels: of the oldest object some may have been delivered already. */
  readonly waiting: number;
  /** Since when the oldest has waited, in epoch milliseconds. */
  readonly sinceMs: number;
  /** Undefined when no drainer has met the lane yet. */
  readonly circuit: Circuit | undefined;
}

/** The lanes in which something waits, by name. Rejects with `StoreError`. */
export async function backlogReport({ backlog, states }: LaneStore): Promise<readonly LaneReport[]> {
  const lanes = [...(await backlog.lanes())].toSorted();
  const reports = await Promise.all(
    lanes.map(async (lane): Promise<LaneReport[]> => {
      const { circuit } = await states.read(lane);
      const { parcels, firstKey } = await backlog.size(lane);
      const first = firstKey === undefined ? undefined : await backlog.read(firstKey);
      return first === undefined ? [] : [{ lane, waiting: parcels, sinceMs: first.parkedMs, circuit }];
    }),
  );
  return reports.flat();
}
