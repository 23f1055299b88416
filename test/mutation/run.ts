// npm run mutate [-- FILES] [--since REV] [--count 300] [--skip 0] [--seed 1] [--suites 8] [--limit-s 120] [--workers N]
//
// Puts one small mistake at a time into a copy of the repository, runs the suites nearest to it, and prints what was
// noticed by tests, by type check and lint, and by nothing. FILES are files or folders; without them, the rooms that decide,
// encipher, sign, verify and deliver. `--since REV` takes the lines that changed since a revision, `--skip N`
// leaves out the first N of the count, which an earlier run tried. Ends with 1 when a mutant survived, with 2 for a wrong
// option and where there is nothing to mutate.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Outcome, runCampaign } from './campaign.ts';
import { readEquivalents } from './equivalents.ts';
import { NearestSuites } from './nearest-suites.ts';
import { type Mutant, mutantsOf } from './operators.ts';
import { survivor, table } from './report.ts';
import { AREAS, changedLines, isUnder, runsAsWritten, shuffled } from './selection.ts';
import { repositoryFiles } from './workspace.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    since: { type: 'string' },
    count: { type: 'string', default: '300' },
    skip: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    suites: { type: 'string', default: '8' },
    'limit-s': { type: 'string', default: '120' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

const files = repositoryFiles(ROOT);
const sources = new Map(
  files.filter((file) => file.endsWith('.ts')).map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]),
);
const all = [...sources].flatMap(([file, source]) => (isChosen(file) ? mutantsOf(file, source) : []));
const chosen = shuffled(all.filter(changedSince(values.since)), number('seed')).slice(number('skip'), number('count'));
if (chosen.length === 0)
  refuse(
    'There is nothing to mutate: name files or folders of lib/, functions/ or infra/, or a revision since which they changed',
  );
print(`${chosen.length} of ${all.length} mutants, seed ${values.seed}`);

// An interrupted run prints what it has, and its exit handlers remove the workspaces.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    print(`\nInterrupted after ${outcomes.length} of ${chosen.length} mutants\n${table(outcomes)}`);
    process.exit(130);
  });
}

const outcomes: Outcome[] = [];
const startedMs = performance.now();
const broken = await runCampaign(chosen, {
  root: ROOT,
  files,
  suites: new NearestSuites(sources),
  equivalents: readEquivalents(),
  suitesEach: number('suites'),
  limitMs: number('limit-s') * 1000,
  workers: Math.max(1, Math.min(number('workers'), chosen.length)),
  report: (outcome) => {
    outcomes.push(outcome);
    if (outcome.fate === 'survived') print(`\n${survivor(outcome, sources.get(outcome.mutant.file)!)}\n`);
    else if (process.stderr.isTTY) process.stderr.write(`${outcomes.length}/${chosen.length} ${outcome.fate}\r`);
    if (!process.stderr.isTTY && outcomes.length % 10 === 0) print(`${outcomes.length} of ${chosen.length}`);
  },
});

print(`\n${table(outcomes)}`);
const timedOut = outcomes.filter(({ fate }) => fate === 'timed out');
if (timedOut.length > 0) print(`${timedOut.length} of those that tests noticed ran into the time limit.`);
for (const [suite, why] of broken) print(`\nLeft out, as it fails without a mutant: ${suite}\n${why}`);
print(`${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
if (outcomes.some(({ fate }) => fate === 'survived')) process.exitCode = 1;

function isChosen(file: string): boolean {
  if (!runsAsWritten(file)) return false;
  if (positionals.length > 0) return isUnder(file, positionals);
  return values.since !== undefined || isUnder(file, AREAS);
}

function changedSince(revision: string | undefined): (mutant: Mutant) => boolean {
  if (revision === undefined) return () => true;
  const args = ['diff', '--unified=0', '--no-color', '--no-ext-diff', '--src-prefix=a/', '--dst-prefix=b/', revision];
  const lines = changedLines(execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 }));
  return ({ file, line }) => lines.get(file)?.has(line) ?? false;
}

function number(option: 'count' | 'skip' | 'seed' | 'suites' | 'limit-s' | 'workers'): number {
  const value = Number(values[option]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  return refuse(`--${option} is ${values[option]}: give a whole number`);
}

/** Ends as for a wrong option of a command. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
