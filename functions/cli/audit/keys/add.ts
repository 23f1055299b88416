import { command } from '../../core/command.ts';
import { path, time, wholeNumber } from '../../core/readers.ts';
import { workspaceDir } from '../../options.ts';

export const add = command({
  name: 'add',
  summary: 'write a key of a deployment into a list, which is made when it is not there',
  options: {
    keys: { value: '<file>', read: path, required: true, summary: 'the list' },
    kms: { value: '<key>', summary: 'a KMS key that signs checkpoints: id, ARN or alias' },
    verifierKey: { value: '<key>', summary: 'a key that signs checkpoints: <name>+<id>+<base64>' },
    recordKeyId: {
      value: '<id>',
      summary: 'a key that signs records; the key itself is secret and not written',
    },
    origin: { value: '<name>', summary: 'the name of the log, in a new list' },
    from: { value: '<time>', read: time, summary: 'when it began to be used, ISO 8601' },
    until: { value: '<time>', read: time, summary: 'when it ceased to be used, ISO 8601' },
    every: {
      value: '<seconds>',
      read: wholeNumber,
      summary: 'the clock of the log: the longest time between two checkpoints, which a verifier then expects',
    },
    ...workspaceDir,
    json: { summary: 'the new list as JSON' },
  },
  run: async ({ keys, json, ...added }, io) => {
    const { addAuditKey } = await import('./add.run.ts');
    return addAuditKey(keys, added, json, io);
  },
});
