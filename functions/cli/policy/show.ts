import { command } from '../core/command.ts';
import { jsonOutput, policyInForce } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const show = command({
  name: 'show',
  summary: 'show the policy in force, or one that was; never a key',
  options: { ...policyInForce, ...jsonOutput },
  help: `
Without --agent it is the sealed policy of --dir.`,
  run: async ({ dir, agent, region, json, ...which }, io) => {
    const { showLivePolicy, showSealedPolicy } = await import('./show.run.ts');
    if (agent === undefined) return showSealedPolicy(workspace(dir), which, json, io);
    return showLivePolicy({ agent, region }, which, json, io);
  },
});
