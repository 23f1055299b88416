// Tries one door in a thread of its own, and ends the thread when an input hangs or takes all memory.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Tally } from './try-door.ts';
import type { WorkerOrder } from './worker.ts';

export interface DoorRun {
  readonly seed: number;
  readonly inputs: number;
  readonly forMs: number;
  /** Number of the first input. @default 0 */
  readonly from?: number;
  /** An input that takes longer is a finding. */
  readonly hangMs: number;
  /** The heap of the thread, in MB: an input that needs more is a finding. */
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
    const { tally, ended } = await inThread(door, { ...run, from, to: first + run.inputs, forMs });
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

interface ThreadOutcome {
  readonly tally: Tally;
  /** The input that ended the thread. */
  readonly ended?: Tally['findings'][number];
}

async function inThread(
  door: string,
  {
    seed,
    from,
    to,
    forMs,
    hangMs,
    heapMb,
  }: Omit<WorkerOrder, 'door' | 'progress'> & Pick<DoorRun, 'hangMs' | 'heapMb'>,
): Promise<ThreadOutcome> {
  const progress = new SharedArrayBuffer(4);
  const under = new Int32Array(progress);
  under[0] = -1;
  const order: WorkerOrder = { door, seed, from, to, forMs, progress };
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    // What a handler prints is no finding, and not for the terminal.
    stdout: true,
  });
  worker.stdout.resume();
  let tally: Tally | undefined;
  let fault: Error | undefined;
  worker.on('message', (sent: Tally) => (tally = sent)).on('error', (error: Error) => (fault = error));
  let seen = { at: -1, sinceMs: performance.now() };
  let hung = false;
  const watch = setInterval(() => {
    const at = Atomics.load(under, 0);
    if (at !== seen.at) seen = { at, sinceMs: performance.now() };
    else if (at >= 0 && performance.now() - seen.sinceMs > hangMs) {
      hung = true;
      void worker.terminate();
    }
  }, 100);
  await once(worker, 'exit');
  clearInterval(watch);
  if (tally !== undefined) return { tally };
  const at = Atomics.load(under, 0);
  const nothing: Tally = { inputs: 0, taken: 0, refused: 0, findings: [] };
  if (hung) return { tally: nothing, ended: { at, what: `hangs: longer than ${hangMs} ms` } };
  if (at < 0) throw fault ?? new Error(`${door} could not be opened`);
  return { tally: nothing, ended: { at, what: `ends the process: ${fault?.message ?? 'no message'}` } };
}
