import { command } from '../core/command.ts';
import { path, place } from '../core/readers.ts';
import { jsonOutput, witnessPolicy, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const prove = command({
  name: 'prove',
  summary: 'write a proof that a record is in the log, which verifies without it (C2SP tlog-proof); or check one',
  arguments: { record: { optional: true, summary: '<chain id>:<number>, or the number of its leaf' } },
  options: {
    ...workspaceDir,
    log: { value: '<place>', read: place, summary: 'a directory, or s3://bucket/prefix (default: that of --dir)' },
    keys: { value: '<file>', read: path, summary: 'the list of public keys (default: that of --dir)' },
    keyFile: {
      value: '<file...>',
      read: path,
      summary: 'the keys that records are signed with, to check the checksum of the record too',
    },
    out: { value: '<file>', read: path, summary: 'where to write the proof (default: standard output)' },
    check: {
      value: '<file>',
      read: path,
      summary: 'check this proof instead, and print the record that it proves',
    },
    ...witnessPolicy,
    ...jsonOutput,
  },
  help: `
Examples:
  protector audit prove 0 --out first.tlog-proof
  protector audit prove --check first.tlog-proof --keys audit-keys.json --policy witnesses.policy`,
  run: async ({ dir, ...request }, io) => {
    const { proveOrCheck } = await import('./prove.run.ts');
    return proveOrCheck(workspace(dir), request, io);
  },
});
