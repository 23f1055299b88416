import { command } from '../core/command.ts';
import { wholeNumber } from '../core/readers.ts';
import { jsonOutput, policyAgent, withoutAsking, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const compromise = command({
  name: 'compromise',
  summary: 'mark a root key as known to others: no policy is sealed any more whose elements protect with it',
  arguments: { version: { read: wholeNumber, summary: 'of the root key' } },
  options: {
    ...workspaceDir,
    ...policyAgent,
    dryRun: { summary: 'say which elements it touches and what stays readable, and change nothing' },
    ...withoutAsking,
    ...jsonOutput,
  },
  help: `
With --agent the mark is in the keyring of the deployment, and in its audit trail. The live policy goes on until a
policy with rotated elements replaces it. The mark cannot be taken back: on a terminal the command shows what it touches, and asks.`,
  run: async ({ version, dir, agent, region, ...how }, io) => {
    const { markCompromised } = await import('./compromise.run.ts');
    return markCompromised(agent === undefined ? workspace(dir) : { agent, region }, version, how, io);
  },
});
