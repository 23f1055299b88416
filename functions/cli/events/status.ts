import { command } from '../core/command.ts';
import { forwarderFunction, forwarderStore, jsonOutput, workspaceDir } from '../options.ts';

export const status = command({
  name: 'status',
  summary: 'show for each lane what waits and what was given up: how much, why, since when, and the next try',
  options: { ...forwarderStore, ...forwarderFunction, ...jsonOutput, ...workspaceDir },
  help: '\nAt most as many wait as it says: of the oldest some may have been delivered already.',
  run: async ({ json, ...forwarder }, io) => {
    const { showLanes } = await import('./status.run.ts');
    return showLanes(forwarder, json, io);
  },
});
