import { command } from '../core/command.ts';
import { wholeNumber } from '../core/readers.ts';
import { workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const demo = command({
  name: 'demo',
  summary: 'protect and unprotect generated customers by SQL, and verify the audit trail',
  options: {
    rows: { value: '<n>', read: wholeNumber, summary: 'how many customers', default: 100_000 },
    ...workspaceDir,
    json: { summary: 'one JSON object on standard output, nothing else' },
  },
  run: async ({ rows, dir, json }, io) => {
    const { runDemo } = await import('./demo.run.ts');
    return runDemo(workspace(dir), rows, json, io);
  },
});
