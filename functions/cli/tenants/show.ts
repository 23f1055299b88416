import { command } from '../core/command.ts';
import { jsonOutput, tenantsPlace, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const show = command({
  name: 'show',
  summary: 'show the sealed tenants, which are those in force; never a secret',
  options: { ...workspaceDir, ...tenantsPlace, ...jsonOutput },
  run: async ({ dir, at, json }, io) => {
    const { showSealedTenants } = await import('./show.run.ts');
    return showSealedTenants(workspace(dir), at, json, io);
  },
});
