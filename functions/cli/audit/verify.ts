import { command } from '../core/command.ts';
import { path, place, time, wholeNumber } from '../core/readers.ts';
import { timestampAuthorities, witnessPolicy, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const verify = command({
  name: 'verify',
  summary:
    'check every signature, the order of every chain and, where the trail is sealed, its whole log against it; says what is wrong and where: modified, missing, reordered, forked, rolled-back, unsigned-tail, gap, moved, unknown-key, unwitnessed, untimely, unverified, later-than-now, unsigned, unreadable or malformed (repeated is a note)',
  options: {
    ...workspaceDir,
    file: {
      value: '<place>',
      read: place,
      summary: 'audit records, one JSON object a line: a file, a directory, or s3://bucket/prefix',
    },
    logGroup: {
      value: '<name>',
      summary: 'a CloudWatch Logs group of such records, in place of --file',
      conflicts: 'file',
    },
    keyFile: {
      value: '<file...>',
      read: path,
      summary: 'the keys they are signed with: {"key_id": "...", "key": "<base64>"}; needed without --log',
    },
    log: {
      value: '<place>',
      read: place,
      summary: 'the log they were sealed in: a directory, or s3://bucket/prefix; alone, it is verified by itself',
    },
    keys: {
      value: '<file>',
      read: path,
      summary: 'the list of public keys, from a source you trust (default: that of --dir)',
    },
    known: {
      value: '<file...>',
      read: path,
      summary: 'checkpoints that were kept elsewhere: the log must hold them',
    },
    ...witnessPolicy,
    asOf: {
      value: '<time>',
      read: time,
      summary: 'the time at which the next checkpoint must not be overdue (default: now)',
    },
    ...timestampAuthorities,
    tsaWithin: {
      value: '<seconds>',
      read: wholeNumber,
      summary: 'the longest time from a checkpoint to the timestamp that covers it (default: 900)',
    },
    tsaFrom: {
      value: '<time>',
      read: time,
      summary: 'checkpoints before this time need no timestamp (default: every one needs one)',
    },
    every: {
      value: '<seconds>',
      read: wholeNumber,
      summary:
        'the clock of the log: the longest time between two checkpoints (default: what list and checkpoints promise)',
    },
    checkpoints: {
      value: '<number>',
      read: wholeNumber,
      summary: 'how many checkpoints the log had before: it must not have fewer',
    },
    excerpt: { summary: 'the records are some of those of the log: that others are not among them is no finding' },
    json: { summary: 'the whole report as JSON' },
  },
  run: async ({ dir, asOf, json, ...request }, io) => {
    const { verifyTrail } = await import('./verify.run.ts');
    return verifyTrail(
      workspace(dir),
      { ...request, nowMs: asOf?.getTime() ?? io.nowMs(), clockMs: io.nowMs() },
      json,
      io,
    );
  },
});
