// Tries one door in a process of its own, and ends the process when an input hangs. What ends it otherwise, such as a heap
// that is full, is a finding too.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attempt } from '../../../lib/base/attempt.ts';
import type { Tally } from './try-door.ts';
import type { WorkerOrder } from './worker.ts';

const EVERY_DOOR = new URL('table.ts', import.meta.url).href;

export interface DoorRun {
  readonly seed: number;
  readonly inputs: number;
  readonly forMs: number;
  /** Number of the first input. @default 0 */
  readonly from?: number;
  /** An input that takes longer is a finding. */
  readonly hangMs: number;
  /** URL of the module with the door. @default every door */
  readonly table?: string;
  /** The heap of the process, in MB: an input that needs more is a finding. */
  readonly heapMb: number;
}

/** Tries a door. Goes on behind an input that hangs. Rejects when the door does not take its own seeds. */
export async function runDoor(door: string, run: DoorRun): Promise<Tally> {
  const total: Tally = { inputs: 0, taken: 0, refused: 0, findings: [] };
  const startedMs = performance.now();
  const first = run.from ?? 0;
  for (let from = first; from < first + run.inputs; ) {
    const forMs = run.forMs - (performance.now() - startedMs);
    if (forMs <= 0) break;
    // oxlint-disable-next-line no-await-in-loop -- the next begins behind the input that ended this one
    const { tally, ended } = await inProcess(door, { ...run, from, to: first + run.inputs, forMs });
    total.inputs += tally.inputs;
    total.taken += tally.taken;
    total.refused += tally.refused;
    total.findings.push(...tally.findings);
    if (ended === undefined) break;
    total.inputs += ended.at - from + 1;
    total.findings.push(ended);
    from = ended.at + 1;
  }
  return total;
}

interface ProcessOutcome {
  readonly tally: Tally;
  /** The input that ended the process. */
  readonly ended?: Tally['findings'][number];
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

async function inProcess(
  door: string,
  run: Omit<WorkerOrder, 'table' | 'door' | 'progress'> & Pick<DoorRun, 'hangMs' | 'heapMb' | 'table'>,
): Promise<ProcessOutcome> {
  const { seed, from, to, forMs, hangMs, heapMb, table = EVERY_DOOR } = run;
  const folder = mkdtempSync(join(tmpdir(), 'protector-fuzz-'));
  const progress = join(folder, 'at');
  const order: WorkerOrder = { table, door, seed, from, to, forMs, progress };
  const child = fork(WORKER, [JSON.stringify(order)], {
    execArgv: [`--max-old-space-size=${heapMb}`, '--disable-warning=ExperimentalWarning'],
    // What a handler prints is no finding, and not for the terminal.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const under = (): number => {
    const text = attempt(() => readFileSync(progress, 'latin1').trim());
    return text.ok && text.value !== '' ? Number(text.value) : -1;
  };
  let tally: Tally | undefined;
  child.on('message', (sent: Tally) => (tally = sent));
  let seen = { at: -1, sinceMs: performance.now() };
  let hung = false;
  const watch = setInterval(() => {
    const at = under();
    if (at !== seen.at) seen = { at, sinceMs: performance.now() };
    else if (at >= 0 && performance.now() - seen.sinceMs > hangMs) hung = child.kill('SIGKILL');
  }, 100);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearInterval(watch);
  const at = under();
  rmSync(folder, { recursive: true, force: true });
  if (tally !== undefined) return { tally };
  const what = hung ? `hangs: longer than ${hangMs} ms` : `ends the process: ${signal ?? `status ${code}`}`;
  if (at < from) throw new Error(`${door} could not be opened: ${what}`);
  return { tally: { inputs: 0, taken: 0, refused: 0, findings: [] }, ended: { at, what } };
}
