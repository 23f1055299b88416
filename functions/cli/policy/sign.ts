import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { jsonOutput, sshKey } from '../options.ts';

export const sign = command({
  name: 'sign',
  summary: 'sign a release as its author, for a deployment that demands it',
  arguments: {
    folder: {
      read: path,
      optional: true,
      summary: 'where policy, mapping and tests lie as they will in the authoring bucket',
    },
  },
  options: { ...sshKey, ...jsonOutput },
  help: `
The signature is by ssh-keygen and covers every byte of the files: policy.json (or .yaml), mapping.json and
policy.tests.json where they exist. It goes into release.sig beside them; upload it with them.`,
  run: async ({ folder, key, json }, io) => {
    const { signRelease } = await import('./sign.run.ts');
    return signRelease(folder ?? io.at('.'), key, json, io);
  },
});
