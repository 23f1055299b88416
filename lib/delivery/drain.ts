// Drains backlogs when the clock strikes: each lane in order, and by one drainer at a time.
import { settled, valueOf } from '../base/attempt.ts';
import type { Parked } from './backlog.ts';
import { afterFailure, type Circuit, type Failure, failureIn } from './circuit.ts';
import { deliver, NO_TIME_LEFT } from './deliver.ts';
import type { Lane, LaneStore } from './lane.ts';
import { CALL_MS, PATIENCE_MS } from './limits.ts';
import type { DeliverySink, Pace, Parcel, Verdict } from './ports.ts';
import { keepWaiting, sorted } from './settle.ts';
import { Slots } from './slots.ts';
import { type Slow, stillSlow } from './slow.ts';

/**
 * Finds a lane by its id. `disabled`: its sink is switched off and keeps its backlog. Undefined: the sink no longer
 * exists.
 */
export type FindLane = (id: string) => Lane | 'disabled' | undefined;

export interface DrainOptions extends Pace {
  readonly store: LaneStore;
  readonly findLane: FindLane;
  /** No call begins after this, in epoch milliseconds; the last one may end `CALL_MS` later. */
  readonly deadlineMs: number;
  /** Ids of the lanes to drain. @default all with a backlog */
  readonly lanes?: Iterable<string>;
  /** Tries each lane once without waiting for its next try. @default false */
  readonly now?: boolean;
  /** The name of this drainer, unique among those that may run at the same time. */
  readonly claimant: string;
}

/** The outcome for one lane with a backlog. */
export interface DrainOutcome {
  readonly id: string;
  /** Undefined for a sink that no longer exists. */
  readonly lane: Lane | undefined;
  readonly delivered: number;
  /** How many of the delivered parcels were cut to a limit of the sink. */
  readonly cut: number;
  readonly deadLetters: number;
  /** Present while parcels wait for a sink that fails. */
  readonly circuit: Circuit | undefined;
  /** Whether a call took longer than a batch waits. */
  readonly isSlow: boolean;
}

/** A parcel that has waited this long becomes a dead letter when its sink fails again. */
const WAITS_FOR_MS = 24 * 60 * 60_000;
/** How long the drainer lets a slow lane collect parcels before it looks again. */
const LOOK_AGAIN_MS = 2_000;
/** How many objects are read and sent together. */
const TOGETHER = 8;

/**
 * Sends all backlogs at the same time, each from its oldest parcel on, until the backlog is empty, the lane fails and
 * its next try is after the deadline, or time is up. A lane whose settings have changed since it failed is tried at once.
 * Parcels that have waited for 24 hours when their sink fails again become dead letters; those of a sink that no longer
 * exists do so without a call. Skips lanes that another drainer
 * holds. Resolves to an outcome per lane with a backlog. Rejects with `StoreError` after all other lanes are done; no
 * parcel is lost by that.
 */
export async function drain(options: DrainOptions): Promise<readonly DrainOutcome[]> {
  const slots = new Slots(options);
  const ids = [...(options.lanes ?? (await options.store.backlog.lanes()))];
  const outcomes = await Promise.all(ids.map((id) => settled(drainLane(id, slots, options))));
  return outcomes.map((outcome) => valueOf(outcome));
}

interface Pass {
  readonly delivered: number;
  readonly cut: number;
  readonly deadLetters: number;
  readonly circuit: Circuit | undefined;
  /** Whether a call took longer than a batch waits. */
  readonly isSlow: boolean;
}

async function drainLane(id: string, slots: Slots, options: DrainOptions): Promise<DrainOutcome> {
  const { store, deadlineMs, nowMs, sleep } = options;
  const found = options.findLane(id);
  const lane = found === 'disabled' ? undefined : found;
  let { circuit } = await store.states.read(id);
  const outcome = { id, lane, delivered: 0, cut: 0, deadLetters: 0, isSlow: false };
  if (found === 'disabled') return { ...outcome, circuit: undefined };
  for (;;) {
    const nextTryMs = Math.max(holds(circuit, lane, options) ? (circuit?.nextTryMs ?? 0) : 0, nowMs());
    if (nextTryMs >= deadlineMs) return { ...outcome, circuit };
    if (nextTryMs > nowMs()) await sleep(nextTryMs - nowMs());
    const pass = await claimed(id, options, () =>
      lane === undefined ? giveUp(id, options) : deliverAll(lane, slots, options),
    );
    if (pass === undefined) return { ...outcome, circuit };
    outcome.delivered += pass.delivered;
    outcome.cut += pass.cut;
    outcome.deadLetters += pass.deadLetters;
    outcome.isSlow ||= pass.isSlow;
    circuit = pass.circuit;
    if (circuit !== undefined && options.now === true) return { ...outcome, circuit };
    if (circuit !== undefined) continue;
    // Batches do not call a slow lane: while it has parcels, the drainer looks for the next ones.
    const hasMore = pass.isSlow && pass.delivered > 0 && nowMs() + LOOK_AGAIN_MS < deadlineMs;
    if (!hasMore) return { ...outcome, circuit };
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Says whether the lane has to wait: not when its settings have changed since they failed, nor when it is asked for. */
function holds(circuit: Circuit | undefined, lane: Lane | undefined, { now = false }: DrainOptions): boolean {
  return circuit !== undefined && !now && (lane === undefined || circuit.revision === lane.revision);
}

/** Runs a pass under a claim of the lane. Resolves to undefined when another holds it. */
async function claimed(
  id: string,
  { store: { states, backlog }, claimant, deadlineMs, nowMs }: DrainOptions,
  pass: () => Promise<Pass>,
): Promise<Pass | undefined> {
  const untilMs = deadlineMs + 2 * CALL_MS;
  if (!(await states.claim(id, { by: claimant, untilMs }, nowMs()))) return undefined;
  const done = await pass();
  let slow: Slow | undefined;
  await states.release(id, claimant, (state) => {
    slow = done.isSlow ? stillSlow(state.slow, nowMs()) : state.slow;
    return { circuit: done.circuit, slow };
  });
  if (done.isSlow) await backlog.markSlow(id, nowMs());
  else if (done.circuit === undefined && (slow?.untilMs ?? 0) <= nowMs()) await backlog.unmarkSlow(id);
  return done;
}

/** Sends the objects of a lane in order until none is left, the sink fails or time is up. */
async function deliverAll(lane: Lane, slots: Slots, options: DrainOptions): Promise<Pass> {
  const { store, nowMs, deadlineMs } = options;
  const { sink, longest } = timed(lane.sink, slots, nowMs);
  /** Ids delivered or given up in this pass. Parcels of a batch that was offered twice may be in several objects. */
  const done = new Set<string>();
  let delivered = 0;
  let cut = 0;
  let deadLetters = 0;
  let circuit: Circuit | undefined;
  for await (const together of groups(lane.id, store)) {
    if (nowMs() >= deadlineMs) break;
    const parcels = unique(together.flatMap((parked) => parked.parcels)).filter(({ id }) => !done.has(id));
    const report = await deliver(parcels, sink, {
      ...options,
      cutOffMs: deadlineMs + CALL_MS,
      attempts: 1,
      inOrder: true,
    });
    const { waiting, dead } = sorted(report.undelivered);
    await store.deadLetters.keep(lane.id, dead, nowMs());
    await Promise.all(together.map((parked) => keepWaiting(parked, waiting, store.backlog)));
    for (const { id } of parcels) if (!waiting.has(id)) done.add(id);
    delivered += report.delivered.length;
    cut += report.cut;
    deadLetters += dead.length;
    const failure = failureIn(report.undelivered, NO_TIME_LEFT);
    if (failure === undefined) continue;
    const before = delivered > 0 ? undefined : (await store.states.read(lane.id)).circuit;
    const after = await afterTrouble(lane, failure, before, options);
    deadLetters += after.expired;
    ({ circuit } = after);
    break;
  }
  return { delivered, cut, deadLetters, circuit, isSlow: longest() > PATIENCE_MS };
}

async function giveUp(id: string, options: DrainOptions): Promise<Pass> {
  const failure: Failure = { kind: 'config', reason: 'there is no such sink any more' };
  const { circuit: before } = await options.store.states.read(id);
  const { expired, circuit } = await afterTrouble({ id }, failure, before, options);
  return { delivered: 0, cut: 0, deadLetters: expired, circuit, isSlow: false };
}

/** Moves parcels that have waited too long to the dead letters, and returns when the rest is tried again. */
async function afterTrouble(
  { id, revision }: Pick<Lane, 'id' | 'revision'>,
  failure: Failure,
  before: Circuit | undefined,
  { store, nowMs, random, deadlineMs }: DrainOptions,
): Promise<{ readonly expired: number; readonly circuit: Circuit | undefined }> {
  const attempts = (before?.failures ?? 0) + 1;
  let expired = 0;
  for await (const key of store.backlog.keys(id)) {
    const parked = await store.backlog.take(key);
    if (parked === undefined) continue;
    if (parked.parkedMs + WAITS_FOR_MS > nowMs() || nowMs() >= deadlineMs) {
      return { expired, circuit: { ...afterFailure(before, failure, parked.parkedMs, nowMs(), random), revision } };
    }
    const { kind, reason } = failure;
    await store.deadLetters.keep(
      id,
      parked.parcels.map((parcel) => ({ parcel, kind, reason, attempts })),
      nowMs(),
    );
    await store.backlog.remove(parked);
    expired += parked.parcels.length;
  }
  return { expired, circuit: undefined };
}

/** Reads the objects of a lane, some at a time. */
async function* groups(id: string, { backlog }: LaneStore): AsyncGenerator<readonly Parked[]> {
  let keys: string[] = [];
  const read = async (): Promise<readonly Parked[]> => {
    const found = await Promise.all(keys.splice(0).map((key) => backlog.take(key)));
    return found.filter((parked) => parked !== undefined);
  };
  for await (const key of backlog.keys(id)) {
    if (keys.push(key) === TOGETHER) yield await read();
  }
  if (keys.length > 0) yield await read();
}

function unique(parcels: readonly Parcel[]): readonly Parcel[] {
  return [...new Map(parcels.map((parcel) => [parcel.id, parcel])).values()];
}

/** Returns the sink behind the slots, and a function that returns how long its longest call took so far. */
function timed(
  sink: DeliverySink,
  slots: Slots,
  nowMs: () => number,
): { readonly sink: DeliverySink; readonly longest: () => number } {
  let longestMs = 0;
  const call = async (parcels: readonly Parcel[], untilMs?: number): Promise<readonly Verdict[]> => {
    const startedMs = nowMs();
    try {
      return await sink.deliver(parcels, untilMs);
    } finally {
      longestMs = Math.max(longestMs, nowMs() - startedMs);
    }
  };
  return {
    sink: { ...sink, deliver: (parcels, untilMs) => slots.run(() => call(parcels, untilMs)) },
    longest: () => longestMs,
  };
}
