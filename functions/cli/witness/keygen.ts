import { command } from '../core/command.ts';
import { jsonOutput } from '../options.ts';
import { witnessDir } from './options.ts';

export const keygen = command({
  name: 'keygen',
  summary: 'make the key of a witness, and print its verifier key',
  options: {
    name: {
      value: '<name>',
      required: true,
      summary: 'the name in its signature lines: a URL without a scheme, such as witness.example.com/w1',
    },
    ...witnessDir,
    ...jsonOutput,
  },
  run: async ({ dir, name, json }, io) => {
    const { makeWitnessKey } = await import('./keygen.run.ts');
    return makeWitnessKey(dir, name, json, io);
  },
});
