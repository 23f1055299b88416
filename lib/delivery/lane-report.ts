// Reports on lanes for operators: what waits and what was given up, why, since when, and what comes next. No contents.
import type { Circuit } from './circuit.ts';
import type { LaneStore } from './lane.ts';

export interface LaneReport {
  readonly lane: string;
  /** An upper bound in parcels: some of the oldest object may be delivered already. */
  readonly waiting: number;
  /** When the oldest waiting parcel began to wait, in epoch milliseconds. */
  readonly sinceMs?: number | undefined;
  /** The failure of its sink, and the next try. Absent when no drainer has met the lane yet. */
  readonly circuit?: Circuit | undefined;
  /** Batches leave the lane to the drainer. */
  readonly isSlow: boolean;
  readonly dead: DeadReport;
}

/** The dead letters of a lane. */
export interface DeadReport {
  readonly letters: number;
  /** How many for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** When the first of them was given up, in epoch milliseconds. */
  readonly sinceMs?: number | undefined;
  /** There are more than were counted. */
  readonly hasMore: boolean;
}

/** A dead letter without its body. */
export interface DeadLetterFacts {
  readonly lane: string;
  /** Id of the event or record. */
  readonly id: string;
  /** When it happened, in epoch milliseconds. */
  readonly timeMs: number;
  readonly kind: string;
  readonly reason: string;
  readonly attempts: number;
  /** When delivery was given up, in epoch milliseconds. */
  readonly sinceMs: number;
}

export interface DeadLetterList {
  readonly letters: readonly DeadLetterFacts[];
  /** There are more than are listed. */
  readonly hasMore: boolean;
}

/** The most dead letters that a listing returns, and that a report counts for a lane. */
const MOST_LETTERS = 10_000;

/** Reports on each lane with a backlog, a mark of slowness or dead letters, sorted by name. Rejects with `StoreError`. */
export async function laneReport(store: LaneStore): Promise<readonly LaneReport[]> {
  const lanes = new Set([...(await store.backlog.lanes()), ...(await store.deadLetters.lanes())]);
  const reports = await Promise.all([...lanes].toSorted().map((lane) => reportOf(lane, store)));
  return reports.filter(({ waiting, isSlow, dead }) => waiting > 0 || isSlow || dead.letters > 0);
}

async function reportOf(lane: string, store: LaneStore): Promise<LaneReport> {
  const { backlog, states } = store;
  const [state, { parcels, firstKey, isSlow }, dead] = await Promise.all([
    states.read(lane),
    backlog.size(lane),
    deadLetterList(store, (one) => one === lane),
  ]);
  const first = firstKey === undefined ? undefined : await backlog.read(firstKey);
  return {
    lane,
    waiting: first === undefined ? 0 : parcels,
    sinceMs: first?.parkedMs,
    circuit: state.circuit,
    isSlow,
    dead: deadReport(dead),
  };
}

function deadReport({ letters, hasMore }: DeadLetterList): DeadReport {
  const reasons: Record<string, number> = {};
  let since = Number.POSITIVE_INFINITY;
  for (const { reason, sinceMs } of letters) {
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    since = Math.min(since, sinceMs);
  }
  return { letters: letters.length, reasons, ...(letters.length > 0 && { sinceMs: since }), hasMore };
}

/** Lists the dead letters of the lanes that `isWanted` accepts, without their bodies. Rejects with `StoreError`. */
export async function deadLetterList(
  { deadLetters }: LaneStore,
  isWanted: (lane: string) => boolean,
  most = MOST_LETTERS,
): Promise<DeadLetterList> {
  const letters: DeadLetterFacts[] = [];
  for (const lane of [...(await deadLetters.lanes())].filter(isWanted).toSorted()) {
    for await (const { letters: found = [] } of deadLetters.of(lane)) {
      for (const { parcel, kind, reason, attempts, timeMs: sinceMs } of found) {
        if (letters.length === most) return { letters, hasMore: true };
        letters.push({ lane, id: parcel.id, timeMs: parcel.timeMs, kind, reason, attempts, sinceMs });
      }
    }
  }
  return { letters, hasMore: false };
}
