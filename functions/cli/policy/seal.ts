import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const seal = command({
  name: 'seal',
  summary: 'seal the policy (and mapping) file under the keys it has; tokens stay readable',
  options: {
    ...workspaceDir,
    force: { summary: 'also a policy that protects with a compromised root key; the audit trail says so' },
    ...jsonOutput,
  },
  run: async ({ dir, ...how }, io) => {
    const { sealPolicy } = await import('./seal.run.ts');
    return sealPolicy(workspace(dir), how, io);
  },
});
