import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const diff = command({
  name: 'diff',
  summary: 'say in words what changes: who may do more or less, which tokens become unreadable',
  arguments: {
    old: { optional: true, read: path, summary: 'a policy file; default: the sealed policy' },
    new: { optional: true, read: path, summary: 'a policy file; default: the policy file of --dir' },
  },
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ old, new: changed, dir, json }, io) => {
    const { printPolicyDiff } = await import('./diff.run.ts');
    return printPolicyDiff({ ws: workspace(dir), old, changed }, json, io);
  },
});
