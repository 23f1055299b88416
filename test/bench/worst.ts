// npm run bench -- --worst: what the worst known inputs cost for each byte, against the usual input of the same door. A byte
// is one of the request once it is unzipped. A ratio above ten fails.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figure, Section } from './figures.ts';
import type { Door, Input } from './worst/door.ts';
import { WORST_DOORS } from './worst/table.ts';

/** The most that a byte of any input may cost, in bytes of the usual input. */
const MOST = 10;
/** Bytes of a sample: what a request costs at least, some milliseconds, must not count. */
const BYTES = 200_000;
/** Enough for the peak of a request to stand out from what a process takes anyway. */
const MEMORY_BYTES = 1_000_000;
/** A run of the usual input that is shorter is repeated: the clock of the processor is coarse. */
const LEAST_SECONDS = 0.02;
/** Runs of an input; from half the limit on it is measured again, for the least of several. */
const [FEW, MANY] = [2, 8];

/** Measures every door whose name contains `only`, one section each: ratios of processor time for each byte. */
export async function* worstSections(only = ''): AsyncGenerator<Section> {
  const doors = WORST_DOORS.filter(({ name }) => name.includes(only));
  for (const door of doors) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    yield { title: `${door.name}: time for each byte, against its usual input`, figures: await timesOf(door) };
  }
  for (const door of doors.filter(({ isFrontEnd }) => isFrontEnd)) {
    // oxlint-disable-next-line no-await-in-loop
    yield {
      title: `${door.name}: peak of memory for each byte, against its usual input`,
      figures: await peaksOf(door),
    };
  }
}

async function timesOf({ open }: Door): Promise<Figure[]> {
  const { usual, worst } = await open(BYTES);
  const rounds = Math.ceil(LEAST_SECONDS / Math.max(1e-5, await secondsOf(usual, 1, FEW)));
  const base = (await secondsOf(usual, rounds, MANY)) / usual.bytes;
  const figures: Figure[] = [];
  for (const input of worst) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    figures.push(figure(input.name, await timeRatio(input, base)));
  }
  return figures;
}

async function timeRatio(input: Input, base: number): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < MANY && (run < FEW || least > MOST / 2); run++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    least = Math.min(least, (await secondsOf(input, 1, 1)) / input.bytes / base);
  }
  return least;
}

async function peaksOf({ name, open }: Door): Promise<Figure[]> {
  const { worst } = await open(100);
  const base = await peakOf(name, 0);
  const figures: Figure[] = [];
  for (const [i, input] of worst.entries()) {
    // oxlint-disable-next-line no-await-in-loop
    figures.push(figure(input.name, (await peakOf(name, i + 1)) / base));
  }
  return figures;
}

const PEAK = fileURLToPath(new URL('worst/peak.ts', import.meta.url));

/** Returns the memory that input `at` of a door takes for each byte. */
async function peakOf(door: string, at: number): Promise<number> {
  const child = fork(PEAK, [JSON.stringify([door, at, MEMORY_BYTES])], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let peak: number | undefined;
  child.on('message', ({ rose, bytes }: { rose: number; bytes: number }) => (peak = rose / bytes));
  await once(child, 'exit');
  // Out of memory, which is beyond any ratio.
  return peak ?? Infinity;
}

function figure(name: string, ratio: number): Figure {
  return { name, unit: '×', median: ratio, best: ratio, target: `≤ ${MOST} ×`, ok: ratio <= MOST };
}

/** The least processor time of several runs, in seconds: other load on the machine does not count. */
async function secondsOf({ run }: Input, rounds: number, runs: number): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
        await run();
      } catch {
        // Refused, which is what most of these inputs deserve.
      }
    }
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6 / rounds);
  }
  return least;
}
