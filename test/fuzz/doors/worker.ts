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
  /** JSON has no infinity: absent where the time has no limit. */
  readonly forMs?: number | undefined;
  /** A file that holds the number of the input under way, and how many were taken and refused, as decimal digits. */
  readonly progress: string;
  /** A file of findings, one JSON object a line. Both files outlive whatever ends this process. */
  readonly findings: string;
}

/** Findings after which a door is left. */
const ENOUGH = 20;

const { table, door: name, seed, from, to, forMs, progress, findings } = JSON.parse(process.argv[2]!) as WorkerOrder;
const { DOORS } = (await import(table)) as { readonly DOORS: readonly Door[] };
const file = openSync(progress, 'w');
const list = openSync(findings, 'w');
const ready = await readyDoor(DOORS.find((door) => door.name === name)!);
const tally: Tally = { inputs: 0, taken: 0, refused: 0, findings: [] };
const untilMs = forMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + forMs;
for (let at = from; at < to && performance.now() < untilMs && tally.findings.length < ENOUGH; at++) {
  const known = tally.findings.length;
  writeSync(file, [at, tally.taken, tally.refused].map((number) => String(number).padStart(10)).join(' '), 0);
  // oxlint-disable-next-line no-await-in-loop -- one input at a time, so that a hang has one cause
  await tryInput(ready, seed, at, tally);
  for (const finding of tally.findings.slice(known)) writeSync(list, `${JSON.stringify(finding)}\n`);
}
// Doors may leave timers behind.
process.send!(tally, () => process.exit());
