import { command } from '../core/command.ts';
import { forwarderFunction, forwarderStore, jsonOutput, wantedLanes, workspaceDir } from '../options.ts';

export const deadLetters = command({
  name: 'dead-letters',
  summary: 'list the events that were given up: id, lane, reason, since when. Sends nothing and shows no contents',
  options: { ...wantedLanes, ...forwarderStore, ...forwarderFunction, ...jsonOutput, ...workspaceDir },
  help: '\nAt most 10,000 of them, lane by lane.',
  run: async ({ lane, tenant, sink, json, ...forwarder }, io) => {
    const { listDeadLetters } = await import('./dead-letters.run.ts');
    return listDeadLetters(forwarder, { lane, tenant, sink }, json, io);
  },
});
