import { command } from '../core/command.ts';

export const methods = command({
  name: 'methods',
  summary: 'list the element types that a policy may have, with alphabet, lengths and an example',
  options: { json: { summary: 'the list as JSON' } },
  run: async ({ json }, io) => {
    const { listMethods } = await import('./methods.run.ts');
    return listMethods(json, io);
  },
});
