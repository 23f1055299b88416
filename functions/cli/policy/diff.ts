import { command } from '../core/command.ts';
import { path, wholeNumber } from '../core/readers.ts';
import { jsonOutput, policyAgent, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const diff = command({
  name: 'diff',
  summary: 'say in words what changes: who may do more or less, which tokens become unreadable',
  arguments: {
    old: { optional: true, read: path, summary: 'a policy file; default: the policy in force' },
    new: { optional: true, read: path, summary: 'a policy file; default: the policy file of --dir' },
  },
  options: {
    ...workspaceDir,
    ...policyAgent,
    oldVersion: { value: '<version>', read: wholeNumber, summary: 'in place of a file: the policy of this version' },
    newVersion: { value: '<version>', read: wholeNumber, summary: 'in place of a file: the policy of this version' },
    ...jsonOutput,
  },
  help: `
Versions and the policy in force are those of --dir, or with --agent those of a deployment.`,
  run: async ({ old, new: changed, dir, agent, region, oldVersion, newVersion, json }, io) => {
    const { printPolicyDiff } = await import('./diff.run.ts');
    const where = { ws: workspace(dir), agent: agent === undefined ? undefined : { agent, region } };
    const sides = { old: { file: old, version: oldVersion }, changed: { file: changed, version: newVersion } };
    return printPolicyDiff({ ...where, ...sides }, json, io);
  },
});
