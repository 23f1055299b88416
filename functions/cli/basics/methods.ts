import { command } from '../core/command.ts';

export const methods = command({
  name: 'methods',
  summary: 'list the element types that a policy may have, with alphabet, lengths, width of tokens and an example',
  options: {
    alphabets: { summary: 'list the built-in alphabets that a unicode element may name' },
    json: { summary: 'the list as JSON' },
  },
  help: `
The columns characters and bytes say how wide a token is at most, with the options of the example: characters for a value of n
characters, UTF-8 bytes for a value of n bytes.`,
  run: async ({ alphabets, json }, io) => {
    const { listAlphabets, listMethods } = await import('./methods.run.ts');
    return alphabets ? listAlphabets(json, io) : listMethods(json, io);
  },
});
