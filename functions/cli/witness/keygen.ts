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
    kms: { value: '<key>', summary: 'print the verifier key of this KMS key of a deployed witness, and make none' },
    ...witnessDir,
    ...jsonOutput,
  },
  run: async ({ dir, name, kms, json }, io) => {
    const { makeWitnessKey, showKmsKey } = await import('./keygen.run.ts');
    return kms === undefined ? makeWitnessKey(dir, name, json, io) : showKmsKey(kms, name, json, io);
  },
});
