import { command } from '../core/command.ts';
import { wholeNumber } from '../core/readers.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rollback = command({
  name: 'rollback',
  summary: 'go back to the policy version that was in force before; the policy file stays as it is',
  options: {
    ...workspaceDir,
    agent: {
      value: '<function>',
      summary: 'on AWS: the policy agent, which does it for every protect function',
      env: 'POLICY_AGENT',
    },
    region: {
      value: '<region>',
      summary: 'on AWS: where the agent is; default: as the AWS command line has it',
    },
    to: { value: '<version>', read: wholeNumber, summary: 'another version that is kept, newer ones too' },
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
