import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const seal = command({
  name: 'seal',
  summary: 'seal the policy (and mapping) file under the keys it has; tokens stay readable',
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ dir, json }, io) => {
    const { sealPolicy } = await import('./seal.run.ts');
    return sealPolicy(workspace(dir), json, io);
  },
});
