// The service control policy that keeps the path of the audit trail, from the record to the checkpoint, whatever rights an
// identity of the account has. `node infra/service-control-policy.ts [<name>]` prints it for a deployment.
import { argv, stdout } from 'node:process';
import { FRONT_ENDS } from '../lib/contract/front-ends.ts';
import { DEFAULT_DEPLOYMENT, functionName } from '../lib/contract/deployment.ts';

/** One part of the path, and the actions that could break it. */
export interface Guard {
  readonly sid: string;
  /** What is guarded, for readers. */
  readonly part: string;
  /** ARNs with wildcards, for a deployment of this name. */
  readonly resources: (name: string) => readonly string[];
  /** @default on every request */
  readonly condition?: (name: string) => Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Action → what it would do to the trail. */
  readonly actions: Readonly<Record<string, string>>;
}

const functionArn = (name: string): string => `arn:aws:lambda:*:*:function:${name}*`;

/** Every action that could break the path, in the order of the path. CloudFormation makes the names with `*`. */
export const GUARDS: readonly Guard[] = [
  {
    sid: 'KeepTheWriters',
    part: 'The functions that write records. The policy agent, which publishes policies, is excepted',
    resources: (name) =>
      [...FRONT_ENDS, 'file-protector' as const].map((writer) => functionArn(functionName(name, writer))),
    condition: (name) => ({
      ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::*:role/${functionName(name, 'policy-agent')}-*` },
    }),
    actions: {
      'lambda:DeleteAlias': 'callers reach no function that records',
      'lambda:DeleteFunction': 'the same, and the name is free for another function',
      'lambda:PutFunctionScalingConfig': 'on instances, zero environments end the version that callers reach',
      'lambda:UpdateAlias': 'callers reach a version that another identity has chosen',
      'lambda:UpdateFunctionCode': 'code that answers without a record',
      'lambda:UpdateFunctionConfiguration': 'another audit mode, log group, layer or role',
    },
  },
  {
    sid: 'KeepTheRecords',
    part: 'The audit log group and its subscription',
    resources: (name) => [`arn:aws:logs:*:*:log-group:/${name}/audit/*`],
    actions: {
      'logs:AssociateKmsKey': 'another key, which its holder may disable',
      'logs:DeleteLogGroup': 'removes records that are not sealed yet',
      'logs:DeleteLogStream': 'removes the records of one environment',
      'logs:DeleteRetentionPolicy': 'changes how long records are kept',
      'logs:DeleteSubscriptionFilter': 'ends the path from the group to the stream',
      'logs:DisassociateKmsKey': 'new records are no longer under the log key',
      'logs:PutDataProtectionPolicy': 'masks parts of records: their checksums no longer fit',
      'logs:PutLogGroupDeletionProtection': 'lets the group be deleted',
      'logs:PutRetentionPolicy': 'expires records before they are compared with the log',
      'logs:PutStorageTierPolicy': 'moves records to where they are not read as before',
      'logs:PutSubscriptionFilter': 'filters records out, or sends them elsewhere',
      'logs:PutTransformer': 'changes records on their way to the stream',
    },
  },
  {
    sid: 'KeepTheLogsOfTheAccount',
    part: 'Policies of CloudWatch Logs for the whole account, which reach the audit log group too',
    resources: () => ['*'],
    actions: {
      'logs:PutAccountPolicy': 'masks, transforms or redirects the records of every group',
      'logs:PutResourcePolicy': 'denies writers or the subscription',
    },
  },
  {
    sid: 'KeepTheStream',
    part: 'The stream between log group and sealer; in mode kinesis, where records are written',
    resources: (name) => [`arn:aws:kinesis:*:*:stream/${name}-audit-*`],
    actions: {
      'kinesis:DecreaseStreamRetentionPeriod': 'drops records that the sealer has not read',
      'kinesis:DeleteStream': 'drops all of them, and ends the path',
      'kinesis:MergeShards': 'fewer shards throttle the subscription, which drops records after 24 hours',
      'kinesis:PutResourcePolicy': 'denies the subscription or the reader',
      'kinesis:StartStreamEncryption': 'another key, which its holder may disable',
      'kinesis:UpdateMaxRecordSize': 'refuses records that were taken before',
      'kinesis:UpdateShardCount': 'fewer shards, as with MergeShards',
      'kinesis:UpdateStreamRecordDistributionStrategy':
        'changes which shard gets a record, and so the order of a chain',
    },
  },
  {
    sid: 'KeepTheReader',
    part: 'The event source mapping by which Lambda reads the stream for the sealer',
    resources: () => ['arn:aws:lambda:*:*:event-source-mapping:*'],
    condition: (name) => ({ ArnLike: { 'lambda:FunctionArn': functionArn(functionName(name, 'log-sealer')) } }),
    actions: {
      'lambda:DeleteEventSourceMapping': 'no record reaches the sealer',
      'lambda:UpdateEventSourceMapping': 'disables it, filters records out, or gives them up after a failure',
    },
  },
  {
    sid: 'KeepTheSealer',
    part: 'The sealer, and the verifier that tells of records it lacks',
    resources: (name) => [functionName(name, 'log-sealer'), functionName(name, 'log-verifier')].map(functionArn),
    actions: {
      'lambda:DeleteFunction': 'no record is sealed',
      'lambda:DeleteResourcePolicy': 'the clock may no longer invoke it',
      'lambda:PutFunctionConcurrency': 'zero stops it',
      'lambda:PutFunctionScalingConfig': 'zero environments stop it',
      'lambda:PutResourcePolicy': 'denies the clock',
      'lambda:RemovePermission': 'the clock may no longer invoke it',
      'lambda:UpdateFunctionCode': 'code that seals what it likes',
      'lambda:UpdateFunctionConfiguration': 'another log, key, role or time limit',
    },
  },
  {
    sid: 'KeepTheClocks',
    part: 'The schedules of sealer and verifier',
    resources: (name) => [`arn:aws:events:*:*:rule/${name}-audit-*`],
    actions: {
      'events:DeleteRule': 'no checkpoint without records, and no comparison',
      'events:DisableRule': 'the same',
      'events:PutRule': 'the same, by another schedule',
      'events:PutTargets': 'replaces the function',
      'events:RemoveTargets': 'the same as without the rule',
    },
  },
  {
    sid: 'KeepTheLog',
    part: 'The bucket of the sealed log. Its policy lets the sealer alone write and delete',
    resources: (name) => [`arn:aws:s3:::${name}-audit-sealerlog*`],
    actions: {
      's3:BypassGovernanceRetention': 'deletes locked objects, were their lock of that mode',
      's3:DeleteBucket': 'ends the log',
      's3:DeleteBucketPolicy': 'lets others write and delete',
      's3:DeleteObjectVersion': 'removes what is not locked: a commit under way',
      's3:PutBucketAbac': 'lets tags decide who may read and write',
      's3:PutBucketObjectLockConfiguration': 'another lock for new objects',
      's3:PutBucketPolicy': 'denies the sealer, or lets others write and delete',
      's3:PutBucketVersioning': 'overwrites instead of keeping',
      's3:PutEncryptionConfiguration': 'new objects under a key that its holder may disable',
      's3:PutLifecycleConfiguration': 'expires a commit under way, or moves tiles to where they cannot be read',
      's3:UpdateObjectEncryption': 'existing objects under such a key',
    },
  },
  {
    sid: 'KeepTheKeys',
    part: 'The keys: those that sign checkpoints, encrypt the log group, and open policies and the signing key of records',
    resources: () => ['*'],
    condition: (name) => ({ 'ForAnyValue:StringLike': { 'kms:ResourceAliases': `alias/${name}-*` } }),
    actions: {
      'kms:DisableKey': 'no record, or no checkpoint, until the key is enabled again',
      'kms:PutKeyPolicy': 'denies its users, or lets others sign',
      'kms:ScheduleKeyDeletion': 'the same as DisableKey, and for good after 7 days',
    },
  },
  {
    sid: 'KeepTheAliases',
    part: 'The aliases by which the statement before knows the keys',
    resources: (name) => [`arn:aws:kms:*:*:alias/${name}-*`],
    actions: {
      'kms:DeleteAlias': 'the key is guarded no longer',
      'kms:UpdateAlias': 'the same, and another key is in its place',
    },
  },
  {
    sid: 'KeepTheRoles',
    part: 'The roles of functions and subscription',
    resources: (name) => [`arn:aws:iam::*:role/${name}-*`],
    actions: {
      'iam:AttachRolePolicy': 'a policy that denies, or that allows more',
      'iam:DeleteRole': 'the function has no rights',
      'iam:DeleteRolePolicy': 'the same',
      'iam:PassRole': 'a function of other code with the rights of a protect function: values without a record',
      'iam:PutRolePermissionsBoundary': 'takes rights away',
      'iam:PutRolePolicy': 'takes rights away, or adds some',
      'iam:UpdateAssumeRolePolicy': 'another identity has the rights of the function',
    },
  },
];

/** Returns the policy for a deployment of this name. Its JSON without blanks must have at most 5,120 characters. */
export function serviceControlPolicy(name = DEFAULT_DEPLOYMENT): object {
  return {
    Version: '2012-10-17',
    Statement: GUARDS.map(({ sid, actions, resources, condition }) => ({
      Sid: sid,
      Effect: 'Deny',
      Action: Object.keys(actions),
      Resource: oneOrAll(resources(name)),
      ...(condition && { Condition: condition(name) }),
    })),
  };
}

function oneOrAll(items: readonly string[]): string | readonly string[] {
  return items.length === 1 ? items[0]! : items;
}

if (import.meta.main) stdout.write(`${JSON.stringify(serviceControlPolicy(argv[2]), undefined, 2)}\n`);
