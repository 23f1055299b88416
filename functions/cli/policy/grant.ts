import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const grant = command({
  name: 'grant',
  summary: 'let a role do more with elements, in the policy file; comments and order stay',
  arguments: {
    role: { summary: 'the role', completes: 'role' },
    element: { several: true, summary: 'the data elements', completes: 'element' },
  },
  options: {
    protect: { summary: 'may protect and check values' },
    unprotect: { summary: 'may see values' },
    reprotect: { summary: 'may move tokens between elements' },
    mask: { value: '<name>', summary: 'sees values under this mask of the policy' },
    noAccess: {
      value: '<answer>',
      choices: ['null', 'protected', 'exception'],
      summary: 'what an unprotect gets that is not granted (default for a new grant: null)',
    },
    from: { value: '<time>', summary: 'from this moment on (UTC: 2026-12-31 or 2026-12-31T18:00:00Z)' },
    until: { value: '<time>', summary: 'until this moment' },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Examples:
  protector policy grant support deEmail dePhone --unprotect
  protector policy grant contractor deSSN --unprotect --until 2026-12-31
  protector policy grant analyst deCCN --unprotect --mask last4

What a grant has already stays. "protector policy revoke" takes away; "protector policy seal" puts the file in force.`,
  run: async ({ role, element: elements, dir, ...wanted }, io) => {
    const { grantTo } = await import('./grant.run.ts');
    return grantTo(workspace(dir), { role, elements, ...wanted }, io);
  },
});
