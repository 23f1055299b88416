import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const list = command({
  name: 'list',
  summary: 'versions and states of the root keys, never a key',
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ dir, json }, io) => {
    const { listRootKeys } = await import('./list.run.ts');
    return listRootKeys(workspace(dir), json, io);
  },
});
