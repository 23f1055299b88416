// Measures whole columns: each element of the sample policy over generated customers, and the share of FF1.

import { SAMPLE_ELEMENTS, sampleColumns, samplePolicy } from './environment.ts';
import { type Figure, ratio, type Section, speed } from './figures.ts';
import { interleave, median } from './measure.ts';

const ROWS = 10_000;
/** A batch of Snowflake. */
const FEW = 500;

export async function columnsSection(rounds: number): Promise<Section> {
  let inCipherMs = 0;
  const policy = samplePolicy((_values, work) => {
    const from = performance.now();
    work();
    inCipherMs += performance.now() - from;
  });
  const columns = sampleColumns(ROWS);
  const shares = new Map<string, number[]>();
  const tasks = SAMPLE_ELEMENTS.map(([name, from]) => {
    const method = policy.method(name);
    const column = columns[from];
    const share: number[] = [];
    shares.set(name, share);
    const run = () => {
      inCipherMs = 0;
      const start = performance.now();
      method.protect(column, undefined);
      share.push((100 * inCipherMs) / (performance.now() - start));
    };
    return { name, units: ROWS, run };
  });
  const few = SAMPLE_ELEMENTS.map(([name, from]) => {
    const method = policy.method(name);
    const column = columns[from].slice(0, FEW);
    return { name: fewOf(name), units: FEW, run: () => method.protect(column, undefined) };
  });
  const measured = await interleave([...tasks, ...few], rounds);
  const figures = SAMPLE_ELEMENTS.flatMap(([name]): Figure[] => {
    // The first runs warm up the compiler.
    const steady = shares.get(name)!.slice(-rounds);
    return [
      speed(measured, name, 'rows/s'),
      { name: `${name}, share in FF1`, unit: '%', median: median(steady), best: Math.max(...steady) },
      ratio(measured, [fewOf(name), name], `${name}, a row of ${FEW} against one of ${ROWS}`, {
        ...(name === 'deName' && { target: { most: 1.7 } }),
      }),
    ];
  });
  return { title: `Columns of the sample policy, ${ROWS} generated customers, protect`, figures };
}

const fewOf = (name: string): string => `${name}, ${FEW} rows`;
