import { command } from '../core/command.ts';
import { jsonOutput, withoutAsking, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const seal = command({
  name: 'seal',
  summary: 'seal the policy (and mapping) file under the keys it has; tokens stay readable',
  options: {
    ...workspaceDir,
    force: { summary: 'also a policy that protects with a compromised root key; the audit trail says so' },
    ...withoutAsking,
    ...jsonOutput,
  },
  help: `
On a terminal it asks before a policy under which existing tokens can no longer be read. "protector policy rollback" goes back.`,
  run: async ({ dir, ...how }, io) => {
    const { sealPolicy } = await import('./seal.run.ts');
    return sealPolicy(workspace(dir), how, io);
  },
});
