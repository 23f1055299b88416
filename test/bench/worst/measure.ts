// A process that measures the inputs of one door after the other, and tells each ratio as soon as it knows it. Started by
// `measure-doors.ts`, which ends it when an input takes too long.

import type { Input, OpenDoor } from './door.ts';
import { boundOf, riseOf } from './peak.ts';
import { WORST_DOORS } from './table.ts';

export interface MeasureOrder {
  readonly door: string;
  /** Inputs that have ended a process before. */
  readonly skip: readonly string[];
  /** Whether the memory of every input is wanted, and not that of the worst ones alone. */
  readonly whole: boolean;
}

/** An input begins, or it is known what one of its bytes costs, in bytes of the usual input. `end` comes last. */
export type MeasureMessage =
  | { readonly kind: 'begin'; readonly name: string }
  | { readonly kind: 'time' | 'memory'; readonly name: string; readonly ratio: number }
  | { readonly kind: 'end' };

/** Bytes of an input: what a request costs at least, some milliseconds, must not count. */
const BYTES = 200_000;
/** A shorter run is repeated: the clock of the processor is coarse, and a first run also pays for the compiler. */
const LEAST_SECONDS = 0.02;
/** From this ratio on an input is measured again, beside the usual one, and the least of these rounds counts. */
const DOUBTFUL = 6;
const ROUNDS = 5;
/** Seconds for such rounds of one input. */
const ROUNDS_SECONDS = 8;
/** The peak of an input whose bound is below this ratio is not measured, except where all are wanted. */
const HARMLESS = 3;
/** A usual input that is shorter tells no memory for a byte. A JSON body takes 10 to 40 bytes for each of its bytes. */
const SHORT = 10_000;
const OF_SHORT = 20;
/** Pages that any request touches: a rise below it is none. */
const LEAST_RISE = 2 ** 20;

process.on('message', (order: MeasureOrder) => void measure(order));

async function measure({ door, skip, whole }: MeasureOrder): Promise<void> {
  const { open, memoryBytes } = WORST_DOORS.find(({ name }) => name === door)!;
  const opened = await open(BYTES);
  const bounds = await measureTimes({ ...opened, worst: opened.worst.filter(({ name }) => !skip.includes(name)) });
  await measurePeaks(memoryBytes === undefined ? opened : await open(memoryBytes), bounds, whole);
  tell({ kind: 'end' });
}

/** Tells the ratio of the time of each input. Returns bounds of their memory for each byte. */
async function measureTimes({ usual, worst }: OpenDoor): Promise<ReadonlyMap<string, number>> {
  // The compiler's work is not the input's.
  const first = await secondsOf(usual, 1);
  const repeats = repeatsFor(Math.min(first, await secondsOf(usual, 1)));
  const beside = async (): Promise<number> => (await secondsOf(usual, repeats)) / usual.bytes;
  const base = Math.min(await beside(), await beside());
  const bounds = new Map<string, number>();
  for (const input of worst) {
    tell({ kind: 'begin', name: input.name });
    let seconds = Infinity;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    const bound = await boundOf(async () => {
      seconds = await secondsOf(input, 1);
    });
    const ratio = seconds / input.bytes / base;
    bounds.set(input.name, bound / input.bytes);
    // oxlint-disable-next-line no-await-in-loop
    tell({
      kind: 'time',
      name: input.name,
      ratio: ratio <= DOUBTFUL ? ratio : await leastRatio(input, repeatsFor(seconds), beside),
    });
  }
  return bounds;
}

function repeatsFor(seconds: number): number {
  return Math.ceil(LEAST_SECONDS / Math.max(1e-5, seconds));
}

/** Measures both inputs in turns: other load on the machine slows both of a round. Returns the least ratio. */
async function leastRatio(input: Input, repeats: number, beside: () => Promise<number>): Promise<number> {
  let least = Infinity;
  const startedMs = performance.now();
  for (let round = 0; round < ROUNDS && least > DOUBTFUL; round++) {
    if (round > 0 && performance.now() - startedMs > 1000 * ROUNDS_SECONDS) break;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    const base = await beside();
    // oxlint-disable-next-line no-await-in-loop
    least = Math.min(least, (await secondsOf(input, repeats)) / input.bytes / base);
  }
  return least;
}

/**
 * Tells the ratio of the peak of memory for the inputs with the highest bounds, until no other can exceed the highest
 * ratio, or is above the one that is harmless.
 */
async function measurePeaks(
  { usual, worst }: OpenDoor,
  bounds: ReadonlyMap<string, number>,
  whole: boolean,
): Promise<void> {
  const first = await riseOf(() => settled(usual));
  if (first === undefined) return;
  const rise = Math.max(first, (await riseOf(() => settled(usual)))!);
  const base = usual.bytes < SHORT ? OF_SHORT : Math.max(LEAST_RISE, rise) / usual.bytes;
  let highest = HARMLESS;
  const boundOfInput = ({ name }: Input): number => bounds.get(name)!;
  const inputs = worst.filter(({ name }) => bounds.has(name));
  for (const input of inputs.toSorted((a, b) => boundOfInput(b) - boundOfInput(a))) {
    const bound = boundOfInput(input);
    if (!whole && bound / base <= highest) {
      tell({ kind: 'memory', name: 'each other input at most', ratio: bound / base });
      break;
    }
    tell({ kind: 'begin', name: input.name });
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    const ratio = await leastPeak(input, base);
    tell({ kind: 'memory', name: input.name, ratio });
    highest = Math.max(highest, ratio);
  }
}

/**
 * Returns the least ratio of some rounds: what a peak holds of garbage depends on when the collector runs, and makes it twice as high
 * in one run of some.
 */
async function leastPeak(input: Input, base: number): Promise<number> {
  let least = Infinity;
  const startedMs = performance.now();
  for (let round = 0; round < ROUNDS && least > DOUBTFUL; round++) {
    if (round > 0 && performance.now() - startedMs > 1000 * ROUNDS_SECONDS) break;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    const peak = (await riseOf(() => settled(input)))!;
    least = Math.min(least, peak < LEAST_RISE ? 0 : peak / input.bytes / base);
  }
  return least;
}

/** Processor time of a run, in seconds: other load on the machine does not count. */
async function secondsOf(input: Input, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let run = 0; run < times; run++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    await settled(input);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / times;
}

async function settled({ run }: Input): Promise<void> {
  try {
    await run();
  } catch {
    // Refused, which is what most of these inputs deserve.
  }
}

function tell(message: MeasureMessage): void {
  process.send!(message);
}
