import { command } from '../core/command.ts';
import { jsonOutput, sealedTenants, workspaceDir } from '../options.ts';

export const test = command({
  name: 'test',
  summary: 'send a CUSTOM_TEST_EVENT to the sinks of a tenant at once, and say what each made of it',
  arguments: { tenant: { summary: 'its id' } },
  options: {
    sink: { value: '<name>', summary: 'only this one, also when it is disabled' },
    ...sealedTenants,
    ...jsonOutput,
    ...workspaceDir,
  },
  help: '\nExit code 1 when a sink did not take it. Filters do not hold the event back.',
  run: async ({ dir, tenants, tenant, sink, json }, io) => {
    const { sendTestEvent } = await import('./test.run.ts');
    return sendTestEvent({ dir, tenants }, { tenant, sink }, json, io);
  },
});
