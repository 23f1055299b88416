// Sends a batch to its lanes: all at the same time, each in order. Parcels that a lane cannot take go to its backlog.
import { settled, valueOf } from '../base/attempt.ts';
import type { Placed } from './backlog.ts';
import { afterFailure, type Failure, failureIn as firstFailureIn } from './circuit.ts';
import { deliver, type DeliveryReport, NO_TIME_LEFT, type Undelivered, withReceipt } from './deliver.ts';
import type { Lane, LaneLoad, LaneStore } from './lane.ts';
import { isFree, type LaneState } from './lane-state.ts';
import { CALL_MS, PATIENCE_MS } from './limits.ts';
import type { DeliverySink, Pace, Parcel } from './ports.ts';
import { Patience } from './patience.ts';
import { keepWaiting, sorted } from './settle.ts';
import { Slots } from './slots.ts';
import { foundSlow } from './slow.ts';

export interface SendOptions extends Pace {
  readonly store: LaneStore;
  /** When the work must end, in epoch milliseconds. */
  readonly deadlineMs: number;
  /**
   * Gets what a slow lane becomes when its open call has ended: undefined where the store failed, which loses nothing.
   * @default nothing
   */
  readonly later?: (outcome: Promise<LaneOutcome | undefined>) => void;
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

const ATTEMPTS = 2;
const BACKOFF_MS = 100;

/** The reason of parcels that wait because their lane needs longer than a batch waits. */
const SLOW = 'slow';

/**
 * Sends each load through its lane; no lane has two loads. A lane with a backlog or a mark of slowness is not called:
 * new parcels go to its backlog. So do those of a lane that needs longer than `PATIENCE_MS`, which is marked and left to
 * the drainer. Resolves once every parcel is delivered, in the backlog or among the dead letters. Rejects with
 * `StoreError` when that is not certain, after all other lanes are done; the caller must then offer the same loads
 * again.
 */
export async function send(loads: readonly LaneLoad[], options: SendOptions): Promise<readonly LaneOutcome[]> {
  if (loads.length === 0) return [];
  const troubled = await options.store.backlog.lanes();
  const slots = new Slots(options);
  const patience = new Patience(options);
  const outcomes = await Promise.all(
    loads.map((load) =>
      settled(
        troubled.has(load.lane.id) ? parkBehind(load, options) : slots.run(() => sendNow(load, patience, options)),
      ),
    ),
  );
  patience.over();
  return outcomes.map((outcome) => valueOf(outcome));
}

async function parkBehind({ lane, placed }: LaneLoad, { store, nowMs }: SendOptions): Promise<LaneOutcome> {
  await store.backlog.park(lane.id, placed, nowMs());
  return { lane, delivered: 0, cut: 0, parked: placed.length, deadLetters: 0, reason: 'others wait' };
}

async function sendNow(load: LaneLoad, patience: Patience, options: SendOptions): Promise<LaneOutcome> {
  const startedMs = options.nowMs();
  const { sink, taken } = watched(load.lane.sink);
  const parcels = load.placed.map(({ parcel }) => parcel);
  // An open call goes on when the batch leaves, but the process may not: what a sink can ask for by its receipts is left
  // to the drainer, and the receipts are durable before the batch ends.
  const delivery = deliver(parcels, sink, {
    ...options,
    deadlineMs: Math.min(options.deadlineMs, startedMs + PATIENCE_MS),
    cutOffMs: startedMs + CALL_MS,
    hearsUntilMs: startedMs + PATIENCE_MS,
    attempts: ATTEMPTS,
    backoffMs: BACKOFF_MS,
    inOrder: true,
  });
  const report = await patience.within(delivery);
  return report === undefined ? leave(load, taken, delivery, options) : keepRest(load, report, options);
}

/** Keeps what the lane did not take in time. */
async function keepRest(
  { lane, placed }: LaneLoad,
  { delivered, undelivered, cut }: DeliveryReport,
  options: SendOptions,
): Promise<LaneOutcome> {
  const { store, nowMs } = options;
  const { waiting, dead } = sorted(undelivered);
  await store.backlog.park(lane.id, of(placed, waiting), nowMs());
  await store.deadLetters.keep(lane.id, dead, nowMs());
  const failure = failureIn(undelivered);
  if (failure !== undefined) await note(lane, (state) => failed(lane, state, failure, options), options);
  else if (waiting.size > 0) await mark(lane, options);
  return {
    lane,
    delivered: delivered.length,
    cut,
    parked: placed.length - delivered.length - dead.length,
    deadLetters: dead.length,
    reason: failure?.reason ?? dead[0]?.reason ?? (waiting.size > 0 ? SLOW : undefined),
  };
}

/**
 * Leaves a lane whose call is still open: its parcels are kept, those under way included, and a claim keeps the drainer
 * from sending them once more. When the call ends, what the sink took leaves the backlog.
 */
async function leave(
  load: LaneLoad,
  taken: ReadonlySet<string>,
  delivery: Promise<DeliveryReport>,
  options: SendOptions,
): Promise<LaneOutcome> {
  const { lane, placed } = load;
  const { store, nowMs, later = () => {} } = options;
  const by = `batch ${placed[0]?.position} ${nowMs()}`;
  await mark(lane, options, by);
  const rest = placed.flatMap(({ position, parcel }) =>
    taken.has(parcel.id) ? [] : [{ position, parcel: withReceipt(parcel, lane.sink) }],
  );
  const key = await store.backlog.park(lane.id, rest, nowMs());
  later(finish(lane, key, rest, by, delivery, options).catch(() => undefined));
  const delivered = placed.length - rest.length;
  return { lane, delivered, cut: 0, parked: rest.length, deadLetters: 0, reason: SLOW };
}

async function finish(
  lane: Lane,
  key: string | undefined,
  rest: readonly Placed[],
  by: string,
  delivery: Promise<DeliveryReport>,
  options: SendOptions,
): Promise<LaneOutcome> {
  const { store, nowMs } = options;
  const { undelivered, cut } = await delivery;
  const { waiting, dead } = sorted(undelivered);
  await store.deadLetters.keep(lane.id, dead, nowMs());
  const parked = key === undefined ? undefined : await store.backlog.read(key);
  if (parked !== undefined) await keepWaiting(parked, waiting, store.backlog);
  const failure = failureIn(undelivered);
  await store.states.release(lane.id, by, (state) =>
    failure === undefined ? state : failed(lane, state, failure, options),
  );
  const parkedNow = of(rest, waiting).length;
  const delivered = rest.length - parkedNow - dead.length;
  const reason = failure?.reason ?? dead[0]?.reason;
  return { lane, delivered, cut, parked: parkedNow, deadLetters: dead.length, reason };
}

/** Marks a lane as slow, so that the next batches do not call it, and claims it for `by`, whose call is open. */
async function mark(lane: Lane, options: SendOptions, by?: string): Promise<void> {
  const { store, nowMs } = options;
  await note(
    lane,
    (state) => {
      const now = nowMs();
      const mayClaim = by !== undefined && isFree(state, by, now);
      return {
        ...state,
        slow: foundSlow(state.slow, now),
        ...(mayClaim && { claim: { by, untilMs: now + CALL_MS } }),
      };
    },
    options,
  );
  await store.backlog.markSlow(lane.id, nowMs()).catch(() => {});
}

/** Returns the sink's first failure. Parcels that it has sent and still has to ask for make a lane slow, not failed. */
function failureIn(undelivered: readonly Undelivered[]): Failure | undefined {
  const others = undelivered.filter(({ kind, parcel }) => kind !== 'retry' || parcel.receipt === undefined);
  return firstFailureIn(others, NO_TIME_LEFT);
}

/** Notes what the drainer should know of a lane. Without a note it finds out itself. */
async function note(lane: Lane, change: (state: LaneState) => LaneState, { store }: SendOptions): Promise<void> {
  await store.states.update(lane.id, change).catch(() => false);
}

/** Returns the state after a failure of the sink, with how long it asks to wait. */
function failed<State extends LaneState>(
  { revision }: Lane,
  state: State,
  failure: Failure,
  { nowMs, random }: SendOptions,
): State {
  const now = nowMs();
  return { ...state, circuit: { ...afterFailure(state.circuit, failure, now, now, random), revision } };
}

/** Returns the sink, and the ids of the parcels that it has taken so far. */
function watched(sink: DeliverySink): { readonly sink: DeliverySink; readonly taken: ReadonlySet<string> } {
  const taken = new Set<string>();
  return {
    taken,
    sink: {
      ...sink,
      async deliver(parcels, untilMs) {
        const verdicts = await sink.deliver(parcels, untilMs);
        for (const [i, { id }] of parcels.entries()) if (verdicts[i]?.kind === 'delivered') taken.add(id);
        return verdicts;
      },
    },
  };
}

/** Returns those that wait, with their receipts. */
function of(placed: readonly Placed[], waiting: ReadonlyMap<string, Parcel>): readonly Placed[] {
  return placed.flatMap(({ position, parcel: { id } }) => {
    const parcel = waiting.get(id);
    return parcel === undefined ? [] : [{ position, parcel }];
  });
}
