import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const init = command({
  name: 'init',
  summary: 'make a workspace, or what it lacks: policy, local keys, and what is sealed of them; overwrites nothing',
  options: {
    policy: { value: '<file>', read: path, summary: 'your policy, in place of the sample', conflicts: 'from' },
    from: {
      value: '<source...>',
      completes: 'file',
      summary: 'draft the policy from a sample of your data: CSV, Parquet, JSON files, or one query',
    },
    dataStore: {
      value: '<name>',
      summary: 'the systems whose tokens are to be equal; they share the keys of the workspace',
    },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Examples:
  protector init                         the sample policy, and two sample tenants
  protector init --from people.csv       a policy for your data, with the reason for each choice
  protector init --policy policy.yaml    your policy, with mapping and policy.tests beside it

May be run again: what is there is kept.
Users of the sample policy: test_user (everything), analyst (cities and postal codes, NULL elsewhere),
auditor (protected values everywhere). All other users are refused.`,
  run: async ({ dir, ...wanted }, io) => {
    const { makeWorkspace } = await import('./init.run.ts');
    return makeWorkspace(workspace(dir), wanted, io);
  },
});
