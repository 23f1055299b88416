// npm run promises [-- --try [P-05 …] [--limit-s 120] [--workers N]]
//
// Lists the promises of SECURITY.md and writes docs/security-promises.md. With `--try` it takes each protection out of a
// copy of the repository and runs the test that must notice, for the named promises or for all. Ends with 1 when a
// promise has no test, or a test does not notice.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { repositoryFiles } from '../mutation/workspace.ts';
import { tryPromises } from './attempt.ts';
import { problemsOf } from './check.ts';
import { promisesPage, statedPromises } from './document.ts';
import { TRIALS } from './trials.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    try: { type: 'boolean', default: false },
    'limit-s': { type: 'string', default: '120' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

const read = (file: string): string | undefined =>
  existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : undefined;
const promises = statedPromises(read('SECURITY.md')!);
const problems = problemsOf(promises, TRIALS, read);
print(`${promises.length} promises, ${Object.values(TRIALS).flat().length} tests`);
for (const problem of problems) print(problem);
if (problems.length > 0) process.exitCode = 1;
else if (values.try) await attemptAll();
else writeFileSync(join(ROOT, 'docs/security-promises.md'), promisesPage(promises, TRIALS));

async function attemptAll(): Promise<void> {
  // The exit handlers of an interrupted run remove its workspaces.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const unknown = positionals.filter((id) => TRIALS[id] === undefined);
  if (unknown.length > 0) throw new RangeError(`There is no promise ${unknown.join(', ')}`);
  let unnoticed = 0;
  await tryPromises(TRIALS, positionals.length > 0 ? positionals : Object.keys(TRIALS), {
    root: ROOT,
    files: repositoryFiles(ROOT),
    limitMs: 1000 * Number(values['limit-s']),
    workers: Number(values.workers),
    report: ({ id, trial: { suite, test, without }, verdict }) => {
      print(`${verdict === 'noticed' ? '✓' : '✗'} ${id} without ${without.file} (${without.what}): ${verdict}`);
      if (verdict === 'noticed') return;
      unnoticed += 1;
      print(`  ${suite}: ${test}`);
    },
  });
  print(unnoticed === 0 ? 'Every test notices.' : `${unnoticed} do not notice.`);
  if (unnoticed > 0) process.exitCode = 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
