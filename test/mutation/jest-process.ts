// A process that keeps jest warm: it receives names of suites and answers with the first that fails. It works in the
// current folder. Started by `JestSession`.
import { runCLI } from 'jest';
import type { SuitesAnswer, SuitesRequest } from './jest-session.ts';

process.on('message', ({ suites, only }: SuitesRequest) => {
  // oxlint-disable-next-line typescript/no-floating-promises -- the answer is the message
  firstFailure(suites, only).then((answer) => process.send!(answer));
});

process.on('disconnect', () => process.exit());

async function firstFailure(suites: readonly string[], only: string | undefined): Promise<SuitesAnswer> {
  for (const suite of suites) {
    const args = {
      _: [suite],
      $0: 'jest',
      runTestsByPath: true,
      runInBand: true,
      watchman: false,
      silent: true,
      reporters: [],
      ...(only !== undefined && { testNamePattern: only }),
      cacheDirectory: `${process.cwd()}/.jest-cache`,
    };
    const { results } = await runCLI(args, [process.cwd()]);
    if (results.success && results.numPassedTests > 0) continue;
    const failed = results.testResults.find(({ failureMessage }) => failureMessage);
    const message = failed?.failureMessage?.slice(0, 2000) ?? 'no test was run';
    return { failed: suite, message, failedTests: results.numFailedTests };
  }
  return {};
}
