// A report on backlogs for operators.
import type { Circuit } from './circuit.ts';
import type { LaneStore } from './lane.ts';

export interface LaneReport {
  readonly lane: string;
  /** An upper bound in parcels: some of the oldest object may be delivered already. */
  readonly waiting: number;
  /** When the oldest parcel began to wait, in epoch milliseconds. */
  readonly sinceMs: number;
  /** Undefined when no drainer has met the lane yet. */
  readonly circuit: Circuit | undefined;
}

/** Reports on each lane that has a backlog, sorted by name. Rejects with `StoreError`. */
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
