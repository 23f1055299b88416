import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { jsonOutput, policyAgent, sshKey } from '../options.ts';

export const approve = command({
  name: 'approve',
  summary: 'approve, as a second person, the release that a deployment waits to publish',
  arguments: {
    folder: { read: path, optional: true, summary: 'your copy of policy, mapping and tests: you approve these bytes' },
  },
  options: { ...policyAgent, agent: { ...policyAgent.agent, required: true }, ...sshKey, ...jsonOutput },
  help: `
The approval is a signature by ssh-keygen of the files, the deployment and the version that is live now; it holds for this
publication alone. The agent publishes the release, or says why not.`,
  run: async ({ folder, key, agent, region, json }, io) => {
    const { approveRelease } = await import('./approve.run.ts');
    return approveRelease({ agent, region }, { folder: folder ?? io.at('.'), key }, json, io);
  },
});
