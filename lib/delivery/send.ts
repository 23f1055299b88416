// Sends a batch to its lanes: all at the same time, each in order. Parcels that a lane cannot take go to its backlog.
import { settled, valueOf } from '../base/attempt.ts';
import { afterFailure, type Failure, failureIn } from './circuit.ts';
import { deliver, NO_TIME_LEFT, type Undelivered } from './deliver.ts';
import type { Lane, LaneLoad, LaneStore } from './lane.ts';
import type { Pace, Parcel } from './ports.ts';
import { Slots } from './slots.ts';

export interface SendOptions extends Pace {
  readonly store: LaneStore;
  /** When the work must end, in epoch milliseconds. */
  readonly deadlineMs: number;
}

/** The outcome for a lane's load: `delivered`, `parked` and `deadLetters` add up to its size. */
export interface LaneOutcome {
  readonly lane: Lane;
  readonly delivered: number;
  /** How many of the delivered parcels were cut to a limit of the sink. */
  readonly cut: number;
  /** Parcels in the backlog. */
  readonly parked: number;
  readonly deadLetters: number;
  /** Why parcels wait or were given up. */
  readonly reason?: string | undefined;
}

/** How long a batch waits for one lane: long enough for a short failure; a sink that hangs is left to the drainer. */
const PATIENCE_MS = 5_000;
const ATTEMPTS = 3;
const CONNECTIONS = 100;
const SLOW_MS = 1_000;

/**
 * Sends each load through its lane; no lane has two loads. A lane with a backlog is not called: new parcels go behind
 * it. Resolves once every parcel is delivered, in the backlog or among the dead letters. Rejects with `StoreError` when
 * that is not certain, after all other lanes are done; the caller must then offer the same loads again.
 */
export async function send(loads: readonly LaneLoad[], options: SendOptions): Promise<readonly LaneOutcome[]> {
  if (loads.length === 0) return [];
  const troubled = await options.store.backlog.lanes();
  const slots = new Slots(options, CONNECTIONS, SLOW_MS);
  const outcomes = await Promise.all(
    loads.map((load) =>
      settled(troubled.has(load.lane.id) ? parkBehind(load, options) : slots.run(() => sendNow(load, options))),
    ),
  );
  return outcomes.map((outcome) => valueOf(outcome));
}

async function parkBehind({ lane, placed }: LaneLoad, { store, nowMs }: SendOptions): Promise<LaneOutcome> {
  await store.backlog.park(lane.id, placed, nowMs());
  return { lane, delivered: 0, cut: 0, parked: placed.length, deadLetters: 0, reason: 'others wait' };
}

async function sendNow({ lane, placed }: LaneLoad, options: SendOptions): Promise<LaneOutcome> {
  const { store, nowMs } = options;
  const deadlineMs = Math.min(options.deadlineMs, nowMs() + PATIENCE_MS);
  const { delivered, undelivered, cut } = await deliver(
    placed.map(({ parcel }) => parcel),
    lane.sink,
    { ...options, deadlineMs, cutOffMs: deadlineMs, attempts: ATTEMPTS, inOrder: true },
  );
  const { waiting, dead } = sorted(undelivered);
  await store.backlog.park(
    lane.id,
    placed.flatMap(({ position, parcel: { id } }) => {
      const parcel = waiting.get(id);
      return parcel === undefined ? [] : [{ position, parcel }];
    }),
    nowMs(),
  );
  await store.deadLetters.keep(lane.id, dead, nowMs());
  const failure = failureIn(undelivered, NO_TIME_LEFT);
  if (failure !== undefined) await note(lane.id, failure, options);
  return {
    lane,
    delivered: delivered.length,
    cut,
    parked: placed.length - delivered.length - dead.length,
    deadLetters: dead.length,
    reason: failure?.reason ?? dead[0]?.reason ?? undelivered[0]?.reason,
  };
}

/** Sorts parcels into those that may still be delivered, by id, and those that never will. */
export function sorted(undelivered: readonly Undelivered[]): {
  readonly waiting: ReadonlyMap<string, Parcel>;
  readonly dead: readonly Undelivered[];
} {
  return {
    waiting: new Map(undelivered.flatMap(({ kind, parcel }) => (kind === 'data' ? [] : [[parcel.id, parcel]]))),
    dead: undelivered.filter(({ kind }) => kind === 'data'),
  };
}

/**
 * Notes the sink's failure, and how long it asks to wait, for the drainer. Without a note the drainer finds out itself.
 */
async function note(lane: string, failure: Failure, { store, nowMs, random }: SendOptions): Promise<void> {
  const now = nowMs();
  const noted = store.states.update(lane, (state) => ({
    ...state,
    circuit: afterFailure(state.circuit, failure, now, now, random),
  }));
  await noted.catch(() => false);
}
