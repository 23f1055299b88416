// What the templates promise, by reason. The rules of AwsSolutions are looked at by `cdk synth` itself: see
// synth.test.ts.
import { describe, expect, test } from '@jest/globals';
import { INDEXED_FIELDS } from '../../lib/contract/records.ts';
import {
  all,
  covers,
  flat,
  list,
  rolesOf,
  type Stacks,
  type Statement,
  statementsOf,
  synthesise,
} from '../support/infra.ts';

const stacks = synthesise();
/** As well, with tenants. */
const withTenants = synthesise({ tenants: {} });
const TENANT_KEY = 'arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const SINK_ROLE = 'arn:aws:iam::222222222222:role/security-events';
/** With every option. */
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
});
const kinesis = synthesise({ audit: { mode: 'kinesis' }, rest: false });
const EVERY: [string, Stacks][] = [
  ['without any configuration', stacks],
  ['with every option', full],
  ['with tenants', withTenants],
  ['in mode kinesis', kinesis],
];

function properties(resources: Stacks[string], type: string, part = ''): Readonly<Record<string, unknown>> {
  const found = Object.entries(resources).filter(([id, { Type }]) => Type === type && id.includes(part));
  expect(found).toHaveLength(1);
  return found[0]![1].Properties;
}

/** Statements of the policy of a bucket or key. */
function policyOf(resources: Stacks[string], type: string, part: string): Statement[] {
  const { PolicyDocument, KeyPolicy } = properties(resources, type, part);
  return statementsOf(PolicyDocument ?? KeyPolicy);
}

/** Who may take on the role that Snowflake calls with. */
const trustOf = (of: Stacks): Statement[] => rolesOf(of).find(({ id }) => id.startsWith('SnowflakeCaller'))!.trust;

/** How each method of the REST API is guarded. */
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

  test('has roles, and what is looked at below is more than a few statements', () => {
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
  ])('no role can delete the audit log group, or what leads from it: %s', (action) => {
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
  ])('no role can unlock a bucket or what is in it: %s', (action) => {
    expect(allowed.filter(({ statement }) => covers(statement, action))).toEqual([]);
  });

  test.each([
    'kms:PutKeyPolicy',
    'kms:CreateGrant',
    'kms:ScheduleKeyDeletion',
    'kms:DisableKey',
    'iam:PassRole',
    'lambda:AddPermission',
  ])('no role of a function administers anything: %s', (action) => {
    expect(allowed.filter(({ statement }) => covers(statement, action))).toEqual([]);
  });

  test('actions are named one by one', () => {
    expect(allowed.flatMap(({ statement }) => statement.actions.filter((action) => action.includes('*')))).toEqual([]);
  });

  test('one statement has every resource: the network interfaces of functions in a VPC', () => {
    const everything = allowed.filter(({ statement }) => statement.resources.includes('*'));
    expect(
      everything.flatMap(({ statement }) => statement.actions.filter((action) => !action.startsWith('ec2:'))),
    ).toEqual([]);
  });

  test('no role has a managed policy, but that of API Gateway', () => {
    expect(roles.filter(({ managed }) => managed.length > 0).map(({ id }) => id)).toEqual(
      roles.filter(({ id }) => id.startsWith('ApiLogRole')).map(({ id }) => id),
    );
  });

  test('nobody of another account takes on a role but who is named', () => {
    const trusted = roles.flatMap(({ trust }) => trust).filter(({ effect }) => effect === 'Allow');
    const principals = trusted.flatMap(({ principal }) => Object.entries(Object(principal) as Record<string, unknown>));
    const known: Readonly<Record<string, RegExp>> = {
      Service: /^[a-z-]+\.amazonaws\.com$/,
      AWS: /^arn:(?:aws|<AWS::Partition>):iam::(?:<AWS::AccountId>:root|222222222222:role|333333333333:user)/,
    };
    expect(principals.length).toBeGreaterThan(5);
    expect(principals.filter(([kind, who]) => !known[kind]?.test(flat(who)))).toEqual([]);
  });

  test('every bucket refuses what does not come by TLS 1.2, is private, has versions, and outlives its stack', () => {
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

  test('what holds keys or records outlives its stack', () => {
    const kept = ['AWS::KMS::Key', 'AWS::Kinesis::Stream', 'AWS::S3::Bucket'].flatMap((type) => all(deployed, type));
    expect(kept.filter(({ resource }) => resource.DeletionPolicy !== 'Retain')).toEqual([]);
  });

  test('every stream is encrypted', () => {
    for (const { resource } of all(deployed, 'AWS::Kinesis::Stream')) {
      expect(resource.Properties).toMatchObject({ StreamEncryption: { EncryptionType: 'KMS' } });
    }
  });

  test('every function runs on nodejs24.x and arm64, with a log group of its own that forgets', () => {
    const functions = all(deployed, 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(3);
    for (const { stack, resource } of functions) {
      const { LoggingConfig, ...own } = resource.Properties;
      expect(own).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      const logGroup = flat((LoggingConfig as { LogGroup: unknown }).LogGroup).slice(1, -1);
      expect(deployed[stack]![logGroup]!.Properties['RetentionInDays']).toBe(30);
    }
  });

  test('nothing is a custom resource: no code of ours runs at deployment', () => {
    const types = Object.values(deployed).flatMap((resources) => Object.values(resources).map(({ Type }) => Type));
    expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
  });

  test('using a key and administering it are different statements, and the account as such may not use one', () => {
    const statements = all(deployed, 'AWS::KMS::Key').flatMap(({ resource: { Properties } }) =>
      statementsOf(Properties['KeyPolicy']),
    );
    const uses = statements.filter(({ actions }) => actions.some((action) => USES.test(action)));
    expect(uses.length).toBeGreaterThan(4);
    expect(uses.filter(({ condition }) => Object.keys(condition).length === 0)).toEqual([]);
    expect(uses.filter(({ actions }) => actions.some((action) => ADMINISTRATION.test(action)))).toEqual([]);
  });

  test('stack names begin with the name of the deployment, and fixed names too', () => {
    const named = all(deployed, 'AWS::Lambda::Function').map(({ resource }) =>
      flat(resource.Properties['FunctionName']),
    );
    const prefix = deployed === full ? 'acme-' : 'protector-';
    expect(named.filter((name) => !name.startsWith(prefix))).toEqual([]);
  });
});

describe('the audit trail', () => {
  const { audit } = stacks as { audit: Stacks[string] };

  test('is encrypted, kept for a year, protected from deletion, and indexed by what people look for', () => {
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

  test('goes from the group into the stream whole and in order', () => {
    expect(properties(audit, 'AWS::Logs::SubscriptionFilter')).toMatchObject({
      FilterPattern: '',
      Distribution: 'ByLogStream',
    });
  });

  test('is sealed in a bucket with object lock that the sealer alone writes, and that nobody unlocks', () => {
    expect(properties(audit, 'AWS::S3::Bucket', 'SealerLog')).toMatchObject({ ObjectLockEnabled: true });
    const denied = policyOf(audit, 'AWS::S3::BucketPolicy', 'SealerLog').filter(({ effect }) => effect === 'Deny');
    const writing = denied.find(
      (statement) => covers(statement, 's3:PutObject') && 'ArnNotEquals' in statement.condition,
    );
    expect(list(writing?.condition['ArnNotEquals']?.['aws:PrincipalArn']).map(flat)).toEqual([
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/protector-log-sealer-<AWS::Region>',
    ]);
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

  test('has a signing key with which the sealer signs, and nobody else', () => {
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

  test('is written by protect functions and the agent, and read by none of them', () => {
    const reading = ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartQuery'];
    const statements = rolesOf(stacks).flatMap((role) => role.statements);
    expect(statements.filter((statement) => reading.some((action) => covers(statement, action)))).toEqual([]);
  });

  test('of mode kinesis goes into the stream, and protect functions cannot write to the group', () => {
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

  test('seals for the agent alone', () => {
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

  test('is what the publication bucket is written for: by the agent alone', () => {
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

  test('of protect functions have 25 s: what API Gateway gives up after is 29', () => {
    for (const { resource } of all({ protector }, 'AWS::Lambda::Function')) {
      expect(resource.Properties).toMatchObject({ Timeout: 25, MemorySize: 1769 });
    }
  });

  test('meet the alias Production, which no later deployment changes, and so moves back', () => {
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

  test.each(['Redshift', 'Snowflake', 'Rest'])('of %s reach that alias and no other version', (frontEnd) => {
    const invoking = rolesOf({ protector }).flatMap(({ statements }) =>
      statements.filter((statement) => covers(statement, 'lambda:InvokeFunction')),
    );
    const resources = invoking.flatMap((statement) => statement.resources);
    expect(resources).toHaveLength(3);
    expect(resources).toContainEqual(expect.stringMatching(new RegExp(`^<${frontEnd}Function\\w+\\.Arn>:Production$`)));
  });

  test('that Snowflake is come with its role, and nobody else reaches its API', () => {
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

  test('can be nobody as Snowflake before its user is known, and then only that user, with the external id', () => {
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

  test('get 429 and 503 from the gateway itself in the form of the API, never compressed', () => {
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

  test('of the REST API sign requests unless it reads tokens itself', () => {
    expect(new Set(restAuthorization(stacks))).toEqual(new Set(['AWS_IAM']));
    expect(new Set(restAuthorization(full))).toEqual(new Set(['NONE']));
    const { Environment } = properties(full['protector']!, 'AWS::Lambda::Function', 'RestFunction');
    expect((Environment as { Variables: object }).Variables).toMatchObject({
      authorization: 'JWT',
      allow_assume_user: '0',
      jwt_secret_base64: expect.stringContaining('{{resolve:secretsmanager:acme/jwt'),
      jwt_user_claim: '["email"]',
    });
  });

  test('with certificates come by the domain alone', () => {
    expect(properties(full['protector']!, 'AWS::ApiGateway::DomainName')).toMatchObject({
      MutualTlsAuthentication: { TruststoreUri: 's3://acme-trust/clients.pem' },
      SecurityPolicy: 'TLS_1_2',
    });
    expect(properties(full['protector']!, 'AWS::ApiGateway::RestApi', 'RestApi')).toMatchObject({
      DisableExecuteApiEndpoint: true,
    });
  });

  test('have concurrency and a VPC where they are asked for', () => {
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

  test('are opened by gateway and forwarders, and their own keys used by the gateway alone', () => {
    const users = rolesOf(full).filter(({ statements }) =>
      statements.some(({ resources }) => resources.includes(TENANT_KEY)),
    );
    expect(users.map(({ name }) => name)).toEqual(['acme-tenant-gateway-<AWS::Region>']);
    const opening = policyOf(tenants, 'AWS::KMS::Key', 'StoreKey').filter(({ condition }) => 'ArnEquals' in condition);
    expect(opening.flatMap(({ condition }) => list(condition['ArnEquals']!['aws:PrincipalArn']).map(flat))).toEqual(
      ['tenant-gateway', 'event-forwarder', 'log-forwarder'].map((name) =>
        expect.stringContaining(`role/acme-${name}-`),
      ),
    );
  });

  test('are reached by forwarders through the roles that are configured, and no others', () => {
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

  test('have events forwarded each minute also when none come', () => {
    const clocks = all(full, 'AWS::Events::Rule').filter(
      ({ resource }) => resource.Properties['ScheduleExpression'] === 'rate(1 minute)',
    );
    expect(clocks.map(({ stack }) => stack)).toEqual(['tenants', 'audit']);
  });

  test('are not needed for what waits for an audit store to be tried again each minute', () => {
    const alone = synthesise({ audit: { esa: { url: 'https://esa.example.com:9200' } } });
    const clocks = all(alone, 'AWS::Events::Rule').filter(
      ({ resource }) => resource.Properties['ScheduleExpression'] === 'rate(1 minute)',
    );
    expect(clocks.map(({ stack }) => stack)).toEqual(['audit']);
  });

  test('that are not wanted leave nothing behind', () => {
    expect(Object.keys(kinesis)).toEqual(['audit', 'policy', 'protector', 'observability']);
    expect(
      all(kinesis, 'AWS::Lambda::Function').map(({ resource }) => flat(resource.Properties['FunctionName'])),
    ).not.toContain('protector-log-forwarder');
  });
});
