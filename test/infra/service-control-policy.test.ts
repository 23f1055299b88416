// The service control policy of SECURITY.md: it covers the path from record to checkpoint, as the stacks build it, and
// every action of the services on that path is in it or harmless for a reason.
import { readFileSync } from 'node:fs';
import * as kinesis from '@aws-sdk/client-kinesis';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { GUARDS, serviceControlPolicy } from '../../infra/service-control-policy.ts';
import { all, covers, flat, list, rolesOf, statementsOf, synthesise } from '../support/infra.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const guarded = GUARDS.flatMap(({ actions }) => Object.keys(actions));

/** Actions whose name differs from that of the call (Service Authorization Reference). */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  's3:DeleteBucketLifecycle': 's3:PutLifecycleConfiguration',
  's3:DeleteBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:DeleteObjects': 's3:DeleteObject',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  's3:PutObjectLockConfiguration': 's3:PutBucketObjectLockConfiguration',
};

/** Actions that write and break nothing on the path: reason → service → patterns of their names. */
const HARMLESS: readonly [reason: string, service: string, names: RegExp][] = [
  [
    'tags decide nothing here',
    '*',
    /^(?:Add|Remove)?(?:Tag|Untag)\w*$|^(?:Put|Delete)(?:Bucket|Object)Tagging$|TagsToStream|TagsFromStream/,
  ],
  ['makes something new beside what there is', '*', /^(?:Create|Register)\w+$/],
  [
    'uses a key: its policy says who may',
    'kms',
    /^(?:Decapsulate|Decrypt|DeriveSharedSecret|Encapsulate|Encrypt|Generate\w+|ReEncrypt|Sign|Verify\w*)$/,
  ],
  [
    'the keys have no material from outside and no key store of their own',
    'kms',
    /^(?:ImportKeyMaterial|DeleteImportedKeyMaterial|\w+CustomKeyStore)$/,
  ],
  [
    'lets a key work, or rotates it',
    'kms',
    /^(?:CancelKeyDeletion|EnableKey|EnableKeyRotation|DisableKeyRotation|RotateKeyOnDemand|UpdateKeyDescription)$/,
  ],
  ['the keys have no grants that the path needs', 'kms', /^(?:RetireGrant|RevokeGrant)$/],
  [
    'key policies let a replica be made in the one Region of the configuration',
    'kms',
    /^(?:ReplicateKey|UpdatePrimaryRegion)$/,
  ],
  ['writes lines: unsigned ones are rejected, repeats are dropped', 'kinesis', /^PutRecords?$/],
  [
    'keeps records longer, or splits a shard',
    'kinesis',
    /^(?:IncreaseStreamRetentionPeriod|SplitShard|UpdateStreamMode|UpdateStreamWarmThroughput)$/,
  ],
  [
    'the stream has no consumers or channels of its own, and no policy',
    'kinesis',
    /^(?:DeregisterStreamConsumer|SubscribeToShard|DeleteResourcePolicy|DeleteChannel|UpdateChannel)$/,
  ],
  [
    'measures, or sets what the account pays',
    'kinesis',
    /^(?:EnableEnhancedMonitoring|DisableEnhancedMonitoring|UpdateAccountSettings)$/,
  ],
  ['records flow without encryption too', 'kinesis', /^StopStreamEncryption$/],
  [
    'invokes: a batch of forged lines is rejected',
    'lambda',
    /^(?:Invoke\w*|AddPermission|AddLayerVersionPermission|RemoveLayerVersionPermission)$/,
  ],
  [
    'numbers versions, and deletes layers that functions keep',
    'lambda',
    /^(?:PublishVersion|PublishLayerVersion|DeleteLayerVersion)$/,
  ],
  [
    'gives a function more room',
    'lambda',
    /^(?:DeleteFunctionConcurrency|PutProvisionedConcurrencyConfig|DeleteProvisionedConcurrencyConfig)$/,
  ],
  ['is about asynchronous calls: the clock calls again', 'lambda', /^(?:Put|Update|Delete)FunctionEventInvokeConfig$/],
  [
    'decides about later code and runtimes alone',
    'lambda',
    /^(?:(?:Put|Delete)FunctionCodeSigningConfig|(?:Update|Delete)CodeSigningConfig|PutRuntimeManagementConfig|PutFunctionRecursionConfig)$/,
  ],
  [
    'the functions have no URL, no capacity provider and no durable executions',
    'lambda',
    /^(?:\w+FunctionUrlConfig|\w+CapacityProvider|\w+DurableExecution\w*)$/,
  ],
  ['writes lines: unsigned ones are rejected, repeats are dropped', 'logs', /^PutLogEvents$/],
  ['reads', 'logs', /^(?:Start|Stop)(?:Query|LiveTail)$/],
  [
    'watches, indexes, exports or looks up',
    'logs',
    /(?:AnomalyDetector|Anomaly|IndexPolicy|MetricFilter|QueryDefinition|ScheduledQuery|LookupTable|ExportTask|ImportTask|S3TableIntegration|Integration)$/,
  ],
  [
    'is about deliveries of other services',
    'logs',
    /(?:Delivery\w*|Destination|DestinationPolicy|SyslogConfiguration|BearerTokenAuthentication)$/,
  ],
  ['the group has no such policy', 'logs', /^Delete(?:AccountPolicy|DataProtectionPolicy|ResourcePolicy|Transformer)$/],
  [
    'the bucket’s policy lets the sealer alone write and delete',
    's3',
    /^(?:PutObject|DeleteObject|DeleteObjects|CopyObject|RenameObject|\w*MultipartUpload|UploadPart|UploadPartCopy|PutObjectRetention|PutObjectAnnotation|DeleteObjectAnnotation)$/,
  ],
  ['the bucket’s policy forbids it to everyone', 's3', /^PutObjectLegalHold$/],
  [
    'the bucket takes no access control lists',
    's3',
    /^(?:PutBucketAcl|PutObjectAcl|(?:Put|Delete)BucketOwnershipControls|(?:Put|Delete)PublicAccessBlock)$/,
  ],
  [
    'reports, copies, serves or moves data that stays as it is',
    's3',
    /^(?:(?:Put|Delete)Bucket(?:Analytics|IntelligentTiering|Inventory|Metrics)Configuration|(?:Delete|Update)BucketMetadata\w*|PutBucket(?:AccelerateConfiguration|Cors|Logging|NotificationConfiguration|Replication|RequestPayment|Website)|DeleteBucket(?:Cors|Replication|Website)|RestoreObject|WriteGetObjectResponse)$/,
  ],
];

const READS = /^(?:Get|List|Describe|Head|Select|Filter|Test)/;

function harmless(service: string, call: string): boolean {
  return HARMLESS.some(([, of, names]) => (of === '*' || of === service) && names.test(call));
}

describe('every action that writes, of the services on the path', () => {
  const services = { kinesis, kms, lambda, logs, s3 };

  test.each(Object.entries(services))('is denied or harmless: %s', (service, client) => {
    const calls = Object.keys(client).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    const writing = calls.filter((call) => !READS.test(call));
    expect(writing.length).toBeGreaterThan(20);
    const isGuarded = (call: string): boolean =>
      guarded.includes(OTHER_NAMES[`${service}:${call}`] ?? `${service}:${call}`);
    expect(writing.filter((call) => !isGuarded(call) && !harmless(service, call))).toEqual([]);
    expect(writing.filter((call) => isGuarded(call) && harmless(service, call))).toEqual([]);
  });

  test('has no reason without an action', () => {
    const calls = Object.entries(services).flatMap(([service, client]) =>
      Object.keys(client).map((name) => [service, name.replace(/Command$/, '')] as const),
    );
    const unused = HARMLESS.filter(
      ([, of, names]) => !calls.some(([service, call]) => (of === '*' || of === service) && names.test(call)),
    );
    expect(unused).toEqual([]);
  });
});

interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

const ADMINISTRATOR = 'arn:aws:iam::111111111111:role/administrator';

/** Evaluates the policy as IAM does, for the operators that it uses. */
function denies({ action, resource, context = {} }: Request, name?: string): boolean {
  const facts: Readonly<Record<string, string>> = { 'aws:PrincipalArn': ADMINISTRATOR, ...context };
  return statementsOf(serviceControlPolicy(name)).some((statement) => {
    const holds = Object.entries(statement.condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, pattern]) => {
        const fits = facts[key] !== undefined && matches(String(pattern), facts[key]);
        if (operator === 'ArnNotLike') return !fits;
        if (operator === 'ArnLike' || operator === 'ForAnyValue:StringLike') return fits;
        throw new Error(`unknown operator ${operator}`);
      }),
    );
    return holds && covers(statement, action) && statement.resources.some((one) => matches(one, resource));
  });
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

const PLACE = 'eu-west-1:111111111111';
const stacks = synthesise();
const trail = { audit: stacks['audit']! };
/** The name that CloudFormation makes up: stack, logical id, random text. */
const madeUp = (id: string): string => `protector-audit-${id}-1A2B3C4D`;
const idsOf = (type: string): string[] => all(trail, type).map(({ id }) => id);

/** The resources of the path in the templates, with what breaks each. */
const PATH: [part: string, request: Request][] = [
  ...['logs:DeleteLogGroup', 'logs:DeleteSubscriptionFilter', 'logs:PutSubscriptionFilter', 'logs:PutTransformer'].map(
    (action): [string, Request] => [
      action,
      { action, resource: `arn:aws:logs:${PLACE}:log-group:/protector/audit/0a1b2c3d:*` },
    ],
  ),
  ...idsOf('AWS::Kinesis::Stream').flatMap((id) =>
    ['kinesis:DeleteStream', 'kinesis:DecreaseStreamRetentionPeriod'].map((action): [string, Request] => [
      action,
      { action, resource: `arn:aws:kinesis:${PLACE}:stream/${madeUp(id)}` },
    ]),
  ),
  ...['log-sealer', 'log-verifier'].flatMap((name) =>
    ['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'DeleteFunction', 'PutFunctionConcurrency'].map(
      (action): [string, Request] => [
        `lambda:${action} of ${name}`,
        { action: `lambda:${action}`, resource: `arn:aws:lambda:${PLACE}:function:protector-${name}` },
      ],
    ),
  ),
  ...['DeleteEventSourceMapping', 'UpdateEventSourceMapping'].map((action): [string, Request] => [
    `lambda:${action}`,
    {
      action: `lambda:${action}`,
      resource: `arn:aws:lambda:${PLACE}:event-source-mapping:0a1b2c3d-0000-0000-0000-000000000000`,
      context: { 'lambda:FunctionArn': `arn:aws:lambda:${PLACE}:function:protector-log-sealer` },
    },
  ]),
  ...idsOf('AWS::Events::Rule').flatMap((id) =>
    ['events:DisableRule', 'events:RemoveTargets'].map((action): [string, Request] => [
      `${action} of ${id}`,
      { action, resource: `arn:aws:events:${PLACE}:rule/${madeUp(id)}` },
    ]),
  ),
  ...all(trail, 'AWS::S3::Bucket')
    .filter(({ resource }) => resource.Properties['ObjectLockEnabled'] === true)
    .flatMap(({ id }) =>
      ['s3:PutBucketPolicy', 's3:PutLifecycleConfiguration', 's3:DeleteBucket'].map((action): [string, Request] => [
        action,
        { action, resource: `arn:aws:s3:::${madeUp(id).toLowerCase()}` },
      ]),
    ),
  ...all(stacks, 'AWS::KMS::Alias').flatMap(({ resource }): [string, Request][] => {
    const alias = flat(resource.Properties['AliasName']);
    return [
      [
        `kms:DisableKey of ${alias}`,
        {
          action: 'kms:DisableKey',
          resource: `arn:aws:kms:${PLACE}:key/1`,
          context: { 'kms:ResourceAliases': alias },
        },
      ],
      [`kms:UpdateAlias of ${alias}`, { action: 'kms:UpdateAlias', resource: `arn:aws:kms:${PLACE}:${alias}` }],
    ];
  }),
  ...all(trail, 'AWS::IAM::Role').map(({ id, resource }): [string, Request] => {
    const named = resource.Properties['RoleName'];
    const name = named === undefined ? madeUp(id) : flat(named).replace('<AWS::Region>', 'eu-west-1');
    return [
      `iam:PutRolePolicy of ${id}`,
      { action: 'iam:PutRolePolicy', resource: `arn:aws:iam::111111111111:role/${name}` },
    ];
  }),
];

describe('the policy', () => {
  test('is asked about every part of the path', () => {
    expect(PATH.length).toBeGreaterThan(30);
    const services = new Set(PATH.map(([, { action }]) => action.split(':')[0]));
    expect(services).toEqual(new Set(['lambda', 'logs', 'kinesis', 'events', 's3', 'kms', 'iam']));
  });

  test.each(PATH)('denies %s', (_, request) => {
    expect(denies(request)).toBe(true);
  });

  test('denies nothing to another deployment, nor of another service', () => {
    const others = PATH.filter(([, { action }]) => !action.includes('EventSourceMapping'));
    expect(others.filter(([, request]) => denies(request, 'other')).map(([part]) => part)).toEqual([]);
    expect(denies({ action: 's3:PutBucketPolicy', resource: 'arn:aws:s3:::protector-policy-authoring-1' })).toBe(false);
  });

  test('lets the policy agent publish, and no other identity', () => {
    for (const action of ['lambda:UpdateFunctionConfiguration', 'lambda:UpdateAlias']) {
      const request = { action, resource: `arn:aws:lambda:${PLACE}:function:protector-redshift` };
      const agent = { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/protector-policy-agent-eu-west-1' };
      expect([denies(request), denies({ ...request, context: agent })]).toEqual([true, false]);
    }
  });

  test('stops no function of a deployment: none has a right that it denies', () => {
    const everything = synthesise({ tenants: {}, audit: { mode: 'kinesis', esa: { url: 'https://esa.example.com' } } });
    const rights = rolesOf(everything).flatMap(({ name, statements }) =>
      statements.flatMap(({ actions }) => actions.map((action) => ({ name, action }))),
    );
    expect(rights.length).toBeGreaterThan(50);
    const denied = rights.filter(({ action }) => guarded.includes(action));
    expect(new Set(denied.map(({ name }) => name))).toEqual(new Set(['protector-policy-agent-<AWS::Region>']));
  });

  test('has at most 5,120 characters, the limit of a service control policy', () => {
    expect(JSON.stringify(serviceControlPolicy('a'.repeat(20))).length).toBeLessThanOrEqual(5120);
  });
});

describe('the documents', () => {
  test('show the policy in SECURITY.md', () => {
    const [, shown] = /```json\n(\{\n {2}"Version": "2012-10-17"[^]*?)\n```/.exec(read('SECURITY.md'))!;
    expect(JSON.parse(shown!)).toEqual(serviceControlPolicy());
  });

  test('list every action with what it would do', () => {
    const page = read('docs/service-control-policy.md');
    const rows = [...page.matchAll(/^\| `([\w:]+)` \| (.+) \|$/gm)].map(([, action, reason]) => [action, reason]);
    expect(rows).toEqual(GUARDS.flatMap(({ actions }) => Object.entries(actions)));
    for (const { sid, part } of GUARDS) expect(page).toContain(`### ${sid}\n\n${part}.`);
  });
});

test('statements have names of their own, and no action twice on one part', () => {
  expect(new Set(GUARDS.map(({ sid }) => sid)).size).toBe(GUARDS.length);
  expect(list(guarded).length).toBeGreaterThan(50);
});
