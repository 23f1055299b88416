import { command } from '../../core/command.ts';
import { path } from '../../core/readers.ts';
import { workspaceDir } from '../../options.ts';
import { workspace } from '../../workspace/workspace.ts';

export const list = command({
  name: 'list',
  summary: 'show the list',
  options: {
    ...workspaceDir,
    keys: { value: '<file>', read: path, summary: 'another list than that of --dir' },
    json: { summary: 'the list itself, for --keys of verify and prove' },
  },
  run: async ({ dir, keys, json }, io) => {
    const { showKeyList } = await import('./list.run.ts');
    return showKeyList(workspace(dir), keys, json, io);
  },
});
