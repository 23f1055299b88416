import { command } from '../core/command.ts';
import { path, percent, time } from '../core/readers.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const test = command({
  name: 'test',
  summary:
    'run the tests of the policy, and prove what they state about every user; exits 1 where one fails, 2 where a file cannot be read',
  arguments: {
    files: {
      optional: true,
      several: true,
      read: path,
      summary: 'files of tests (default: *.tests.yaml, .yml and .json beside the policy)',
    },
  },
  options: {
    policy: { value: '<file>', read: path, summary: 'the policy to test; default: that of --dir' },
    at: { value: '<time>', read: time, summary: 'decide as at this time, such as 2026-12-31T18:00:00Z; default: now' },
    junit: { value: '<file>', read: path, summary: 'write the results as JUnit XML too' },
    coverage: { summary: 'list the grants that no test touches' },
    minCoverage: { value: '<percent>', read: percent, summary: 'fail where tests touch a smaller share of the grants' },
    keys: { summary: 'use the keyring of --dir for values; default: keys made for this run' },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Tests:       "analyst unprotects deSSN: null", "clerk sees ****1111 of deCCN", "reprotect deSSN to deDigits: refused"
Statements:  "nobody but auditor sees deSSN in clear", "no path of reprotects shows deSSN to analyst"
An entry may be an object with a value, which goes through the engine: see docs/policy/tests.md and "protector schema policy-tests".
Nothing is recorded in the audit trail: no stored value is touched, and no output holds a token.`,
  run: async ({ files, policy, at, junit, coverage, minCoverage, keys, dir, json }, io) => {
    const { testPolicy } = await import('./test.run.ts');
    return testPolicy(workspace(dir), { files, policy, at, junit, coverage, minCoverage, keys, json }, io);
  },
});
