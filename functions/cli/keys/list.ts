import { command } from '../core/command.ts';
import { jsonOutput, policyAgent, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const list = command({
  name: 'list',
  summary: 'versions and states of the root keys and what uses them, never a key',
  options: { ...workspaceDir, ...policyAgent, ...jsonOutput },
  run: async ({ dir, agent, region, json }, io) => {
    const { listRootKeys } = await import('./list.run.ts');
    return listRootKeys(agent === undefined ? workspace(dir) : { agent, region }, json, io);
  },
});
