import { command } from '../core/command.ts';
import { jsonOutput, policyAgent, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rotate = command({
  name: 'rotate',
  summary: 'add a root key; elements keep the version that they pin until "protector policy rotate"',
  options: {
    ...workspaceDir,
    ...policyAgent,
    dryRun: { summary: 'say which version the root key would get, and change nothing' },
    ...jsonOutput,
  },
  run: async ({ dir, agent, region, ...how }, io) => {
    const { rotateRootKeys } = await import('./rotate.run.ts');
    return rotateRootKeys(agent === undefined ? workspace(dir) : { agent, region }, how, io);
  },
});
