import { command } from '../core/command.ts';
import { jsonOutput, ownNames, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const check = command({
  name: 'check',
  summary:
    'say everything that is wrong with the tenants file, tenants.json or .yaml, and its secrets, with path and line',
  options: { ...workspaceDir, ...ownNames, ...jsonOutput },
  run: async ({ dir, own, json }, io) => {
    const { checkTenants } = await import('./check.run.ts');
    return checkTenants(workspace(dir), own, json, io);
  },
});
