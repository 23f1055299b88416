// Lanes over a store and sinks in memory, with a process that can die at any of its calls.
import type { Placed } from '../../lib/delivery/backlog.ts';
import { drain, type DrainOptions, type DrainOutcome, type FindLane } from '../../lib/delivery/drain.ts';
import type { Lane, LaneLoad } from '../../lib/delivery/lane.ts';
import { laneStore } from '../../lib/delivery/lane.ts';
import type { ListableStore } from '../../lib/delivery/ports.ts';
import { send, type LaneOutcome, type SendOptions } from '../../lib/delivery/send.ts';
import { MemorySink } from './memory-sink.ts';
import type { VirtualTime } from './virtual-time.ts';

export const MINUTE_MS = 60_000;

export interface LaneUnderTest extends Lane {
  readonly sink: MemorySink;
}

export function laneUnderTest(id: string): LaneUnderTest {
  return { id, kind: 'memory', sink: new MemorySink() };
}

/** Lets the sinks of lanes answer late, by this clock. */
export function slowBy(time: VirtualTime, lanes: readonly LaneUnderTest[]): void {
  for (const { sink } of lanes) sink.pause = (ms) => time.sleep(ms);
}

/** `a 7`: the eighth parcel of the stream, for lane `a`. */
export function placed(lane: string, number: number): Placed {
  const id = `${lane} ${number}`;
  return { position: String(number).padStart(64, '0'), parcel: { id, timeMs: number, body: JSON.stringify({ id }) } };
}

export function loadOf(lane: Lane, numbers: readonly number[]): LaneLoad {
  return { lane, placed: numbers.map((number) => placed(lane.id, number)) };
}

export function sendAll(
  loads: readonly LaneLoad[],
  store: ListableStore,
  time: VirtualTime,
  later?: SendOptions['later'],
): Promise<readonly LaneOutcome[]> {
  const deadlineMs = time.nowMs() + MINUTE_MS;
  return send(loads, { ...paceOf(time), store: laneStore(store), deadlineMs, ...(later && { later }) });
}

/** Runs one drainer. */
export function drainAll(
  lanes: readonly Lane[] | FindLane,
  store: ListableStore,
  time: VirtualTime,
  { forMs = 45_000, ...options }: { readonly forMs?: number } & Partial<DrainOptions> = {},
): Promise<readonly DrainOutcome[]> {
  const findLane = typeof lanes === 'function' ? lanes : (id: string) => lanes.find((lane) => lane.id === id);
  const deadlineMs = time.nowMs() + forMs;
  return drain({ ...paceOf(time), store: laneStore(store), findLane, deadlineMs, claimant: 'one', ...options });
}

function paceOf({ nowMs, sleep, random }: VirtualTime) {
  return { nowMs, sleep, random };
}
