// Measures the first values of fresh processes, one after the other.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FF1_DOMAINS } from './ff1.ts';
import { type Figure, judged, type Section } from './figures.ts';
import { median } from './measure.ts';

const FIRST_VALUES = fileURLToPath(new URL('first-values.ts', import.meta.url));

export async function firstValuesSection(processes: number): Promise<Section> {
  const figures: Figure[] = [];
  for (const { name, radix, length } of FF1_DOMAINS) {
    const times: number[] = [];
    for (let i = 0; i < processes; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      const { stdout } = await promisify(execFile)(process.execPath, [FIRST_VALUES, `${radix}`, `${length}`]);
      times.push(Number(stdout));
    }
    const figure: Figure = { name, unit: 'ms', median: median(times), best: Math.min(...times) };
    figures.push(judged(figure, { most: 2 }));
  }
  return { title: 'FF1, the first 500 values in a fresh process', figures };
}
