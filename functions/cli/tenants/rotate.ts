import { command } from '../core/command.ts';
import { jsonOutput, tenantsPlace, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rotate = command({
  name: 'rotate',
  summary: 'give a tenant a new secret for deterministic keys; what the old ones made stays readable',
  arguments: { tenant: { summary: 'its id' } },
  options: {
    path: { value: '<secret path>', summary: 'for this secret path only; default: for all' },
    ...workspaceDir,
    ...tenantsPlace,
    ...jsonOutput,
  },
  run: async ({ tenant, path, dir, at, json }, io) => {
    const { rotateTenantSecret } = await import('./rotate.run.ts');
    return rotateTenantSecret(workspace(dir), { tenant, path, at }, json, io);
  },
});
