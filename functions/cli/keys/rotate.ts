import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rotate = command({
  name: 'rotate',
  summary: 'add a root key; elements keep the version that they pin until "protector policy rotate"',
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ dir, json }, io) => {
    const { rotateRootKeys } = await import('./rotate.run.ts');
    return rotateRootKeys(workspace(dir), json, io);
  },
});
