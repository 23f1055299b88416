import { command } from '../core/command.ts';
import { path, place, time } from '../core/readers.ts';
import { jsonOutput, timestampAuthorities, witnessPolicy, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const prove = command({
  name: 'prove',
  summary:
    'write a proof that a record is in the log, which verifies without it (C2SP tlog-proof, or a COSE receipt); or check one',
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
      summary: 'check this proof or receipt instead, and print the record that it proves',
    },
    ...witnessPolicy,
    format: {
      value: '<format>',
      choices: ['tlog-proof', 'cose'],
      default: 'tlog-proof',
      summary: 'what to write',
    },
    kms: {
      value: '<key>',
      summary: 'for a receipt: the KMS key that signs the checkpoints of the log (default: the key of --dir)',
    },
    timestamp: {
      value: '<file>',
      read: path,
      summary:
        'prove under the newest checkpoint with a timestamp, and write that to this file; with --check, the file with it',
    },
    ...timestampAuthorities,
    asOf: {
      value: '<time>',
      read: time,
      summary: 'with --check, the time after which nothing in the proof may be dated (default: now)',
    },
    ...jsonOutput,
  },
  help: `
Examples:
  protector audit prove 0 --out first.tlog-proof
  protector audit prove --check first.tlog-proof --keys audit-keys.json --policy witnesses.policy
  protector audit prove 0 --out first.tlog-proof --timestamp first.tsr
  protector audit prove --check first.tlog-proof --timestamp first.tsr --tsa authority.pem
  protector audit prove 0 --format cose --out first.cose

With --policy a proof is written only under a checkpoint that has the cosignatures of the quorum.

A receipt (RFC 9942) is signed when it is made, with the key of the log: make it where that key is. A tlog-proof needs
no key, since it holds a signed checkpoint.`,
  run: async ({ dir, asOf, ...request }, io) => {
    const { proveOrCheck } = await import('./prove.run.ts');
    return proveOrCheck(workspace(dir), { ...request, asOfMs: asOf?.getTime() }, io);
  },
});
