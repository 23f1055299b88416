import { command } from '../core/command.ts';
import { CliError } from '../core/exit.ts';
import { jsonOutput, policyAgent, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rotate = command({
  name: 'rotate',
  summary:
    'give an element a new key version, keep the old one readable, and print the SQL that moves a column in place',
  arguments: { element: { optional: true, summary: 'the data element; none with --all' } },
  options: {
    all: { summary: 'every element that has not got the newest root key' },
    table: { value: '<name>', summary: 'for the SQL: the table', conflicts: 'all' },
    column: { value: '<name>', summary: 'for the SQL: the column', conflicts: 'all' },
    dryRun: { summary: 'say what would change, and change nothing' },
    ...workspaceDir,
    ...policyAgent,
    ...jsonOutput,
  },
  help: `
It edits the policy file of --dir. With --agent the root key is one of the deployment: put the edited file into the
authoring bucket, and the agent reviews, seals and publishes it.`,
  run: async ({ dir, agent, region, element, all, dryRun, json, ...place }, io) => {
    const ws = workspace(dir);
    const keys = agent === undefined ? ws : { agent, region };
    if (all === (element !== undefined)) throw new CliError('CLI_USAGE', 'Name an element, or give --all');
    if (element === undefined) {
      const { rotateAllElements } = await import('../sealing/rotate-all.ts');
      return rotateAllElements(ws, keys, { dryRun, json }, io);
    }
    const { rotateElementKey } = await import('./rotate.run.ts');
    return rotateElementKey(ws, keys, { element, ...place }, { dryRun, json }, io);
  },
});
