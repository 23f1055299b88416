// npm run bench -- --worst: what the worst known inputs cost for each byte, in processor time and in memory, against the
// usual input of the same door. A byte is one of the request once it is unzipped. A ratio above ten fails.

import type { Figure, Section } from './figures.ts';
import { DoorMeasurer, type Ratio } from './worst/measure-doors.ts';
import { WORST_DOORS } from './worst/table.ts';

/** The most that a byte of any input may cost, in bytes of the usual input. */
const MOST = 10;
/** Doors at a time: the cores of a small machine. */
const LANES = 2;

/**
 * Measures every door whose name contains `only`. Yields a section for each, as soon as it is measured: all ratios where
 * `only` is given, else the highest one of time, the highest one of memory, and all that are too high.
 */
export async function* worstSections(only?: string): AsyncGenerator<Section> {
  const doors = WORST_DOORS.filter(({ name }) => name.includes(only ?? '')).map(({ name }) => name);
  const whole = only !== undefined;
  const queue = doors.values();
  using measurers = new DisposableStack();
  const running = new Map<DoorMeasurer, Promise<readonly [DoorMeasurer, Section]>>();
  const next = (measurer: DoorMeasurer): void => {
    const { value: name } = queue.next();
    if (name === undefined) running.delete(measurer);
    else
      running.set(
        measurer,
        measurer.measure(name, whole).then((all) => [measurer, sectionOf(name, all, whole)]),
      );
  };
  for (let lane = 0; lane < LANES; lane++) next(measurers.use(new DoorMeasurer()));
  while (running.size > 0) {
    // oxlint-disable-next-line no-await-in-loop -- the doors themselves run side by side
    const [measurer, section] = await Promise.race(running.values());
    next(measurer);
    yield section;
  }
}

function sectionOf(door: string, ratios: readonly Ratio[], whole: boolean): Section {
  const figures = (['time', 'memory'] as const).flatMap((kind) => {
    const sorted = ratios.filter((ratio) => ratio.kind === kind).toSorted((a, b) => b.ratio - a.ratio);
    return sorted.map(figure).filter(({ ok }, i) => whole || i === 0 || ok === false);
  });
  const inputs = ratios.filter(({ kind }) => kind === 'time').length;
  return { title: `${door}: ${inputs} inputs, a byte of them against one of the usual input`, figures };
}

function figure({ kind, name, ratio }: Ratio): Figure {
  const target = `≤ ${MOST} ×`;
  return { name: `${kind}, ${name}`, unit: '×', median: ratio, best: ratio, target, ok: ratio <= MOST };
}
