import { command } from '../core/command.ts';
import { forwarderStore, jsonOutput, workspaceDir } from '../options.ts';

export const status = command({
  name: 'status',
  summary: 'show what waits for sinks that do not work: how much, since when, why, and when it is tried again',
  options: { ...forwarderStore, ...jsonOutput, ...workspaceDir },
  help: '\nAt most as many wait as it says: of the oldest some may have been delivered already.',
  run: async ({ dir, store, json }, io) => {
    const { showBacklog } = await import('./status.run.ts');
    return showBacklog({ dir, store }, json, io);
  },
});
