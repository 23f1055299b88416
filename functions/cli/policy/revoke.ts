import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const revoke = command({
  name: 'revoke',
  summary: 'let a role do less with elements, in the policy file; comments and order stay',
  arguments: {
    role: { summary: 'the role', completes: 'role' },
    element: { several: true, summary: 'the data elements', completes: 'element' },
  },
  options: {
    protect: { summary: 'may no longer protect and check values' },
    unprotect: { summary: 'may no longer see values, nor under a mask' },
    reprotect: { summary: 'may no longer move tokens between elements' },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Without a permission the whole grant goes. With one, the rest of the grant stays, and so does what it answers in place of a value.`,
  run: async ({ role, element: elements, dir, ...wanted }, io) => {
    const { revokeFrom } = await import('./revoke.run.ts');
    return revokeFrom(workspace(dir), { role, elements, ...wanted }, io);
  },
});
