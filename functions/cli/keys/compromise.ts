import { command } from '../core/command.ts';
import { wholeNumber } from '../core/readers.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const compromise = command({
  name: 'compromise',
  summary: 'mark a root key as known to others: no policy is sealed any more whose elements protect with it',
  arguments: { version: { read: wholeNumber, summary: 'of the root key' } },
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ version, dir, json }, io) => {
    const { markCompromised } = await import('./compromise.run.ts');
    return markCompromised(workspace(dir), version, json, io);
  },
});
