/** A task to time: one `run` processes `units` values or rows. */
export interface Task {
  readonly name: string;
  readonly units: number;
  readonly run: () => unknown;
}

/** Seconds per unit of every task, round by round. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** Long enough for the clock, short enough that all tasks of a round see the same load. */
const ROUND_MS = 30;

/**
 * Runs every task in every round, so that other load on the machine slows all of them; only ratios within a round mean
 * much. A first round, which is not counted, is for the compiler.
 */
export async function interleave(
  tasks: readonly Task[],
  rounds: number,
  nowMs: () => number = () => performance.now(),
): Promise<Rounds> {
  const measured = new Map<string, number[]>(tasks.map(({ name }) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const task of tasks) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      const seconds = await time(task, nowMs);
      if (round >= 0) measured.get(task.name)!.push(seconds / task.units);
    }
  }
  return measured;
}

/** Processor time of this process: what other processes take does not count. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Seconds per run, averaged over as many runs as fill the minimum time. */
async function time({ run }: Task, nowMs: () => number): Promise<number> {
  const from = nowMs();
  let runs = 0;
  let elapsed = 0;
  do {
    const result = run();
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    if (result instanceof Promise) await result;
    runs++;
    elapsed = nowMs() - from;
  } while (elapsed < ROUND_MS);
  return elapsed / 1000 / runs;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
