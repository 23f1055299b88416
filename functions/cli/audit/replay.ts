import { command } from '../core/command.ts';
import { place, time } from '../core/readers.ts';
import { workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const replay = command({
  name: 'replay',
  summary: 'find the records that the Merkle log lacks, and bring them into it; what it holds is not sent again',
  options: {
    ...workspaceDir,
    file: { value: '<place>', read: place, summary: 'the records (default: those of --dir)' },
    logGroup: { value: '<name>', summary: 'the records: the audit log group of a deployment', conflicts: 'file' },
    from: {
      value: '<time>',
      read: time,
      summary: 'of the log group: events from this time on (UTC: 2026-11-24 or 2026-11-24T10:00:00Z)',
    },
    to: { value: '<time>', read: time, summary: 'of the log group: events before this time (default: 5 minutes ago)' },
    log: {
      value: '<place>',
      read: place,
      summary: 'the log of the deployment: s3://bucket/prefix (default: that of --dir)',
    },
    stream: { value: '<name>', summary: 'the audit stream, from which the sealer of the deployment seals them' },
    dryRun: { summary: 'say what is missing, and change nothing' },
    json: { summary: 'the report as JSON' },
  },
  help: `
Without --log, it seals the missing records of a workspace. With --log, it puts them into --stream, for the sealer. A
record that comes twice is sealed once, so the command can be interrupted and run again.
Exit code 1 when --dry-run finds a missing record, or when a record contradicts one that was sealed before.
On a deployment it needs logs:FilterLogEvents on the log group, s3:GetObject and s3:ListBucket on the bucket of the log,
and kinesis:PutRecords on the stream, which --dry-run does without.`,
  run: async ({ dir, json, ...request }, io) => {
    const { replayRecords } = await import('./replay.run.ts');
    return replayRecords(workspace(dir), request, json, io);
  },
});
