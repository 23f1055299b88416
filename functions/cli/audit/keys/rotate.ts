import { command } from '../../core/command.ts';
import { workspaceDir } from '../../options.ts';
import { workspace } from '../../workspace/workspace.ts';

export const rotate = command({
  name: 'rotate',
  summary: 'make a new key; the old one stays in the list, so that what it signed can be verified',
  arguments: { what: { choices: ['records', 'checkpoints'], summary: 'what the key signs' } },
  options: { ...workspaceDir, json: { summary: 'the new list as JSON' } },
  run: async ({ what, dir, json }, io) => {
    const { rotateAuditKey } = await import('./rotate.run.ts');
    return rotateAuditKey(workspace(dir), what, json, io);
  },
});
