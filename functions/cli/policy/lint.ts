import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const lint = command({
  name: 'lint',
  summary:
    'warn about weak domains, clear parts, masks that conflict, audit that is switched off, elements that are not used and roles that may do everything',
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ dir, json }, io) => {
    const { lintWorkspacePolicy } = await import('./lint.run.ts');
    return lintWorkspacePolicy(workspace(dir), json, io);
  },
});
