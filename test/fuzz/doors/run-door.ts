// Tries one door in a process of its own, and ends the process when an input hangs. What ends it otherwise, such as a heap
// that is full, is a finding too.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attempt } from '../../../lib/base/attempt.ts';
import type { Finding, Tally } from './try-door.ts';
import type { WorkerOrder } from './worker.ts';

const OPEN_MS = 60_000;
const EVERY_DOOR = new URL('table.ts', import.meta.url).href;

export interface DoorRun {
  readonly seed: number;
  readonly inputs: number;
  /** @default as long as the inputs take */
  readonly forMs?: number | undefined;
  /** Number of the first input. @default 0 */
  readonly from?: number;
  /** An input that takes longer is a finding. */
  readonly hangMs: number;
  /** A door that takes longer to open, with its seeds, cannot be tried. @default 60,000 ms */
  readonly openMs?: number;
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
    const forMs = run.forMs === undefined ? undefined : run.forMs - (performance.now() - startedMs);
    if (forMs !== undefined && forMs <= 0) break;
    // oxlint-disable-next-line no-await-in-loop -- the next begins behind the input that ended this one
    const { tally, ended } = await inProcess(door, { ...run, from, to: first + run.inputs, forMs });
    total.inputs += tally.inputs;
    total.taken += tally.taken;
    total.refused += tally.refused;
    total.findings.push(...tally.findings);
    if (ended === undefined) break;
    total.inputs += 1;
    total.findings.push(ended);
    from = ended.at + 1;
  }
  return total;
}

interface ProcessOutcome {
  /** Of the inputs before the one that ended the process, if one did. */
  readonly tally: Tally;
  /** The input that ended the process. */
  readonly ended?: Finding;
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

async function inProcess(
  door: string,
  run: Omit<WorkerOrder, 'table' | 'door' | 'progress' | 'findings'> &
    Pick<DoorRun, 'hangMs' | 'openMs' | 'heapMb' | 'table'>,
): Promise<ProcessOutcome> {
  const { seed, from, to, forMs, hangMs, openMs = OPEN_MS, heapMb, table = EVERY_DOOR } = run;
  const folder = mkdtempSync(join(tmpdir(), 'protector-fuzz-'));
  const [progress, findings] = [join(folder, 'at'), join(folder, 'findings')] as const;
  const order: WorkerOrder = { table, door, seed, from, to, forMs, progress, findings };
  const child = fork(WORKER, [JSON.stringify(order)], {
    execArgv: [`--max-old-space-size=${heapMb}`, '--disable-warning=ExperimentalWarning'],
    // What a handler prints is no finding, and not for the terminal.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  /** The input under way, and how many before it were taken and refused; -1: the door is being opened. */
  const under = (): readonly number[] => {
    const text = read(progress);
    return text === '' ? [-1, 0, 0] : text.split(/\s+/).map(Number);
  };
  let tally: Tally | undefined;
  child.on('message', (sent: Tally) => (tally = sent));
  let seen = { at: -1, sinceMs: performance.now() };
  let hung = false;
  const watch = setInterval(() => {
    const [at = -1] = under();
    if (at !== seen.at) seen = { at, sinceMs: performance.now() };
    else if (performance.now() - seen.sinceMs > (at < 0 ? openMs : hangMs)) hung = child.kill('SIGKILL');
  }, 100);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearInterval(watch);
  const [at = -1, taken = 0, refused = 0] = under();
  const found = read(findings)
    .split('\n')
    .filter((line) => line !== '');
  rmSync(folder, { recursive: true, force: true });
  if (tally !== undefined) return { tally };
  const limitMs = at < from ? openMs : hangMs;
  const what = hung ? `hangs: longer than ${limitMs} ms` : `ends the process: ${signal ?? `status ${code}`}`;
  if (at < from) throw new Error(`${door} could not be opened: ${what}`);
  const before = { inputs: at - from, taken, refused, findings: found.map((line) => JSON.parse(line) as Finding) };
  return { tally: before, ended: { at, what } };
}

function read(path: string): string {
  const text = attempt(() => readFileSync(path, 'latin1').trim());
  return text.ok ? text.value : '';
}
