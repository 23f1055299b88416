// A thread that sends inputs through one door until its number or time is used up. Started by `runDoor`.
import { parentPort, workerData } from 'node:worker_threads';
import { DOORS } from './table.ts';
import { readyDoor, type Tally, tryInput } from './try-door.ts';

export interface WorkerOrder {
  readonly door: string;
  readonly seed: number;
  /** Number of the first input, and of the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly forMs: number;
  /** The number of the input under way, for the thread that watches. */
  readonly progress: SharedArrayBuffer;
}

/** Findings of one kind after which a door is left. */
const ENOUGH = 20;

const { door: name, seed, from, to, forMs, progress } = workerData as WorkerOrder;
const under = new Int32Array(progress);
const ready = await readyDoor(DOORS.find((door) => door.name === name)!);
const tally: Tally = { inputs: 0, taken: 0, refused: 0, findings: [] };
const untilMs = performance.now() + forMs;
for (let at = from; at < to && performance.now() < untilMs && tally.findings.length < ENOUGH; at++) {
  Atomics.store(under, 0, at);
  // oxlint-disable-next-line no-await-in-loop -- one input at a time, so that a hang has one cause
  await tryInput(ready, seed, at, tally);
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort!.postMessage(tally);
// Doors may leave timers behind.
process.exit();
