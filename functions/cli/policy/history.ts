import { command } from '../core/command.ts';
import { jsonOutput, policyAgent } from '../options.ts';

export const history = command({
  name: 'history',
  summary: 'list which policy was live in a deployment from when until when, and who signed and approved it',
  options: { ...policyAgent, agent: { ...policyAgent.agent, required: true }, ...jsonOutput },
  run: async ({ agent, region, json }, io) => {
    const { printHistory } = await import('./history.run.ts');
    return printHistory({ agent, region }, json, io);
  },
});
