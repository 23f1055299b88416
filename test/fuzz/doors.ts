// npm run fuzz [-- --door NAME] [--inputs 2000] [--seconds N] [--seed N] [--from N] [--workers N] [--show]
//
// Sends changed inputs through every front end and parser: each must answer or refuse with an error of this product,
// in bounded time and memory, without showing a value and without a trace on a shared prototype. `--seconds` is the time
// for each door. `--from N --inputs 1 --show` repeats one input and prints it. Ends with 1 when there is a finding.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runDoor } from './doors/run-door.ts';
import { DOORS } from './doors/table.ts';
import { inputOf, readyDoor, type Tally } from './doors/try-door.ts';

const { values } = parseArgs({
  options: {
    door: { type: 'string', multiple: true },
    inputs: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    from: { type: 'string', default: '0' },
    workers: { type: 'string', default: String(availableParallelism()) },
    show: { type: 'boolean', default: false },
  },
});

/** Of each door, where neither a number nor a time is given. */
const DEFAULT_INPUTS = 2000;
/** Of so many inputs some must be taken and some refused. */
const ENOUGH_TO_TELL = 500;
/** Far above any input on a busy machine: what takes long, but ends, is for `npm run bench -- --worst`. */
const HANG_MS = 60_000;
const HEAP_MB = 1024;

const seed = Number(values.seed);
const run = {
  seed,
  inputs: Number(values.inputs ?? (values.seconds === undefined ? DEFAULT_INPUTS : 2 ** 31)),
  forMs: values.seconds === undefined ? undefined : 1000 * Number(values.seconds),
  from: Number(values.from),
  hangMs: HANG_MS,
  heapMb: HEAP_MB,
};
const wanted = values.door ?? DOORS.map(({ name }) => name);
const unknown = wanted.filter((name) => !DOORS.some((door) => door.name === name));
if (unknown.length > 0) {
  throw new RangeError(`There is no door ${unknown.join(', ')}. Doors: ${DOORS.map(({ name }) => name).join(', ')}`);
}

const total: Tally = { inputs: 0, taken: 0, refused: 0, findings: [] };
const queue = wanted[Symbol.iterator]();
const startedMs = performance.now();
print(`${wanted.length} doors, seed ${seed}`);
await Promise.all(
  Array.from({ length: Math.max(1, Math.min(Number(values.workers), wanted.length)) }, async () => {
    // The iterator is shared: each lane takes the next door that no other has taken.
    for (const name of queue) {
      if (values.show) await show(name);
      try {
        report(name, await runDoor(name, run));
      } catch (error) {
        // A door that hangs or ends while it is opened keeps no other one from being tried.
        print(`${name.padEnd(26)} FAILED: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    }
  }),
);
const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
print(
  `${total.inputs} inputs, ${total.taken} taken, ${total.refused} refused, ${total.findings.length} findings, in ${seconds} s`,
);
if (total.findings.length > 0) process.exitCode = 1;
if (process.exitCode === 1) print('FAILED');

function report(name: string, tally: Tally): void {
  const { inputs, taken, refused, findings } = tally;
  const found = findings.length === 0 ? '0 findings' : `FAILED: ${findings.length} findings`;
  print(`${name.padEnd(26)} ${inputs} inputs, ${taken} taken, ${refused} refused, ${found}`);
  for (const { at, what } of findings) print(`  --door '${name}' --seed ${seed} --from ${at} --inputs 1: ${what}`);
  if (inputs === 0) {
    print('  No input was tried: the run proves nothing');
    process.exitCode = 1;
  }
  // A run whose inputs all end the same way has not reached the door.
  if (findings.length === 0 && inputs >= ENOUGH_TO_TELL && Math.min(taken, refused) === 0) {
    print(`  Every input was ${taken === 0 ? 'refused' : 'taken'}: the run proves little`);
    process.exitCode = 1;
  }
  total.inputs += inputs;
  total.taken += taken;
  total.refused += refused;
  total.findings.push(...findings);
}

async function show(name: string): Promise<void> {
  const ready = await readyDoor(DOORS.find((door) => door.name === name)!);
  print(JSON.stringify(inputOf(ready, seed, run.from).input.toString('latin1')));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
