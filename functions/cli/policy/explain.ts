import { command } from '../core/command.ts';
import { time } from '../core/readers.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const explain = command({
  name: 'explain',
  summary: 'say why a user may or may not do something with an element, role by role',
  options: {
    user: { value: '<name>', required: true, completes: 'user', summary: 'the user, as the warehouse names it' },
    element: { value: '<name>', required: true, completes: 'element', summary: 'the data element' },
    to: { value: '<name>', completes: 'element', summary: 'the new element of a reprotect; default: the same' },
    at: {
      value: '<time>',
      read: time,
      summary: 'when the request is made, such as 2026-12-31T18:00:00Z; default: now',
    },
    ...workspaceDir,
    ...jsonOutput,
  },
  run: async ({ user, element, to, at, dir, json }, io) => {
    const { explainAccess } = await import('./explain.run.ts');
    return explainAccess(workspace(dir), { user, element, to, at }, json, io);
  },
});
