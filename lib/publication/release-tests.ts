// The tests that lie beside an uploaded policy: a policy that fails them is not published.
import { DocumentError, type Others, type Problem } from '../document/problem.ts';
import { SourceError } from '../document/source-error.ts';
import { readSource, type Source, sourceFormat } from '../document/source.ts';
import { Access } from '../policy-tests/access.ts';
import { throwAwayEngine } from '../policy-tests/engine.ts';
import { parsePolicyTests } from '../policy-tests/parse.ts';
import { type Result, runPolicyTests } from '../policy-tests/run.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import type { KeptTests, PassedTest } from './kept-tests.ts';
import type { AuthoredFile } from './review.ts';

/** A policy fails its tests. `problems` has one for each failed test or statement: where it is, and no value of it. */
export class ReleaseTestsError extends DocumentError<'POLICY_TESTS_FAILED'> {
  constructor(problems: readonly Problem[], others?: Others) {
    super('POLICY_TESTS_FAILED', 'The file of tests', problems, others);
  }

  override saying(problems: readonly Problem[]): ReleaseTestsError {
    return new ReleaseTestsError(problems, this.others);
  }
}

/**
 * Runs the tests against the policy as it decides at a time, values with keys that nothing else has. Resolves to what passed.
 * Rejects with `ReleaseTestsError` where one fails, and with `PolicyTestsError` for a file that cannot be read.
 */
export async function runReleaseTests(
  policy: PolicyDocument,
  file: AuthoredFile,
  random: (bytes: number) => Uint8Array,
  nowMs: number,
): Promise<KeptTests> {
  const source = sourceOf(file);
  const access = new Access(policy, nowMs);
  try {
    const tests = parsePolicyTests(source.document, access);
    const results = await runPolicyTests(access, tests, throwAwayEngine(policy, random));
    const problems = results.flatMap(problemOf);
    if (problems.length > 0) throw new ReleaseTestsError(problems);
    const passed = results.map(({ kind, text, path }): PassedTest => {
      const line = source.lineOf(path);
      return { kind, text, ...(line !== undefined && { line }) };
    });
    return { file: file.name, atMs: nowMs, passed };
  } catch (error) {
    throw source.locate(error);
  }
}

function sourceOf({ name, text }: AuthoredFile): Source {
  try {
    return readSource(text, sourceFormat(name));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new ReleaseTestsError([{ path: '$', message: error.message }]);
  }
}

/** A statement has no values: it and its counterexample can be shown. Of a test only the reason is. */
function problemOf({ kind, path, text, failure }: Result): Problem[] {
  if (failure === undefined) return [];
  const because = failure.because === undefined ? '' : `, because ${failure.because}`;
  const message = kind === 'statement' ? `does not hold: ${text}: ${failure.gives}${because}` : `fails${because}`;
  return [{ path, message }];
}
