import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
// What the templates promise, by reason. The rules of AwsSolutions are looked at by `cdk synth` itself: see
// synth.test.ts.
import { describe, expect, test } from '@jest/globals';
import { objectMap } from '../../infra/object-map.ts';
import { DUCKDB_LAYER } from '../../lib/contract/file-protector.ts';
import { INDEXED_FIELDS } from '../../lib/contract/records.ts';
import {
  all,
  bundleFolder,
  covers,
  flat,
  list,
  rolesOf,
  type Stacks,
  type Statement,
  statementsOf,
  synthesise,
  templatesOf,
} from '../support/infra.ts';

const stacks = synthesise();
const withTenants = synthesise({ tenants: {} });
const TENANT_KEY = 'arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const SINK_ROLE = 'arn:aws:iam::222222222222:role/security-events';
/** A configuration with every option. */
const full = synthesise({
  name: 'acme',
  vpc: { subnets: ['subnet-0123abcd'], securityGroups: ['sg-0123abcd'] },
  usernameRegex: '^(?:IAM:)?(.*)$',
  redshift: { reservedConcurrency: 200, provisionedConcurrency: 5, trustedRoles: [SINK_ROLE] },
  snowflake: { iamUser: 'arn:aws:iam::333333333333:user/snow', externalId: 'ACME_SFCRole=1' },
  rest: {
    authorization: 'JWT',
    jwt: { secret: 'acme/jwt', userClaims: ['email'] },
    mutualTls: {
      domainName: 'protect.example.com',
      certificate: 'arn:aws:acm:eu-west-1:111111111111:certificate/1',
      truststore: 's3://acme-trust/clients.pem',
    },
  },
  audit: {
    mode: 'buffered',
    flushIntervalMs: 10_000,
    esa: { url: 'https://esa.example.com:9200', authorizationSecret: 'acme/esa' },
  },
  tenants: { keys: [TENANT_KEY], sinkRoles: [SINK_ROLE], allowedNetworks: ['10.0.0.0/8'] },
  witness: { name: 'witness.example.com/w1', logs: ['logs.example.com/a+01234567+AQ=='] },
});
const kinesis = synthesise({ audit: { mode: 'kinesis' }, rest: false });
const withFiles = synthesise({
  files: {
    source: 's3://incoming/people/',
    target: 's3://outgoing/people/',
    sourceKey: TENANT_KEY,
    targetKey: TENANT_KEY,
    sealers: [SINK_ROLE],
    inventory: 's3://inventories/daily/',
    parquet: true,
  },
});
const EVERY: [string, Stacks][] = [
  ['with the default configuration', stacks],
  ['with every option', full],
  ['with tenants', withTenants],
  ['in mode kinesis', kinesis],
  ['with files', withFiles],
];

function properties(resources: Stacks[string], type: string, part = ''): Readonly<Record<string, unknown>> {
  const found = Object.entries(resources).filter(([id, { Type }]) => Type === type && id.includes(part));
  expect(found).toHaveLength(1);
  return found[0]![1].Properties;
}

/** Returns the statements of the policy of a bucket or key. */
function policyOf(resources: Stacks[string], type: string, part: string): Statement[] {
  const { PolicyDocument, KeyPolicy } = properties(resources, type, part);
  return statementsOf(PolicyDocument ?? KeyPolicy);
}

/** Returns the trust policy of the role that Snowflake calls with. */
const trustOf = (of: Stacks): Statement[] => rolesOf(of).find(({ id }) => id.startsWith('SnowflakeCaller'))!.trust;

/** Returns the authorization of each method of the REST API. */
function restAuthorization(of: Stacks): unknown[] {
  return all(of, 'AWS::ApiGateway::Method')
    .filter(({ id }) => id.startsWith('RestApi'))
    .map(({ resource }) => resource.Properties['AuthorizationType']);
}

const USES = /^kms:(?:Decrypt|Encrypt|GenerateDataKey|ReEncrypt|Sign|CreateGrant)/;
const ADMINISTRATION = /^kms:(?:Put|Schedule|Disable|Enable|Cancel|Revoke)/;

describe.each(EVERY)('a deployment %s', (_, deployed) => {
  const roles = rolesOf(deployed);
  const allowed = roles.flatMap((role) => role.statements.map((statement) => ({ ...role, statement })));

  test('has more than a few roles and statements, so that the tests below check something', () => {
    expect(roles.length).toBeGreaterThan(6);
    expect(allowed.length).toBeGreaterThan(15);
  });

  test.each([
    'logs:DeleteLogGroup',
    'logs:DeleteLogStream',
    'logs:PutRetentionPolicy',
    'logs:DeleteRetentionPolicy',
    'logs:PutLogGroupDeletionProtection',
    'logs:PutDataProtectionPolicy',
    'logs:DeleteSubscriptionFilter',
    'logs:PutSubscriptionFilter',
    'logs:DisassociateKmsKey',
  ])('no role can delete the audit log group or its subscription: %s', (action) => {
    expect(allowed.filter(({ statement }) => covers(statement, action))).toEqual([]);
  });

  test.each([
    's3:BypassGovernanceRetention',
    's3:DeleteObjectVersion',
    's3:PutBucketObjectLockConfiguration',
    's3:PutObjectLegalHold',
    's3:PutBucketPolicy',
    's3:DeleteBucketPolicy',
    's3:PutLifecycleConfiguration',
    's3:PutBucketVersioning',
    's3:DeleteBucket',
  ])('no role can unlock a bucket or its objects: %s', (action) => {
    expect(allowed.filter(({ statement }) => covers(statement, action))).toEqual([]);
  });

  test.each([
    'kms:PutKeyPolicy',
    'kms:CreateGrant',
    'kms:ScheduleKeyDeletion',
    'kms:DisableKey',
    'iam:PassRole',
    'lambda:AddPermission',
  ])('no role of a function can administer: %s', (action) => {
    expect(allowed.filter(({ statement }) => covers(statement, action))).toEqual([]);
  });

  test('no right has a wildcard in an action', () => {
    expect(allowed.flatMap(({ statement }) => statement.actions.filter((action) => action.includes('*')))).toEqual([]);
  });

  test('only the right on network interfaces of a VPC covers all resources', () => {
    const everything = allowed.filter(({ statement }) => statement.resources.includes('*'));
    expect(
      everything.flatMap(({ statement }) => statement.actions.filter((action) => !action.startsWith('ec2:'))),
    ).toEqual([]);
  });

  test('only the log role of API Gateway has a managed policy', () => {
    expect(roles.filter(({ managed }) => managed.length > 0).map(({ id }) => id)).toEqual(
      roles.filter(({ id }) => id.startsWith('ApiLogRole')).map(({ id }) => id),
    );
  });

  test('only named principals of other accounts can assume a role', () => {
    const trusted = roles.flatMap(({ trust }) => trust).filter(({ effect }) => effect === 'Allow');
    const principals = trusted.flatMap(({ principal }) => Object.entries(Object(principal) as Record<string, unknown>));
    const known: Readonly<Record<string, RegExp>> = {
      Service: /^[a-z-]+\.amazonaws\.com$/,
      AWS: /^arn:(?:aws|<AWS::Partition>):iam::(?:<AWS::AccountId>:root|222222222222:role|333333333333:user)/,
    };
    expect(principals.length).toBeGreaterThan(5);
    expect(principals.filter(([kind, who]) => !known[kind]?.test(flat(who)))).toEqual([]);
  });

  test('every bucket requires TLS 1.2, is private, has versions, and outlives its stack', () => {
    const buckets = all(deployed, 'AWS::S3::Bucket');
    expect(buckets.length).toBeGreaterThan(4);
    for (const { stack, id, resource } of buckets) {
      const policies = all({ [stack]: deployed[stack]! }, 'AWS::S3::BucketPolicy');
      const own = policies.filter(({ resource: { Properties } }) => flat(Properties['Bucket']) === `<${id}>`);
      const denied = own.flatMap(({ resource: { Properties } }) => statementsOf(Properties['PolicyDocument']));
      const conditions = denied.filter(({ effect }) => effect === 'Deny').map(({ condition }) => condition);
      expect(conditions).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
      expect(conditions).toContainEqual({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
      expect(resource).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          VersioningConfiguration: { Status: 'Enabled' },
          PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        },
      });
    }
  });

  test('every resource that holds keys or records outlives its stack', () => {
    const kept = ['AWS::KMS::Key', 'AWS::Kinesis::Stream', 'AWS::S3::Bucket'].flatMap((type) => all(deployed, type));
    expect(kept.filter(({ resource }) => resource.DeletionPolicy !== 'Retain')).toEqual([]);
  });

  test('every stream is encrypted', () => {
    for (const { resource } of all(deployed, 'AWS::Kinesis::Stream')) {
      expect(resource.Properties).toMatchObject({ StreamEncryption: { EncryptionType: 'KMS' } });
    }
  });

  test('every function runs on nodejs24.x and arm64, with a log group of its own that expires', () => {
    const functions = all(deployed, 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(3);
    for (const { stack, resource } of functions) {
      const { LoggingConfig, ...own } = resource.Properties;
      expect(own).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      const logGroup = flat((LoggingConfig as { LogGroup: unknown }).LogGroup).slice(1, -1);
      expect(deployed[stack]![logGroup]!.Properties['RetentionInDays']).toBe(30);
    }
  });

  test('no resource is a custom resource: no code runs at deployment', () => {
    const types = Object.values(deployed).flatMap((resources) => Object.values(resources).map(({ Type }) => Type));
    expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
  });

  test('use and administration of a key are separate statements, and the account itself may not use a key', () => {
    const statements = all(deployed, 'AWS::KMS::Key').flatMap(({ resource: { Properties } }) =>
      statementsOf(Properties['KeyPolicy']),
    );
    const uses = statements.filter(({ actions }) => actions.some((action) => USES.test(action)));
    expect(uses.length).toBeGreaterThan(4);
    expect(uses.filter(({ condition }) => Object.keys(condition).length === 0)).toEqual([]);
    expect(uses.filter(({ actions }) => actions.some((action) => ADMINISTRATION.test(action)))).toEqual([]);
  });

  test('function names begin with the name of the deployment', () => {
    const named = all(deployed, 'AWS::Lambda::Function').map(({ resource }) =>
      flat(resource.Properties['FunctionName']),
    );
    const prefix = deployed === full ? 'acme-' : 'protector-';
    expect(named.filter((name) => !name.startsWith(prefix))).toEqual([]);
  });
});

/** The schedules of the log verifier. */
function ratesOfComparison(template: Stacks[string]): unknown[] {
  return Object.values(template)
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Events::Rule' && String(Properties['Description']).startsWith('Compares'),
    )
    .map(({ Properties }) => Properties['ScheduleExpression']);
}

describe('the audit trail', () => {
  const { audit } = stacks as { audit: Stacks[string] };

  test('is encrypted, kept for a year, protected from deletion, and indexed by the fields that people filter by', () => {
    const resource = Object.values(audit).find(({ Properties }) => Properties?.['DeletionProtectionEnabled'] === true);
    expect(resource).toMatchObject({
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Retain',
      Properties: {
        KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^LogKey/), 'Arn'] },
        RetentionInDays: 365,
        LogGroupClass: 'STANDARD',
        FieldIndexPolicies: [{ Fields: [...INDEXED_FIELDS] }],
      },
    });
    expect(INDEXED_FIELDS.length).toBeLessThanOrEqual(20);
  });

  test('flows from the group into the stream completely and in order', () => {
    expect(properties(audit, 'AWS::Logs::SubscriptionFilter')).toMatchObject({
      FilterPattern: '',
      Distribution: 'ByLogStream',
    });
  });

  test('is sealed in a bucket with object lock that only the sealer writes and no principal unlocks', () => {
    expect(properties(audit, 'AWS::S3::Bucket', 'SealerLog')).toMatchObject({ ObjectLockEnabled: true });
    const denied = policyOf(audit, 'AWS::S3::BucketPolicy', 'SealerLog').filter(({ effect }) => effect === 'Deny');
    /** Who is not denied an action on keys that end as `key` does, by each statement that has an exception. */
    const exceptions = (action: string, key: string): string[][] =>
      denied
        .filter((statement) => covers(statement, action) && 'ArnNotEquals' in statement.condition)
        .filter(({ resources }) => resources.some((one) => one.endsWith(key)))
        .map(({ condition }) => list(condition['ArnNotEquals']?.['aws:PrincipalArn']).map(flat));
    const [sealer, verifier] = ['sealer', 'verifier'].map(
      (name) => `arn:<AWS::Partition>:iam::<AWS::AccountId>:role/protector-log-${name}-<AWS::Region>`,
    );
    expect(exceptions('s3:PutObject', '.Arn>/*')).toEqual([[sealer, verifier]]);
    expect(exceptions('s3:PutObject', '.Arn>/log/*')).toEqual([[sealer]]);
    expect(exceptions('s3:PutObject', '.Arn>/verifier/*')).toEqual([[verifier]]);
    for (const action of ['s3:DeleteObject', 's3:PutObjectRetention']) {
      expect(exceptions(action, '.Arn>/*')).toEqual([[sealer]]);
    }
    const [forbidden, ...others] = denied.filter(({ condition }) => Object.keys(condition).length === 0);
    expect(others).toEqual([]);
    expect(forbidden).toMatchObject({ principal: '*' });
    const unlocking = [
      's3:BypassGovernanceRetention',
      's3:DeleteObjectVersion',
      's3:PutBucketObjectLockConfiguration',
      's3:PutBucketVersioning',
    ];
    expect(unlocking.filter((action) => !covers(forbidden!, action))).toEqual([]);
  });

  test('has a signing key that only the sealer uses', () => {
    expect(properties(audit, 'AWS::KMS::Key', 'CheckpointKey')).toMatchObject({ KeyUsage: 'SIGN_VERIFY' });
    const signing = policyOf(audit, 'AWS::KMS::Key', 'CheckpointKey').filter((statement) =>
      covers(statement, 'kms:Sign'),
    );
    expect(signing.map(({ condition }) => condition)).toEqual([
      { ArnEquals: { 'aws:PrincipalArn': expect.anything() } },
    ]);
    const roles = rolesOf(stacks).filter(({ statements }) =>
      statements.some((statement) => covers(statement, 'kms:Sign')),
    );
    expect(roles.map(({ name }) => name)).toEqual(['protector-log-sealer-<AWS::Region>']);
  });

  test('is read by the verifier alone, which can neither write it nor seal nor write the log', () => {
    const reading = ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartQuery'];
    const readers = rolesOf(stacks).filter(({ statements }) =>
      statements.some((statement) => reading.some((action) => covers(statement, action))),
    );
    expect(readers.map(({ name }) => name)).toEqual(['protector-log-verifier-<AWS::Region>']);
    const { statements } = readers[0]!;
    const writing = statements.filter(
      (statement) =>
        ['logs:PutLogEvents', 's3:PutObject', 's3:DeleteObject'].some((action) => covers(statement, action)) ||
        statement.actions.some((action) => /^(?:kms|kinesis):(?!DescribeKey$)/.test(action)),
    );
    expect(writing.flatMap(({ resources }) => resources)).toEqual([
      expect.stringMatching(/^<VerifierFunctionLog\w+\.Arn>$/),
      expect.stringMatching(/^<SealerLog\w+\.Arn>\/verifier\/\*$/),
    ]);
  });

  test.each([
    [{}, ['audit-log', 'checkpoints', 'sealing']],
    [{ tenants: {} }, ['audit-log', 'checkpoints', 'sealing', 'tenants']],
  ])('has a verifier that asks for the state of each key, and may do nothing else with it (%j)', (config, keys) => {
    const found = synthesise(config);
    const aliases = keys.map((key) => `alias/protector-${key}`);
    expect(aliases.toSorted()).toEqual(
      all(found, 'AWS::KMS::Alias')
        .map(({ resource }) => resource.Properties['AliasName'])
        .toSorted((a, b) => String(a).localeCompare(String(b))),
    );
    const { statements } = rolesOf(found).find(({ name }) => name.startsWith('protector-log-verifier-'))!;
    const asking = statements.filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));
    expect(asking).toMatchObject([
      { actions: ['kms:DescribeKey'], condition: { StringEquals: { 'kms:RequestAlias': aliases } } },
    ]);
    for (const { resource } of all(found, 'AWS::KMS::Key')) {
      const allowed = statementsOf(resource.Properties['KeyPolicy']).filter(({ condition }) =>
        JSON.stringify(condition).includes('log-verifier'),
      );
      expect(allowed.map(({ effect, actions }) => [effect, actions])).toEqual([['Allow', ['kms:DescribeKey']]]);
    }
  });

  test('is compared with the log every five minutes, or as configured', () => {
    expect(ratesOfComparison(audit)).toEqual(['rate(5 minutes)']);
    const { audit: hourly } = synthesise({ audit: { verifyMinutes: 60 } }) as { audit: Stacks[string] };
    expect(ratesOfComparison(hourly)).toEqual(['rate(1 hour)']);
    const { observability } = synthesise({ audit: { verifyMinutes: 60 } }) as { observability: Stacks[string] };
    const alarm = Object.values(observability).find(
      ({ Properties }) => Properties['AlarmName'] === 'protector-records-unsealed',
    );
    expect(alarm?.Properties).toMatchObject({ Period: 3600 });
  });

  test('goes into the stream in mode kinesis, and protect functions cannot write to the group', () => {
    const { name, statements } = rolesOf(kinesis).find(({ id }) => id.startsWith('RedshiftRole'))!;
    expect(name).toBe('protector-redshift-<AWS::Region>');
    expect(statements.filter((statement) => covers(statement, 'kinesis:PutRecords'))).toHaveLength(1);
    const logs = statements.filter((statement) => covers(statement, 'logs:PutLogEvents'));
    expect(logs.flatMap(({ resources }) => resources)).toEqual([expect.stringMatching(/^<RedshiftLog\w+\.Arn>$/)]);
  });
});

describe('the sealing key', () => {
  const { policy } = stacks as { policy: Stacks[string] };
  const statements = policyOf(policy, 'AWS::KMS::Key', 'SealingKey');
  const principals = (action: string): string[] =>
    statements
      .filter((statement) => covers(statement, action))
      .flatMap(({ condition }) => list(condition['ArnEquals']?.['aws:PrincipalArn']).map(flat));

  test('seals for the agent only', () => {
    expect(principals('kms:GenerateDataKey')).toEqual([
      expect.stringMatching(/role\/protector-policy-agent-<AWS::Region>$/),
    ]);
  });

  test('opens policies and the audit signing key, and no keyring, for protect functions', () => {
    const openers = statements.filter(
      (statement) => covers(statement, 'kms:Decrypt') && !covers(statement, 'kms:GenerateDataKey'),
    );
    expect(openers.map(({ condition }) => Object.keys(condition).toSorted())).toEqual([
      ['ArnEquals', 'ForAllValues:StringEquals', 'Null'],
      ['ArnEquals', 'StringEquals'],
    ]);
    expect(openers[0]!.condition['ForAllValues:StringEquals']).toEqual({
      'kms:EncryptionContextKeys': ['policy', 'version'],
    });
    expect(openers[1]!.condition['StringEquals']).toEqual({ 'kms:EncryptionContext:purpose': 'audit-signing' });
  });

  test('has a publication bucket that only the agent writes', () => {
    const writing = policyOf(policy, 'AWS::S3::BucketPolicy', 'Publication').filter(
      (statement) =>
        statement.effect === 'Deny' && covers(statement, 's3:PutObject') && 'ArnNotEquals' in statement.condition,
    );
    expect(writing.map(({ condition }) => list(condition['ArnNotEquals']!['aws:PrincipalArn']).map(flat))).toEqual([
      [expect.stringMatching(/role\/protector-policy-agent-<AWS::Region>$/)],
    ]);
  });
});

describe('callers', () => {
  const { protector } = stacks as { protector: Stacks[string] };

  test('wait for a function 25 s at most: API Gateway gives up after 29', () => {
    for (const { resource } of all({ protector }, 'AWS::Lambda::Function')) {
      expect(resource.Properties).toMatchObject({ Timeout: 25, MemorySize: 1769 });
    }
    const integrations = all({ protector }, 'AWS::ApiGateway::Method').map(
      ({ resource }) => resource.Properties['Integration'] as { readonly TimeoutInMillis: number },
    );
    expect(new Set(integrations.map(({ TimeoutInMillis }) => TimeoutInMillis))).toEqual(new Set([29_000]));
  });

  test('use the alias Production, which no later deployment changes: a change would move it back', () => {
    const aliases = all({ protector }, 'AWS::Lambda::Alias');
    expect(aliases).toHaveLength(3);
    const concurrency = { reservedConcurrency: 9, provisionedConcurrency: 9 };
    const later = {
      memoryMb: 3008,
      redshift: concurrency,
      snowflake: concurrency,
      rest: concurrency,
      usernameRegex: '(.*)',
    };
    const { protector: changed } = synthesise(later);
    expect(changed).not.toEqual(protector);
    expect(all({ protector: changed! }, 'AWS::Lambda::Alias')).toEqual(aliases);
    expect(all({ protector: changed! }, 'AWS::Lambda::Version')).toEqual(all({ protector }, 'AWS::Lambda::Version'));
    for (const { resource } of aliases) expect(resource.Properties).toMatchObject({ Name: 'Production' });
  });

  test.each(['Redshift', 'Snowflake', 'Rest'])('of %s can invoke the alias only', (frontEnd) => {
    const invoking = rolesOf({ protector }).flatMap(({ statements }) =>
      statements.filter((statement) => covers(statement, 'lambda:InvokeFunction')),
    );
    const resources = invoking.flatMap((statement) => statement.resources);
    expect(resources).toHaveLength(3);
    expect(resources).toContainEqual(expect.stringMatching(new RegExp(`^<${frontEnd}Function\\w+\\.Arn>:Production$`)));
  });

  test('reach the API of Snowflake with the role of Snowflake only', () => {
    const { Policy } = properties(protector, 'AWS::ApiGateway::RestApi', 'SnowflakeApi');
    const caller = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/protector-snowflake-caller-<AWS::Region>';
    const whose = statementsOf(Policy).map(({ effect, condition }) => [
      effect,
      ...Object.entries(condition).map(([operator, keys]) => [operator, ...list(keys['aws:PrincipalArn']).map(flat)]),
    ]);
    expect(whose).toEqual([
      ['Allow', ['ArnEquals', caller]],
      ['Deny', ['ArnNotEquals', caller]],
    ]);
    const methods = all({ protector }, 'AWS::ApiGateway::Method').filter(({ id }) => id.startsWith('SnowflakeApi'));
    expect(methods.map(({ resource }) => resource.Properties['AuthorizationType'])).toEqual(['AWS_IAM']);
  });

  test('cannot assume the role of Snowflake until its user is known, and then only that user with the external id', () => {
    expect(trustOf(stacks)).toContainEqual(
      expect.objectContaining({ effect: 'Deny', principal: { AWS: '*' }, condition: {} }),
    );
    expect(trustOf(full)).toEqual([
      {
        effect: 'Allow',
        actions: ['sts:AssumeRole'],
        resources: [],
        principal: { AWS: 'arn:aws:iam::333333333333:user/snow' },
        condition: { StringEquals: { 'sts:ExternalId': 'ACME_SFCRole=1' } },
      },
    ]);
  });

  test('get refusals of the gateway itself with 429 and 503, in the form of the API, never compressed', () => {
    const responses = all({ protector }, 'AWS::ApiGateway::GatewayResponse').map(
      ({ resource: { Properties } }) => Properties,
    );
    expect(responses).toContainEqual(expect.objectContaining({ ResponseType: 'THROTTLED', StatusCode: '429' }));
    expect(responses).toContainEqual(
      expect.objectContaining({ ResponseType: 'INTEGRATION_TIMEOUT', StatusCode: '503' }),
    );
    for (const { ResponseTemplates } of responses) {
      const template = (ResponseTemplates as Record<string, string>)['application/json']!;
      expect(JSON.parse(template.replace('$context.error.messageString', '"x"'))).toEqual({
        error_msg: 'x',
        success: false,
      });
    }
    for (const { resource } of all({ protector }, 'AWS::ApiGateway::RestApi')) {
      expect(resource.Properties).not.toHaveProperty('MinimumCompressionSize');
    }
  });

  test('of the REST API sign requests unless the function checks tokens', () => {
    expect(new Set(restAuthorization(stacks))).toEqual(new Set(['AWS_IAM']));
    expect(new Set(restAuthorization(full))).toEqual(new Set(['NONE']));
    const { Environment } = properties(full['protector']!, 'AWS::Lambda::Function', 'RestFunction');
    expect((Environment as { Variables: object }).Variables).toMatchObject({
      authorization: 'JWT',
      allow_assume_user: '0',
      jwt_secret_arn: 'acme/jwt',
      jwt_user_claim: '["email"]',
    });
  });

  test('never find a secret in a template: functions read it at run time, each its own', () => {
    const dynamic = EVERY.filter(([, of]) => JSON.stringify(of).includes('{{resolve:'));
    expect(dynamic.map(([name]) => name)).toEqual([]);
    const readers = rolesOf(full).flatMap(({ name, statements }) =>
      statements
        .filter(({ actions }) => actions.some((action) => action.startsWith('secretsmanager:')))
        .map(({ actions, resources }) => [name, actions, resources]),
    );
    const own = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:acme';
    const read = ['secretsmanager:GetSecretValue'];
    expect(readers).toEqual([
      ['acme-log-forwarder-<AWS::Region>', read, [`${own}/esa-??????`]],
      ['acme-rest-<AWS::Region>', read, [`${own}/jwt-??????`]],
    ]);
    expect(rolesOf(stacks).flatMap(({ statements }) => statements.flatMap(({ actions }) => actions))).not.toContain(
      read[0],
    );
  });

  test('decrypt with the key of a secret through Secrets Manager alone', () => {
    const secret = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:acme/jwt-AbCdEf';
    const jwt = { secret, secretKey: TENANT_KEY };
    const roles = rolesOf(synthesise({ rest: { authorization: 'JWT', jwt } }));
    const { statements } = roles.find(({ name }) => name.startsWith('protector-rest-'))!;
    expect(statements.find((one) => covers(one, 'secretsmanager:GetSecretValue'))!.resources).toEqual([secret]);
    expect(statements.filter(({ resources }) => resources.includes(TENANT_KEY))).toMatchObject([
      {
        actions: ['kms:Decrypt'],
        condition: { StringEquals: { 'kms:ViaService': expect.anything() } },
      },
    ]);
  });

  test('with certificates use the domain only', () => {
    expect(properties(full['protector']!, 'AWS::ApiGateway::DomainName')).toMatchObject({
      MutualTlsAuthentication: { TruststoreUri: 's3://acme-trust/clients.pem' },
      SecurityPolicy: 'TLS_1_2',
    });
    expect(properties(full['protector']!, 'AWS::ApiGateway::RestApi', 'RestApi')).toMatchObject({
      DisableExecuteApiEndpoint: true,
    });
  });

  test('get the configured concurrency and VPC', () => {
    const resources = full['protector']!;
    expect(properties(resources, 'AWS::Lambda::Function', 'RedshiftFunction')).toMatchObject({
      ReservedConcurrentExecutions: 200,
      VpcConfig: { SubnetIds: ['subnet-0123abcd'], SecurityGroupIds: ['sg-0123abcd'] },
    });
    expect(properties(resources, 'AWS::ApplicationAutoScaling::ScalableTarget', 'RedshiftReady')).toMatchObject({
      MinCapacity: 5,
      ScalableDimension: 'lambda:function:ProvisionedConcurrency',
    });
    expect(properties(stacks['protector']!, 'AWS::Lambda::Function', 'RedshiftFunction')).not.toHaveProperty(
      'ReservedConcurrentExecutions',
    );
  });
});

describe('tenants', () => {
  const tenants = full['tenants']!;

  test('are opened by gateway and forwarders, and only the gateway uses their keys', () => {
    const users = rolesOf(full).filter(({ statements }) =>
      statements.some(({ resources }) => resources.includes(TENANT_KEY)),
    );
    expect(users.map(({ name }) => name)).toEqual(['acme-tenant-gateway-<AWS::Region>']);
    const opening = policyOf(tenants, 'AWS::KMS::Key', 'StoreKey').filter(
      (statement) => 'ArnEquals' in statement.condition && covers(statement, 'kms:Decrypt'),
    );
    expect(opening.flatMap(({ condition }) => list(condition['ArnEquals']!['aws:PrincipalArn']).map(flat))).toEqual(
      ['tenant-gateway', 'event-forwarder', 'log-forwarder'].map((name) =>
        expect.stringContaining(`role/acme-${name}-`),
      ),
    );
  });

  test.each<[string, Stacks, string | undefined]>([
    ['configured', full, '10.0.0.0/8'],
    ['none', withTenants, undefined],
  ])('may have sinks in the private networks of the configuration: %s', (_, deployed, networks) => {
    const forwarder = properties(deployed['tenants']!, 'AWS::Lambda::Function', 'ForwarderFunction');
    const { Variables } = forwarder['Environment'] as { readonly Variables: Readonly<Record<string, string>> };
    expect(Variables['SIEM_ALLOWED_NETWORKS']).toBe(networks);
  });

  test('get events through the configured roles only', () => {
    const assuming = rolesOf(full).flatMap(({ name, statements }) =>
      statements
        .filter((statement) => covers(statement, 'sts:AssumeRole'))
        .map(({ resources }) => [name, ...resources]),
    );
    expect(assuming.map(([role, ...resources]) => [role?.replace('-<AWS::Region>', ''), ...resources])).toEqual([
      ['acme-event-forwarder', SINK_ROLE],
      ['acme-log-forwarder', SINK_ROLE],
    ]);
    const without = rolesOf(withTenants).flatMap(({ statements }) =>
      statements.filter((statement) => covers(statement, 'sts:AssumeRole')),
    );
    expect(without).toEqual([]);
  });

  test('have backlogs sent every minute', () => {
    const clocks = all(full, 'AWS::Events::Rule').filter(
      ({ resource }) => resource.Properties['ScheduleExpression'] === 'rate(1 minute)',
    );
    expect(clocks.map(({ stack }) => stack)).toEqual(['tenants', 'audit']);
  });

  test('need not exist for the backlog of an audit store to be sent every minute', () => {
    const alone = synthesise({ audit: { esa: { url: 'https://esa.example.com:9200' } } });
    const clocks = all(alone, 'AWS::Events::Rule').filter(
      ({ resource }) => resource.Properties['ScheduleExpression'] === 'rate(1 minute)',
    );
    expect(clocks.map(({ stack }) => stack)).toEqual(['audit']);
  });

  test('add no stack and no function unless they are configured', () => {
    expect(Object.keys(kinesis)).toEqual(['audit', 'policy', 'protector', 'observability']);
    expect(
      all(kinesis, 'AWS::Lambda::Function').map(({ resource }) => flat(resource.Properties['FunctionName'])),
    ).not.toContain('protector-log-forwarder');
  });
});

/** Returns the settings of the log sealer. */
const environmentOf = (of: Stacks): unknown =>
  properties(of['audit']!, 'AWS::Lambda::Function', 'Sealer')['Environment'];

describe('a witness', () => {
  const resources = full['witness']!;

  test('shares nothing with the deployment, so that it can be in another account', () => {
    expect(JSON.stringify(resources)).not.toContain('Fn::ImportValue');
    expect(JSON.stringify(full)).not.toContain('acme-witness:Export');
    expect(flat(properties(resources, 'AWS::Lambda::Function')['FunctionName'])).toBe('acme-witness');
  });

  test('forgets nothing: only its function writes, and no principal deletes or unlocks what it has cosigned', () => {
    expect(properties(resources, 'AWS::S3::Bucket', 'Cosigned')['ObjectLockEnabled']).toBe(true);
    const denied = policyOf(resources, 'AWS::S3::BucketPolicy', 'Cosigned').filter(({ effect }) => effect === 'Deny');
    const toAll = denied.filter(({ condition }) => Object.keys(condition).length === 0);
    for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutBucketVersioning']) {
      expect(toAll.some((statement) => covers(statement, action))).toBe(true);
    }
    const reserved = denied.filter(({ condition }) => 'ArnNotEquals' in condition);
    expect(reserved.map((statement) => covers(statement, 's3:PutObject'))).toEqual([true]);
    const settings = properties(resources, 'AWS::Lambda::Function')['Environment'];
    expect(settings).toMatchObject({ Variables: { WITNESS_RETENTION_DAYS: '365' } });
  });

  test('has a key of its own for Ed25519, which only its function uses', () => {
    expect(properties(resources, 'AWS::KMS::Key')['KeySpec']).toBe('ECC_NIST_EDWARDS25519');
    const uses = policyOf(resources, 'AWS::KMS::Key', 'Key').filter((statement) => covers(statement, 'kms:Sign'));
    expect(uses.map(({ condition }) => Object.keys(condition))).toEqual([['ArnEquals']]);
  });

  test('has alarms about each of its logs, by its origin, which tell the topic of the configuration', () => {
    const logs = ['a+01234567+AQ==', 'b+01234567+AQ==', 'a+89abcdef+AQ=='].map((key) => `logs.example.com/${key}`);
    const config = { witness: { name: 'w', logs, silentMinutes: 90 }, alarms: { emails: ['a@example.com'] } };
    const { witness } = synthesise(config);
    const alarms = Object.values(witness!).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(alarms.map(({ Properties }) => Properties['AlarmActions'])).toEqual(alarms.map(() => [expect.anything()]));
    const silent = alarms.find(({ Properties }) => Properties['AlarmName'] === 'protector-witness-silent');
    const text = JSON.stringify(silent);
    expect(text.match(/logs\.example\.com\/\w+/g)).toEqual(['logs.example.com/a', 'logs.example.com/b']);
    expect(text).toContain('"Period":5400');
  });

  test('is there only where it is configured, and the sealer asks only the witnesses that are', () => {
    expect([stacks['witness'], full['witness']].map((found) => found !== undefined)).toEqual([false, true]);
    expect(environmentOf(stacks)).not.toHaveProperty('Variables.WITNESSES');
    const witnesses = ['a', 'b'].map((name) => ({
      key: `${name}+01234567+BA==`,
      url: `https://${name}.example.com/v1`,
    }));
    expect(environmentOf(synthesise({ audit: { witnesses } }))).toHaveProperty(
      'Variables.WITNESSES',
      'a+01234567+BA== https://a.example.com/v1, b+01234567+BA== https://b.example.com/v1',
    );
  });
});

const modesOf = (every: Stacks): Record<string, unknown> =>
  Object.fromEntries(
    all(every, 'AWS::Lambda::Function').map(({ resource: { Properties } }) => [
      flat(Properties['FunctionName']).replace('protector-', ''),
      (Properties['TracingConfig'] as { Mode: string } | undefined)?.Mode,
    ]),
  );
const tracingOf = (every: Stacks): unknown[] =>
  all(every, 'AWS::ApiGateway::Stage').map(({ resource: { Properties } }) => Properties['TracingEnabled']);
const tracers = (every: Stacks): string[] =>
  rolesOf(every)
    .filter(({ statements }) => statements.some(({ actions }) => actions.includes('xray:PutTraceSegments')))
    .map(({ id }) => id);

describe('traces', () => {
  const REQUESTS = ['redshift', 'snowflake', 'rest', 'tenant-gateway'];
  const traced = synthesise({ tracing: true, tenants: {} });
  test('are of what answers requests, which alone may send them', () => {
    const modes = modesOf(traced);
    for (const [name, mode] of Object.entries(modes))
      expect([name, mode]).toEqual([name, REQUESTS.includes(name) ? 'Active' : undefined]);
    expect(Object.keys(modes)).toEqual(expect.arrayContaining(REQUESTS));
    expect(tracingOf(traced)).toEqual([true, true, true]);
    expect(tracers(traced)).toHaveLength(REQUESTS.length);
  });

  test('are off unless they are asked for', () => {
    expect(Object.values(modesOf(withTenants)).filter((mode) => mode !== undefined)).toEqual([]);
    expect(tracingOf(withTenants)).toEqual([undefined, undefined, undefined]);
    expect(tracers(withTenants)).toEqual([]);
  });
});

/** Returns the environment variables of the file protector. */
function settingsOfFiles(of: Stacks): unknown {
  return Object(properties(of['files']!, 'AWS::Lambda::Function')['Environment']).Variables;
}

describe('the file protector', () => {
  const files = withFiles['files']!;
  const role = rolesOf(withFiles).find(({ name }) => name.startsWith('protector-file-protector-'))!;
  const machine = rolesOf(withFiles).find(({ name }) => name.startsWith('protector-files-'))!;
  /** The objects and buckets that a role has a right of S3 on, by the right. */
  const reached = (action: string, of = role): string[] =>
    of.statements
      .filter((statement) => covers(statement, action))
      .flatMap(({ resources }) => resources.map((one) => one.replace(/^arn:<AWS::Partition>:s3:::/, '')));

  test('is not deployed unless it is configured', () => {
    expect(stacks['files']).toBeUndefined();
    expect(JSON.stringify(stacks)).not.toContain('file-protector');
  });

  test('reads its source, sealed jobs, its own states and sealed policies, but no keyring and nothing that it has written', () => {
    expect(reached('s3:GetObject').map((one) => one.replace(/<[^>]+>/, '<>'))).toEqual([
      'incoming/people/*',
      '<>/publication/journal.json',
      '<>/keys/audit-signing.sealed.json',
      '<>/policies/*',
      '<>/files/jobs/*',
      '<>/files/work/*',
      '<>/files/ranges/*',
      '<>/files/rejects/*',
    ]);
  });

  test('writes its target and its own states, and no job', () => {
    expect(reached('s3:PutObject').map((one) => one.replace(/<[^>]+>/, '<>'))).toEqual([
      'outgoing/people/*',
      '<>/files/work/*',
      '<>/files/ranges/*',
      '<>/files/rejects/*',
    ]);
    expect(reached('s3:PutObjectTagging')).toEqual(['outgoing/people/*']);
    for (const action of ['s3:DeleteObject', 's3:PutObjectAcl', 's3:GetObjectVersion'])
      expect(reached(action)).toEqual([]);
  });

  test('opens policies, the audit signing key and jobs with the sealing key, and other keys through S3 alone', () => {
    const uses = role.statements.filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));
    const sealing = uses.filter(({ resources }) => !resources.includes(TENANT_KEY));
    expect(sealing.map(({ actions }) => actions)).toEqual([['kms:Decrypt'], ['kms:Decrypt'], ['kms:Decrypt']]);
    expect(sealing.map(({ condition }) => condition)).toEqual([
      expect.objectContaining({ Null: { 'kms:EncryptionContext:policy': 'false' } }),
      { StringEquals: { 'kms:EncryptionContext:purpose': 'audit-signing' } },
      { StringEquals: { 'kms:EncryptionContext:purpose': 'file-job' } },
    ]);
    const others = uses.filter(({ resources }) => resources.includes(TENANT_KEY));
    expect(others.map(({ actions }) => actions)).toEqual([['kms:Decrypt'], ['kms:Decrypt', 'kms:GenerateDataKey']]);
    for (const { condition } of others) {
      expect(flat(condition['StringEquals']!['kms:ViaService'])).toBe('s3.<AWS::Region>.amazonaws.com');
    }
  });

  test('has jobs that named operators seal, and only it opens', () => {
    const statements = policyOf(withFiles['policy']!, 'AWS::KMS::Key', 'SealingKey');
    const jobs = statements.filter(({ condition }) => JSON.stringify(condition).includes('file-job'));
    expect(jobs.map(({ actions }) => actions)).toEqual([['kms:GenerateDataKey'], ['kms:Decrypt']]);
    expect(list(Object(jobs[0]!.principal).AWS).map(flat)).toEqual([SINK_ROLE]);
    expect(list(jobs[1]!.condition['ArnEquals']!['aws:PrincipalArn']).map(flat)).toEqual([
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/protector-file-protector-<AWS::Region>',
    ]);
    const without = policyOf(stacks['policy']!, 'AWS::KMS::Key', 'SealingKey');
    expect(JSON.stringify(without)).not.toContain('file-');
  });

  test('writes its records before an output has its name, also where others are buffered', () => {
    const place = { source: 's3://a-b/in/', target: 's3://a-b/out/' };
    expect(settingsOfFiles(withFiles)).toMatchObject({ AUDIT_MODE: 'blocking', AUDIT_LOG_GROUP: expect.anything() });
    expect(settingsOfFiles(synthesise({ files: place, audit: { mode: 'buffered' } }))).toMatchObject({
      AUDIT_MODE: 'blocking',
    });
    const streamed = synthesise({ files: place, audit: { mode: 'kinesis' } });
    expect(settingsOfFiles(streamed)).toMatchObject({ AUDIT_MODE: 'kinesis', AUDIT_STREAM: expect.anything() });
  });

  test('gets new objects of its source alone, and no event is lost when all attempts fail', () => {
    const { EventPattern, Targets } = properties(files, 'AWS::Events::Rule') as {
      EventPattern: object;
      Targets: object[];
    };
    expect(EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['incoming'] }, object: { key: [{ prefix: 'people/' }] } },
    });
    const queue = { 'Fn::GetAtt': [expect.stringMatching(/^FailedEvents/), 'Arn'] };
    expect(Targets).toEqual([expect.objectContaining({ DeadLetterConfig: { Arn: queue } })]);
    expect(properties(files, 'AWS::Lambda::EventInvokeConfig')).toMatchObject({
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
    expect(properties(files, 'AWS::SQS::Queue')).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
    expect(
      role.statements.filter((one) => covers(one, 'sqs:SendMessage')).flatMap(({ resources }) => resources),
    ).toEqual([expect.stringMatching(/^<FailedEvents\w+\.Arn>$/)]);
  });

  test('has states that no one else writes: who could, might have work done twice', () => {
    const denied = policyOf(files, 'AWS::S3::BucketPolicy', 'Work').filter(
      ({ effect, condition }) => effect === 'Deny' && 'ArnNotEquals' in condition,
    );
    expect(denied.flatMap(({ resources }) => resources.map((one) => one.replace(/^<[^>]+>/, '')))).toEqual([
      '/files/work/*',
      '/files/ranges/*',
      '/files/rejects/*',
    ]);
    for (const statement of denied) {
      expect(['s3:PutObject', 's3:DeleteObject'].filter((action) => !covers(statement, action))).toEqual([]);
      expect(flat(statement.condition['ArnNotEquals']!['aws:PrincipalArn'])).toContain(
        'role/protector-file-protector-',
      );
    }
  });

  test('is called over whole buckets by the state machine that the tests run, whose role lists, calls and writes results', () => {
    const { DefinitionString, StateMachineName } = properties(files, 'AWS::StepFunctions::StateMachine');
    expect(StateMachineName).toBe('protector-files');
    const text = flat(DefinitionString);
    const definition = objectMap({
      functionArn: /"Resource":"(<ProtectorFunction\w+\.Arn>)"/.exec(text)![1]!,
      concurrency: 40,
      resultBucket: /"Bucket":"(<Work\w+>)"/.exec(text)![1]!,
      resultPrefix: 'files/results/',
    });
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(definition)));
    expect(machine.trust.map(({ principal }) => principal)).toEqual([{ Service: 'states.amazonaws.com' }]);
    expect(machine.statements.map(({ actions }) => actions)).toEqual([
      ['lambda:InvokeFunction'],
      ['s3:ListBucket'],
      ['s3:GetObject'],
      ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
      ['states:StartExecution'],
      ['states:DescribeExecution', 'states:RedriveExecution', 'states:StopExecution'],
    ]);
    expect(reached('s3:ListBucket', machine)).toEqual(['incoming']);
    expect(machine.statements[1]!.condition).toEqual({ StringLike: { 's3:prefix': ['people/*'] } });
    expect(reached('s3:GetObject', machine)).toEqual([
      'inventories/daily/*',
      expect.stringMatching(/^<Work\w+>\/files\/results\/\*$/),
    ]);
  });

  test('has a layer with DuckDB, room for a range and its path where jobs may be on Parquet', () => {
    const fn = properties(files, 'AWS::Lambda::Function');
    expect(fn).toMatchObject({ MemorySize: 3008, EphemeralStorage: { Size: 2048 } });
    expect(settingsOfFiles(withFiles)).toMatchObject({ DUCKDB_BINDINGS: '/opt/duckdb/duckdb.node' });
    expect(properties(files, 'AWS::Lambda::LayerVersion')).toMatchObject({ CompatibleArchitectures: ['arm64'] });
    const without = synthesise({ files: { source: 's3://a-b/in/', target: 's3://a-b/out/' } });
    expect(all(without, 'AWS::Lambda::LayerVersion')).toEqual([]);
    expect(settingsOfFiles(without)).not.toHaveProperty('DUCKDB_BINDINGS');
  });

  test.each([
    ['s3://a-b/in/', 's3://a-b/in/out/', 'protector.files.target: must not hold the source'],
    ['s3://a-b/in/', 's3://a-b/', 'protector.files.target: must not hold the source'],
    ['s3://a-b/in', 's3://a-b/out/', 'protector.files.source: must be s3://'],
    ['s3://a-b/i*/', 's3://a-b/out/', 'protector.files.source: must be s3://'],
  ])('takes no source %s with the target %s', (source, target, message) => {
    expect(() => synthesise({ files: { source, target } })).toThrow(message);
  });

  test('counts in the bucket of the protect functions, which it finds by a parameter and not by an export', () => {
    const both = synthesise({ budgets: true, files: { source: 's3://a-b/in/', target: 's3://a-b/out/' } });
    const { Value, Name } = properties(both['protector']!, 'AWS::SSM::Parameter');
    expect([flat(Value), Name]).toEqual([expect.stringMatching(/^<Budgets\w+>$/), '/protector/budget-counts']);
    const templates = templatesOf({ budgets: true, files: { source: 's3://a-b/in/', target: 's3://a-b/out/' } });
    expect(templates.find(({ stack }) => stack === 'files')!.template).toMatchObject({
      Parameters: { BudgetCounts: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/protector/budget-counts' } },
    });
    expect(flat((settingsOfFiles(both) as Record<string, unknown>)['BUDGET_STORE'])).toBe(
      's3://<BudgetCounts>/budgets/',
    );
    const counting = rolesOf(both).find(({ name }) => name.startsWith('protector-file-protector-'))!;
    expect(reached('s3:PutObject', counting)).toContain('<BudgetCounts>/budgets/*');
    const denied = policyOf(both['protector']!, 'AWS::S3::BucketPolicy', 'Budgets').find(({ actions }) =>
      actions.includes('s3:PutObject'),
    )!;
    expect(JSON.stringify(denied.condition)).toContain('protector-file-protector-');
    expect(all(synthesise({}), 'AWS::SSM::Parameter')).toEqual([]);
  });
});

test('Parquet is refused without the layer with DuckDB, and with the one of another release', () => {
  const file = join(bundleFolder(), DUCKDB_LAYER.folder, DUCKDB_LAYER.version);
  const made = readFileSync(file);
  const files = { source: 's3://incoming/people/', target: 's3://outgoing/people/', parquet: true };
  try {
    writeFileSync(file, '1.4.0');
    expect(() => synthesise({ files })).toThrow(/, and has that of 1\.4\.0: run npm run build -- --parquet first$/);
    rmSync(file);
    expect(() => synthesise({ files })).toThrow('needs the layer with DuckDB: run npm run build -- --parquet first');
  } finally {
    writeFileSync(file, made);
  }
});
