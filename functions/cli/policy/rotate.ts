import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const rotate = command({
  name: 'rotate',
  summary:
    'give an element a new key version, keep the old one readable, and print the SQL that moves a column in place',
  arguments: { element: { summary: 'the data element' } },
  options: {
    table: { value: '<name>', summary: 'for the SQL: the table' },
    column: { value: '<name>', summary: 'for the SQL: the column' },
    ...workspaceDir,
    ...jsonOutput,
  },
  run: async ({ dir, json, ...rotation }, io) => {
    const { rotateElementKey } = await import('./rotate.run.ts');
    return rotateElementKey(workspace(dir), rotation, json, io);
  },
});
