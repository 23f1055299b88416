import { command } from '../core/command.ts';
import { workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const init = command({
  name: 'init',
  summary: 'write two sample tenants into a workspace that has none; overwrites nothing',
  options: workspaceDir,
  run: async ({ dir }, io) => {
    const { addSampleTenants } = await import('./init.run.ts');
    return addSampleTenants(workspace(dir), io);
  },
});
