// Options that several commands share. A command spreads them into its own.
import { options, type ValuesOf } from './core/command.ts';
import { path, place, time, wholeNumber } from './core/readers.ts';
import { DEFAULT_DIR } from './workspace/workspace.ts';

/** For every command that works in a workspace. */
export const workspaceDir = options({
  dir: {
    value: '<dir>',
    read: path,
    completes: 'directory',
    env: 'PROTECTOR_DIR',
    summary: 'the directory with policy, keys and audit trail',
    default: DEFAULT_DIR,
  },
});

/** For commands that a deployment carries out too. */
export const policyAgent = options({
  agent: {
    value: '<function>',
    summary: 'on AWS: the policy agent, which does it for every protect function',
    env: 'POLICY_AGENT',
  },
  region: {
    value: '<region>',
    summary: 'on AWS: where the agent is; default: as the AWS command line has it',
  },
});

/** A policy that is in force, or was: of a workspace, or of a deployment. */
export const policyInForce = options({
  ...workspaceDir,
  ...policyAgent,
  policyVersion: { value: '<version>', read: wholeNumber, summary: "the policy of this version, in place of today's" },
  at: { value: '<time>', read: time, summary: 'on AWS: the policy that was live then (2026-11-24T10:00:00Z)' },
});

/** Who signs a release. */
export const sshKey = options({
  key: {
    value: '<file>',
    read: path,
    required: true,
    summary: 'your SSH key: a private key, or a public one whose private key ssh-agent holds',
  },
});

/** Which witnesses must have cosigned a log. */
export const witnessPolicy = options({
  policy: {
    value: '<file>',
    read: path,
    summary: 'the witnesses and their quorum (C2SP tlog-policy), from a source you trust',
  },
});

/** Whose timestamps count. */
export const timestampAuthorities = options({
  tsa: {
    value: '<file...>',
    read: path,
    summary: 'certificates (PEM) of timestamp authorities: timestamps must be theirs, and lead to one of these',
  },
});

/** The state machine of the file protector, on AWS. */
export const filesMachine = options({
  machine: {
    value: '<arn>',
    required: true,
    env: 'FILES_MACHINE',
    summary: 'the state machine of the stack "files": its output FilesMachine',
  },
});

/** What programs read, alone on standard output. */
export const jsonOutput = options({ json: { summary: 'as JSON' } });

/** For commands whose work cannot be undone. */
export const withoutAsking = options({
  yes: { short: '-y', summary: 'do not ask; without a terminal no question is asked' },
});

/** The result of a query, for programs. */
export const queryOutput = options({
  csv: { summary: 'CSV with a header line; NULL is empty, an empty text is ""', conflicts: 'json' },
  json: { summary: 'a JSON array with an object per row' },
});
export type QueryOutput = ValuesOf<typeof queryOutput>;

/** Which audit records to read: any copy of them, and a range of time. */
export const recordSource = options({
  ...workspaceDir,
  file: {
    value: '<place>',
    read: place,
    summary: 'audit records, one JSON object a line: a file or a directory of files, zipped or not',
  },
  s3: { value: '<url>', summary: 's3://bucket/prefix: objects of such lines, zipped or not' },
  logGroup: { value: '<name>', summary: 'a CloudWatch Logs group' },
  keyFile: {
    value: '<file...>',
    read: path,
    summary:
      'the keys they are signed with; without them no record is verified (default, without a place: those of --dir)',
  },
  from: {
    value: '<time>',
    read: time,
    summary: 'records from this time on (UTC: 2026-11-24 or 2026-11-24T10:00:00Z)',
  },
  to: { value: '<time>', read: time, summary: 'records before this time' },
});
export type RecordSource = ValuesOf<typeof recordSource>;

/** Where a forwarder keeps what waits. */
export const forwarderStore = options({
  store: {
    value: '<where>',
    read: place,
    summary: "the forwarder's: a directory, or s3://bucket (default: that of --dir)",
  },
});

/** Whose sinks: the tenants of a workspace or of a deployment. */
export const sealedTenants = options({
  tenants: {
    value: '<where>',
    read: place,
    summary: 'sealed tenants: a file, or s3://bucket/key (default: those of --dir)',
  },
});

/** What a tenant's sink must not name. */
export const ownNames = options({
  own: {
    value: '<name...>',
    summary: 'buckets and log groups of the deployment: no sink may write to them',
  },
});

/** Sealed tenants that are not the workspace's. */
export const tenantsPlace = options({
  at: { value: '<place>', summary: 'sealed tenants in S3 (s3://bucket/key) instead of those of --dir' },
});

/** A forwarder on AWS, which does what it is asked with its own rights. */
export const forwarderFunction = options({
  function: {
    value: '<name>',
    summary:
      'on AWS: the log forwarder, which does it with rights of its own; needs the right to invoke its alias "operator"',
    env: 'LOG_FORWARDER',
    conflicts: 'store',
  },
  region: {
    value: '<region>',
    summary: 'on AWS: where the function is; default: as the AWS command line has it',
  },
});

/** Whose lanes: all by default. */
export const wantedLanes = options({
  lane: { value: '<name>', summary: 'of this lane only, as "events status" names it' },
  tenant: { value: '<id>', summary: 'of this tenant only' },
  sink: { value: '<name>', summary: 'of sinks of this name only' },
});
