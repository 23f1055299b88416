import { command } from '../core/command.ts';
import { workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const init = command({
  name: 'init',
  summary: 'write a sample policy, sample tenants, local keys and what is sealed of them; overwrites nothing',
  options: workspaceDir,
  help: `
Users of the sample policy: test_user (everything), analyst (cities and postal codes, NULL elsewhere),
auditor (protected values everywhere). All other users are refused.`,
  run: async ({ dir }, io) => {
    const { makeWorkspace } = await import('./init.run.ts');
    return makeWorkspace(workspace(dir), io);
  },
});
