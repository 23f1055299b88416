import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const addRole = command({
  name: 'add-role',
  summary: 'add a role to the policy file; comments and order stay',
  arguments: { name: { summary: 'of the role' } },
  options: {
    member: { value: '<user...>', summary: 'users, as the warehouse names them' },
    group: { value: '<group...>', summary: 'groups of the policy' },
    default: { summary: 'for every user whom no other role lists' },
    description: { value: '<text>', summary: 'what the role is for' },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Example:
  protector policy add-role support --member SUPPORT_ANN SUPPORT_BOB

Its members may do nothing before "protector policy grant".`,
  run: async ({ name, dir, ...wanted }, io) => {
    const { addRoleTo } = await import('./add-role.run.ts');
    return addRoleTo(workspace(dir), { name, ...wanted }, io);
  },
});
