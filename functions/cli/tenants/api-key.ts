import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const apiKey = command({
  name: 'api-key',
  summary: 'make an API key, write its digest into the tenants file, and print the key once',
  arguments: { id: { summary: 'what the key is called' } },
  options: { ...workspaceDir, ...jsonOutput },
  run: async ({ id, dir, json }, io) => {
    const { makeApiKey } = await import('./api-key.run.ts');
    return makeApiKey(workspace(dir), id, json, io);
  },
});
