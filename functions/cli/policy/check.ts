import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const check = command({
  name: 'check',
  summary: 'say everything that is wrong with the policy and mapping files, with path and line',
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ dir, json }, io) => {
    const { checkPolicy } = await import('./check.run.ts');
    return checkPolicy(workspace(dir), json, io);
  },
});
