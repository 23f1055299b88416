// node test/fuzz/methods.ts [--inputs 2000000] [--seed N]: sends random inputs of wrong and odd kinds to every
// protection method. Ends with 1 at the first answer that is neither a documented refusal nor restored by the inverse
// operation.

import { parseArgs } from 'node:util';
import { fuzz, type Summary, untested } from './campaign.ts';
import { Finding } from './check.ts';

const { values } = parseArgs({ options: { inputs: { type: 'string' }, seed: { type: 'string' } } });
const inputs = Number(values.inputs ?? 2_000_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);

print(`${inputs} inputs, seed ${seed}`);
try {
  const from = performance.now();
  const summary = fuzz(inputs, seed);
  printSummary(summary, (performance.now() - from) / 1000);
  const missed = untested(summary);
  if (missed.length > 0) {
    print(`No value of these types came back, so nothing was checked: ${missed.join(', ')} (seed ${seed})`);
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof Finding)) throw error;
  print(`Seed ${seed}: ${error.message}`);
  process.exitCode = 1;
}

function printSummary(summary: Summary, seconds: number): void {
  let total = 0;
  let trips = 0;
  let refused = 0;
  for (const [type, entry] of summary) {
    total += entry.inputs;
    trips += entry.trips;
    for (const times of entry.refusals.values()) refused += times;
    const refusals = [...entry.refusals].toSorted(([, a], [, b]) => b - a).map(([code, times]) => `${code} ${times}`);
    print(
      `${type.padEnd(26)} ${entry.inputs} inputs, ${entry.trips} round trips, refused: ${refusals.join(', ') || 'none'}`,
    );
  }
  print(
    `${total} inputs, ${trips} round trips, ${refused} refusals, ${total - trips - refused} NULL or empty, in ${seconds.toFixed(1)} s`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
