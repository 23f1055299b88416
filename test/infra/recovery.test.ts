// The second Region as the templates have it: what is copied there and by whom, and who opens it there.
import { describe, expect, test } from '@jest/globals';
import { all, covers, flat, list, type Statement, statementsOf, synthesise } from '../support/infra.ts';
import { MULTI_REGION } from './configurations.ts';

const config = MULTI_REGION['a second Region for tenants, with administrators']!;
const stacks = synthesise(config);
const takenOver = synthesise(MULTI_REGION['a second Region that has taken over']);
const withTenants = { multiRegionKeys: true, tenants: {} };

/** Bucket → the stack of the first Region that has it, and how the logical ids begin in both. */
const BUCKETS = {
  publication: { stack: 'policy', id: 'Publication', replica: 'Publication', prefix: '' },
  log: { stack: 'audit', id: 'SealerLog', replica: 'Log', prefix: 'log/' },
  tenants: { stack: 'tenants', id: 'StoreTenants', replica: 'Tenants', prefix: '' },
} as const;
const KEYS = {
  sealing: ['policy', 'SealingKey'],
  checkpoints: ['audit', 'SealerCheckpointKey'],
  tenants: ['tenants', 'StoreKey'],
} as const;

function one(of: typeof stacks, stack: string, type: string, begins: string) {
  const found = all({ [stack]: of[stack]! }, type).filter(({ id }) =>
    new RegExp(`^${begins}(?!ReplicationR)`).test(id),
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

const policyOf = (of: typeof stacks, begins: string): Statement[] =>
  statementsOf(one(of, 'recovery', 'AWS::S3::BucketPolicy', `${begins}Policy`).resource.Properties['PolicyDocument']);

/** Tells whether a policy denies an action to this role, whatever else is true of the request. */
const isDenied = (statements: readonly Statement[], action: string, role: string): boolean =>
  statements.some(({ effect, condition, ...rest }) => {
    if (effect !== 'Deny' || !covers({ effect, condition, ...rest }, action)) return false;
    const except = list(condition['ArnNotEquals']?.['aws:PrincipalArn']).map(flat);
    const others = Object.keys(condition).filter((operator) => operator !== 'ArnNotEquals');
    return (
      others.length === 0 &&
      !except.some((pattern) => new RegExp(`:role/${pattern.split(':role/')[1]!.replaceAll('*', '.*')}$`).test(role))
    );
  });

describe.each(Object.entries(BUCKETS))('the bucket %s', (name, { stack, id, replica, prefix }) => {
  const source = one(stacks, stack, 'AWS::S3::Bucket', id);
  const { ReplicationConfiguration } = source.resource.Properties as {
    ReplicationConfiguration: { Role: unknown; Rules: { Destination: { Bucket: unknown } }[] };
  };
  const rights = statementsOf(
    one(stacks, stack, 'AWS::IAM::Policy', `${id}ReplicationRights`).resource.Properties['PolicyDocument'],
  );
  const copying = `:role/protector-replicate-${name}-eu-central-1`;

  test('is copied below its prefix, in 15 minutes, and no deletion is', () => {
    expect(ReplicationConfiguration.Rules).toMatchObject([
      {
        Status: 'Enabled',
        Filter: { Prefix: prefix },
        DeleteMarkerReplication: { Status: 'Disabled' },
        Destination: { ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } }, Metrics: { Status: 'Enabled' } },
      },
    ]);
    expect(flat(ReplicationConfiguration.Rules[0]!.Destination.Bucket)).toMatch(new RegExp(`:s3:::acme-${name}$`));
  });

  test('is copied by a role that reads it, adds objects in the other bucket, and may do nothing else', () => {
    const role = flat(ReplicationConfiguration.Role).slice(1, -'.Arn>'.length);
    const { Properties } = stacks[stack]![role]!;
    expect(flat(Properties['RoleName'])).toBe(`protector-replicate-${name}-<AWS::Region>`);
    expect(statementsOf(Properties['AssumeRolePolicyDocument'])).toMatchObject([
      { actions: ['sts:AssumeRole'], principal: { Service: 's3.amazonaws.com' } },
    ]);
    const byBucket = Map.groupBy(rights, ({ resources }) =>
      resources[0]!.includes(`acme-${name}`) ? 'there' : 'here',
    );
    expect(
      byBucket.get('there')!.map(({ actions, resources }) => [actions, resources.map((arn) => arn.split(':::')[1])]),
    ).toEqual([[['s3:ReplicateObject', 's3:ReplicateTags'], [`acme-${name}/${prefix}*`]]]);
    const here = byBucket.get('here')!.flatMap(({ actions }) => actions);
    expect(here.filter((action) => !/^s3:(?:Get|List)/.test(action))).toEqual([]);
    // Without these, objects with a lock are not copied.
    expect(here).toEqual(expect.arrayContaining(['s3:GetObjectRetention', 's3:GetObjectLegalHold']));
  });

  test('has a replica with versions that this role alone fills, and from which it removes nothing', () => {
    const { Properties, DeletionPolicy } = one(stacks, 'recovery', 'AWS::S3::Bucket', replica).resource;
    expect([Properties['VersioningConfiguration'], DeletionPolicy]).toEqual([{ Status: 'Enabled' }, 'Retain']);
    const policy = policyOf(stacks, replica);
    expect(isDenied(policy, 's3:ReplicateObject', copying)).toBe(false);
    expect(isDenied(policy, 's3:ReplicateObject', ':role/another')).toBe(true);
    expect(isDenied(policy, 's3:ReplicateDelete', copying)).toBe(true);
  });

  test('changes nothing in the second Region once that has taken over', () => {
    const policy = policyOf(takenOver, replica);
    for (const action of ['s3:ReplicateObject', 's3:ReplicateDelete'])
      expect(isDenied(policy, action, copying)).toBe(true);
  });

  test('stays in its Region by default', () => {
    const plain = synthesise(withTenants);
    expect(one(plain, stack, 'AWS::S3::Bucket', id).resource.Properties).not.toHaveProperty('ReplicationConfiguration');
    expect(all(plain, 'AWS::IAM::Policy')).toEqual([]);
    expect(plain['recovery']).toBeUndefined();
  });
});

describe('the replica of the log', () => {
  test('has object lock, which S3 demands of a copy of a locked bucket, and no role writes or unlocks it', () => {
    expect(one(stacks, 'recovery', 'AWS::S3::Bucket', 'Log').resource.Properties).toMatchObject({
      ObjectLockEnabled: true,
    });
    const policy = policyOf(stacks, 'Log');
    for (const action of [
      's3:PutObject',
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:BypassGovernanceRetention',
    ]) {
      expect([action, isDenied(policy, action, ':role/protector-log-sealer-eu-west-1')]).toEqual([action, true]);
    }
  });
});

test('the replica of the publication bucket is written by the agent of the second Region alone', () => {
  const policy = policyOf(stacks, 'Publication');
  for (const action of ['s3:PutObject', 's3:DeleteObject']) {
    expect(isDenied(policy, action, ':role/protector-policy-agent-<AWS::Region>')).toBe(false);
    expect(isDenied(policy, action, ':role/administrator')).toBe(true);
  }
});

const replicating = (key: Record<string, unknown>): Statement[] =>
  statementsOf(key['KeyPolicy']).filter((statement) => covers(statement, 'kms:ReplicateKey'));

const statements = (key: Record<string, unknown>) => (key['KeyPolicy'] as { Statement: { Sid: string }[] }).Statement;

const uses = (key: Record<string, unknown>) =>
  statements(key).filter(({ Sid }) => !/^(?:Replicate|Administer)$/.test(Sid));

describe.each(Object.entries(KEYS))('the key %s', (name, [stack, id]) => {
  const primary = one(stacks, stack, 'AWS::KMS::Key', id).resource.Properties;
  const replicas = all({ recovery: stacks['recovery']! }, 'AWS::KMS::ReplicaKey');
  const { recovery } = config as { recovery: { keys: Record<string, string> } };
  const replica = replicas.find(
    ({ resource }) => resource.Properties['PrimaryKeyArn'] === recovery.keys[name],
  )!.resource;

  test('is a multi-Region key, with a replica that opens to the same roles of its own Region, and outlives its stack', () => {
    expect(primary).toMatchObject({ MultiRegion: true });
    expect(replica.DeletionPolicy).toBe('Retain');
    expect(uses(replica.Properties)).toEqual(uses(primary));
    expect(uses(primary).length).toBeGreaterThan(1);
    expect(JSON.stringify(uses(replica.Properties))).toContain('AWS::Region');
  });

  test('can be replicated into the one Region by its administrators and the role that deploys there, and by nobody else', () => {
    const [only, ...others] = replicating(primary);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      actions: ['kms:ReplicateKey'],
      condition: { StringEquals: { 'kms:ReplicaRegion': 'eu-west-1' } },
    });
    const principals = list(Object(only!.principal).AWS).map(flat);
    expect(principals[0]).toBe('arn:aws:iam::222222222222:role/caller');
    expect(principals[1]).toMatch(/role\/cdk-hnb659fds-cfn-exec-role-.*-eu-west-1/);
    expect(replicating(replica.Properties)).toEqual([]);
    expect(replicating(one(synthesise(withTenants), stack, 'AWS::KMS::Key', id).resource.Properties)).toEqual([]);
  });
});

const names = (of: typeof stacks): string[] =>
  all(of, 'AWS::CloudWatch::Alarm').map(({ resource }) => flat(resource.Properties['AlarmName']));

describe('alarms tell when the second Region falls behind', () => {
  test('with one metric for each bucket that is copied', () => {
    const found = all(stacks, 'AWS::CloudWatch::Alarm').filter(({ resource }) =>
      flat(resource.Properties['AlarmName']).startsWith('protector-replication-'),
    );
    expect(found).toHaveLength(2);
    for (const { resource } of found) {
      const metrics = list(resource.Properties['Metrics']).filter((metric) =>
        Object.hasOwn(metric as object, 'MetricStat'),
      );
      expect(metrics).toHaveLength(3);
    }
  });

  test('and only where something is copied', () => {
    expect(names(synthesise(MULTI_REGION['a second Region that is prepared'])).join()).not.toContain('replication');
  });
});

describe('a configuration is refused', () => {
  const region = 'eu-west-1';
  const recovery = { region };
  const keys = {
    sealing: `arn:aws:kms:${region}:111111111111:key/mrk-1`,
    checkpoints: 'arn:aws:kms:eu-north-1:111111111111:key/mrk-2',
  };

  test.each<[string, object, string]>([
    [
      'without multi-Region keys, in words that say what a deployment that lives can do',
      { recovery },
      'protector.recovery: needs multiRegionKeys, which is for a new deployment: KMS makes no key of one Region a multi-Region key',
    ],
    [
      'with keys of the second Region',
      { multiRegionKeys: true, recovery: { region, keys } },
      'protector.recovery.keys.sealing: must be of the first Region',
    ],
    [
      'with tenants and no key of theirs',
      { ...withTenants, recovery: { region: 'eu-south-1', keys } },
      'protector.recovery.keys.tenants: is required with tenants',
    ],
    [
      'with adopted buckets',
      { multiRegionKeys: true, recovery, adopt: { logBucket: 'kept' } },
      'protector.adopt.logBucket: is not for recovery',
    ],
    [
      'with a key of one Region',
      {
        multiRegionKeys: true,
        recovery: { region, keys: { ...keys, sealing: 'arn:aws:kms:eu-north-1:111111111111:key/1' } },
      },
      'protector.recovery.keys.sealing: must be the ARN of a multi-Region key',
    ],
  ])('%s', (_, refused, message) => {
    expect(() => synthesise(refused)).toThrow(message);
  });
});
