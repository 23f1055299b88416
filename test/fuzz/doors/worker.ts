// A process that sends inputs through one door until their number or time is used up. Started by `runDoor`.
import { openSync, writeSync } from 'node:fs';
import type { Door } from './door.ts';
import { readyDoor, type Tally, tryInput } from './try-door.ts';

export interface WorkerOrder {
  /** URL of a module whose `DOORS` has the door. */
  readonly table: string;
  readonly door: string;
  readonly seed: number;
  /** Number of the first input, and of the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly forMs: number;
  /** A file that holds the number of the input under way, as decimal digits: it outlives whatever ends this process. */
  readonly progress: string;
}

/** Findings after which a door is left. */
const ENOUGH = 20;

const { table, door: name, seed, from, to, forMs, progress } = JSON.parse(process.argv[2]!) as WorkerOrder;
const { DOORS } = (await import(table)) as { readonly DOORS: readonly Door[] };
const file = openSync(progress, 'w');
const ready = await readyDoor(DOORS.find((door) => door.name === name)!);
const tally: Tally = { inputs: 0, taken: 0, refused: 0, findings: [] };
const untilMs = performance.now() + forMs;
for (let at = from; at < to && performance.now() < untilMs && tally.findings.length < ENOUGH; at++) {
  writeSync(file, String(at).padStart(10), 0);
  // oxlint-disable-next-line no-await-in-loop -- one input at a time, so that a hang has one cause
  await tryInput(ready, seed, at, tally);
}
// Doors may leave timers behind.
process.send!(tally, () => process.exit());
