// Takes each protection that a promise of SECURITY.md rests on out of a workspace, and says whether its test notices.
import { JestSession } from '../mutation/jest-session.ts';
import { Workspace } from '../mutation/workspace.ts';
import type { Trial, Trials } from './trials.ts';

/** `noticed`: the test fails without the protection, and passes with it. */
export type Verdict = 'noticed' | 'passes without it' | 'fails with it' | 'cannot be loaded without it';

export interface TrialOutcome {
  readonly id: string;
  readonly trial: Trial;
  readonly verdict: Verdict;
}

export interface PromisesRun {
  readonly root: string;
  readonly files: readonly string[];
  readonly limitMs: number;
  readonly workers: number;
  /** Takes each outcome as it comes. */
  readonly report: (outcome: TrialOutcome) => void;
}

/** Tries the promises of these ids, each worker in a workspace of its own. */
export async function tryPromises(trials: Trials, ids: readonly string[], run: PromisesRun): Promise<void> {
  const queue = ids.flatMap((id) => trials[id]!.map((trial) => ({ id, trial })))[Symbol.iterator]();
  const work = async (): Promise<void> => {
    using workspace = Workspace.copyOf(run.root, run.files);
    const session = new JestSession(workspace.root);
    try {
      for (const { id, trial } of queue) {
        // oxlint-disable-next-line no-await-in-loop -- one protection is out at a time
        run.report({ id, trial, verdict: await verdictOf(trial, workspace, session, run.limitMs) });
      }
    } finally {
      await session.end();
    }
  };
  await Promise.all(Array.from({ length: run.workers }, work));
}

async function verdictOf(
  { suite, test, without: { file, before, after } }: Trial,
  workspace: Workspace,
  session: JestSession,
  limitMs: number,
): Promise<Verdict> {
  const only = patternOf(test);
  const source = workspace.read(file);
  workspace.write(
    file,
    source.replace(before, () => after),
  );
  let seen: Awaited<ReturnType<JestSession['run']>>;
  try {
    seen = await session.run([suite], limitMs, only);
  } finally {
    workspace.write(file, source);
  }
  const sound = await session.run([suite], limitMs, only);
  if (sound.failed !== undefined || sound.timedOut === true) return 'fails with it';
  if (seen.timedOut === true || (seen.failedTests ?? 0) > 0) return 'noticed';
  return seen.failed === undefined ? 'passes without it' : 'cannot be loaded without it';
}

/** Matches a title in which `test.each` has filled in the placeholders. */
export function patternOf(title: string): string {
  return title
    .split(/%[a-z]|\$\{[^}]*\}|\$[a-z]+/i)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
}
