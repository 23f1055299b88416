import { command } from '../core/command.ts';
import { wholeNumber } from '../core/readers.ts';
import { workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const tail = command({
  name: 'tail',
  summary: 'print the events that were accepted in a workspace',
  options: {
    tenant: { value: '<id>', summary: 'of this tenant only' },
    follow: { short: '-f', summary: 'and those that are accepted from now on, until it is stopped' },
    lines: { short: '-n', value: '<n>', read: wholeNumber, summary: 'how many of those that are there', default: 10 },
    json: { summary: 'each as sinks of the format native get it' },
    ...workspaceDir,
  },
  run: async ({ dir, ...wanted }, io) => {
    const { tailEvents } = await import('./tail.run.ts');
    return tailEvents(workspace(dir), wanted, io);
  },
});
