/** A task to time: one `run` processes `units` values or rows. */
export interface Task {
  readonly name: string;
  readonly units: number;
  readonly run: () => unknown;
}

/** Seconds per unit of every task, round by round. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** Long enough for the clock, short enough that all tasks of a round see the same load. */
const ROUND_MS = 12;

/**
 * Runs every task in every round, so that other load on the machine slows all of them; only ratios within a round mean
 * much. A first round, which is not counted, is for the compiler.
 */
export async function interleave(tasks: readonly Task[], rounds: number): Promise<Rounds> {
  const measured = new Map<string, number[]>(tasks.map(({ name }) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const task of tasks) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      const seconds = await time(task, ROUND_MS);
      if (round >= 0) measured.get(task.name)!.push(seconds / task.units);
    }
  }
  return measured;
}

/** Short enough that other processes leave most such turns alone. */
const TURN_MS = 1;
/** Long enough for the compiler, which other load delays. */
const WARM_MS = 300;

/**
 * Runs pairs of tasks, one pair after the other, each pair in many short turns: of a turn that another process interrupts,
 * only one ratio is lost.
 */
export async function inTurns(pairs: readonly (readonly [Task, Task])[], turns: number): Promise<Rounds> {
  const measured = new Map<string, number[]>();
  for (const pair of pairs) {
    for (const task of pair) {
      measured.set(task.name, []);
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      await time(task, WARM_MS);
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const task of pair) {
        // oxlint-disable-next-line no-await-in-loop
        const seconds = await time(task, TURN_MS);
        measured.get(task.name)!.push(seconds / task.units);
      }
    }
  }
  return measured;
}

/** Seconds per run, averaged over as many runs as fill the minimum time. */
async function time({ run }: Task, leastMs: number): Promise<number> {
  const from = performance.now();
  let runs = 0;
  let elapsed = 0;
  do {
    const result = run();
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    if (result instanceof Promise) await result;
    runs++;
    elapsed = performance.now() - from;
  } while (elapsed < leastMs);
  return elapsed / 1000 / runs;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
