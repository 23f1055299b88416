import { command } from '../core/command.ts';
import { CliError } from '../core/exit.ts';
import { wholeNumber } from '../core/readers.ts';
import { jsonOutput, policyAgent, withoutAsking, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rotate = command({
  name: 'rotate',
  summary:
    'give an element a new key version, keep the old one readable, and print the SQL that moves a column in place',
  arguments: { element: { optional: true, completes: 'element', summary: 'the data element; none with --all' } },
  options: {
    all: { summary: 'every element that has not got the newest root key' },
    keyVersion: {
      value: '<version>',
      read: wholeNumber,
      summary: 'with --all: only elements that protect with this root key, such as a compromised one',
    },
    table: { value: '<name>', summary: 'for the SQL: the table', conflicts: 'all' },
    column: { value: '<name>', summary: 'for the SQL: the column', conflicts: 'all' },
    dryRun: { summary: 'say what would change, and change nothing' },
    ...withoutAsking,
    ...workspaceDir,
    ...policyAgent,
    ...jsonOutput,
  },
  help: `
Examples:
  protector policy rotate deSSN --table people --column ssn
  protector policy rotate --all --key-version 1 --dry-run      what a compromised key takes
  protector policy rotate --all --key-version 1

On a terminal, --all shows what it will do and asks: root keys and key versions are never taken back. It edits the policy file of --dir. With --agent the root key is one of the deployment: put the edited file into the
authoring bucket, and the agent reviews, seals and publishes it.`,
  run: async ({ dir, agent, region, element, all, keyVersion, dryRun, yes, json, ...place }, io) => {
    const ws = workspace(dir);
    const keys = agent === undefined ? ws : { agent, region };
    if (all === (element !== undefined)) throw new CliError('CLI_USAGE', 'Name an element, or give --all');
    if (keyVersion !== undefined && !all) throw new CliError('CLI_USAGE', '--key-version goes with --all');
    if (element === undefined) {
      const { rotateAllElements } = await import('../sealing/rotate-all.ts');
      return rotateAllElements(ws, keys, { keyVersion, dryRun, yes, json }, io);
    }
    const { rotateElementKey } = await import('./rotate.run.ts');
    return rotateElementKey(ws, keys, { element, ...place }, { dryRun, json }, io);
  },
});
