import { command } from '../core/command.ts';
import { wholeNumber } from '../core/readers.ts';
import { jsonOutput, policyAgent, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rollback = command({
  name: 'rollback',
  summary: 'go back to the policy version that was in force before; the policy file stays as it is',
  options: {
    ...workspaceDir,
    ...policyAgent,
    to: { value: '<version>', read: wholeNumber, summary: 'another version that is kept, newer ones too' },
    force: { summary: 'also to a version that protects with a compromised root key; the audit trail says so' },
    dryRun: { summary: 'say what would change, and change nothing' },
    ...jsonOutput,
  },
  help: `
Without --agent it is the workspace of --dir that goes back. Sealing (or, on AWS, uploading) a policy afterwards makes a
new version.`,
  run: async ({ dir, agent, region, ...wanted }, io) => {
    if (agent === undefined) {
      const { rollBackWorkspace } = await import('./rollback.run.ts');
      return rollBackWorkspace(workspace(dir), wanted, io);
    }
    const { rollBackOnAws } = await import('./rollback-on-aws.run.ts');
    return rollBackOnAws({ agent, region }, wanted, io);
  },
});
