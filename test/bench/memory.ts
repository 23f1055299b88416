// Measures memory over many calls: it should not grow after the first hundred. Resident memory may still rise in steps
// while V8 sizes its young generation (node --max-semi-space-size bounds that); a leak shows in the collected heap and
// continues after 1,000 calls.

import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RedshiftEvent } from '../../lib/wire/redshift.ts';
import { redshiftEvent, redshiftFunction, samplePolicy } from './environment.ts';
import { type Figure, judged, type Section } from './figures.ts';
import { ssns } from './redshift.ts';

const ROWS = 10_000;
const MARKS = [100, 1000, 2000];
/** Memory that the collector leaves uncollected from one run to the next. */
const TOLERANCE = 1.05;

export async function memorySection(): Promise<Section> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const call = redshiftFunction(samplePolicy());
  const json = JSON.stringify(redshiftEvent('pty_protect_dessn', ssns(ROWS)));
  const figures: Figure[] = [];
  const resident: number[] = [];
  const heap: number[] = [];
  for (let calls = 1; calls <= MARKS.at(-1)!; calls++) {
    // oxlint-disable-next-line no-await-in-loop -- one call after another, as in a function
    await call(JSON.parse(json) as RedshiftEvent);
    // oxlint-disable-next-line no-await-in-loop -- the event loop turns between two calls and releases native objects
    await setImmediate();
    if (!MARKS.includes(calls)) continue;
    const rss = process.memoryUsage.rss() / 2 ** 20;
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const used = (heapUsed + arrayBuffers) / 2 ** 20;
    resident.push(rss);
    heap.push(used);
    figures.push(
      { name: `resident after ${calls} calls`, unit: 'MB', median: rss, best: rss },
      { name: `heap and buffers after ${calls} calls, collected`, unit: 'MB', median: used, best: used },
    );
  }
  for (const [name, sizes] of [
    ['resident', resident],
    ['heap and buffers', heap],
  ] as const) {
    for (let i = 1; i < MARKS.length; i++) {
      const growth = sizes[i]! / sizes[i - 1]!;
      const figure: Figure = {
        name: `${name}, ${MARKS[i]} against ${MARKS[i - 1]}`,
        unit: '×',
        median: growth,
        best: growth,
      };
      figures.push(judged(figure, { most: TOLERANCE }));
    }
  }
  return { title: `Memory, calls of ${ROWS} rows`, figures };
}
