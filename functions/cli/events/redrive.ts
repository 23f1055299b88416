import { command } from '../core/command.ts';
import { forwarderStore, jsonOutput, sealedTenants, workspaceDir } from '../options.ts';

export const redrive = command({
  name: 'redrive',
  summary: "send the dead letters of tenants' sinks again; what is taken is removed",
  options: {
    tenant: { value: '<id>', summary: 'of this tenant only' },
    sink: { value: '<name>', summary: 'of sinks of this name only' },
    ...forwarderStore,
    ...sealedTenants,
    ...jsonOutput,
    ...workspaceDir,
  },
  help: '\nExit code 1 when some are left.',
  run: async ({ dir, store, tenants, tenant, sink, json }, io) => {
    const { redriveEvents } = await import('./redrive.run.ts');
    return redriveEvents({ dir, store, tenants }, { tenant, sink }, json, io);
  },
});
