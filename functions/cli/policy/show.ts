import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const show = command({
  name: 'show',
  summary: 'show the sealed policy, which is the one in force; never a key',
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ dir, json }, io) => {
    const { showSealedPolicy } = await import('./show.run.ts');
    return showSealedPolicy(workspace(dir), json, io);
  },
});
