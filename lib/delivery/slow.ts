// Decides how long a slow lane is left to the drainer.

/** A lane that needed longer than a batch waits. New parcels go to its backlog at once while it is marked there. */
export interface Slow {
  /** How often batches found it slow, not counting times long ago. */
  readonly times: number;
  /** When batches may call it again, in epoch milliseconds, if the drainer finds it quick. */
  readonly untilMs: number;
}

const SECOND_MS = 60_000;
const CONFIRMED_MS = 10 * 60_000;
const LONGEST_MS = 60 * 60_000;

/**
 * Returns the state after a batch found a lane slow. The first time, batches may call it as soon as the drainer finds it
 * quick: perhaps this process had just begun. Then they leave it alone for a minute, and twice as long each time up to
 * an hour.
 */
export function foundSlow(before: Slow | undefined, nowMs: number): Slow {
  const isRecent = before !== undefined && nowMs < before.untilMs + LONGEST_MS;
  const times = isRecent ? before.times + 1 : 1;
  return { times, untilMs: nowMs + holdMs(times) };
}

/** Returns the state after the drainer found a lane slow: as long again as the last time, ten minutes at least. */
export function stillSlow(before: Slow | undefined, nowMs: number): Slow {
  const times = before?.times ?? 1;
  return { times, untilMs: nowMs + Math.max(CONFIRMED_MS, holdMs(times)) };
}

function holdMs(times: number): number {
  return times < 2 ? 0 : Math.min(LONGEST_MS, SECOND_MS * 2 ** Math.min(times - 2, 20));
}
