import { command } from '../core/command.ts';
import { forwarderFunction, forwarderStore, jsonOutput, sealedTenants, wantedLanes, workspaceDir } from '../options.ts';

export const redrive = command({
  name: 'redrive',
  summary: "send the dead letters of tenants' sinks again; what is taken is removed",
  options: {
    ...wantedLanes,
    now: { summary: 'also what waits in their backlogs, without waiting for the next try' },
    ...forwarderStore,
    ...sealedTenants,
    ...forwarderFunction,
    ...jsonOutput,
    ...workspaceDir,
  },
  help: '\nExit code 1 when some are left.',
  run: async ({ lane, tenant, sink, now, json, ...forwarder }, io) => {
    const { redriveEvents } = await import('./redrive.run.ts');
    return redriveEvents(forwarder, { lane, tenant, sink, now }, json, io);
  },
});
