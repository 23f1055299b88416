// Configurations, each of which is deployable after every other: every-configuration.test.ts compares all ordered pairs.

const ROLE = 'arn:aws:iam::222222222222:role/caller';
const TENANT_KEY = 'arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const ENDPOINT = 'vpce-0123abcd';
const LOG = 'logs.example.com/a+01234567+AQ==';
const esa = { url: 'https://esa.example.com:9200' };
const vpc = { subnets: ['subnet-0123abcd'], securityGroups: ['sg-0123abcd'] };
const mutualTls = {
  domainName: 'protect.example.com',
  certificate: 'arn:aws:acm:eu-west-1:111111111111:certificate/1',
  truststore: 's3://acme-trust/clients.pem',
};
const ready = { reservedConcurrency: 20, provisionedConcurrency: 5 };

const mrk = (region: string, end: string): string =>
  `arn:aws:kms:${region}:111111111111:key/mrk-0123456789abcdef0123456789abcde${end}`;
const region = 'eu-west-1';
const buckets = { publication: 'acme-publication', log: 'acme-log', tenants: 'acme-tenants' };
const keys = { sealing: mrk('eu-central-1', '1'), checkpoints: mrk('eu-central-1', '2') };
const withTenants = { multiRegionKeys: true, tenants: {} };
const allKeys = { ...keys, tenants: mrk('eu-central-1', '3') };

/** Of deployments with multi-Region keys, which no other can become: each is deployable after every other of these. */
export const MULTI_REGION: Readonly<Record<string, object>> = {
  'multi-Region keys': { multiRegionKeys: true },
  'a second Region that is prepared': { multiRegionKeys: true, recovery: { region } },
  'a second Region': { multiRegionKeys: true, recovery: { region, buckets, keys } },
  'a second Region for tenants, with administrators': {
    ...withTenants,
    keyAdministrators: [ROLE],
    recovery: { region, buckets, keys: allKeys },
  },
  'another second Region': { ...withTenants, recovery: { region: 'eu-north-1', buckets, keys: allKeys } },
  'a second Region that has taken over': {
    ...withTenants,
    recovery: { region, buckets, keys: allKeys, takenOver: true },
  },
  'multi-Region keys and tenants': withTenants,
  'a second Region for files': {
    multiRegionKeys: true,
    recovery: { region, buckets, keys },
    files: { source: 's3://incoming/', target: 's3://outgoing/' },
  },
};

/** Title → the context `protector`. All have one name, and so one set of stacks. */
export const CONFIGURATIONS: Readonly<Record<string, object>> = {
  'the default': {},
  'without Redshift': { redshift: false },
  'without Snowflake': { snowflake: false },
  'without REST': { rest: false },
  'Redshift alone': { snowflake: false, rest: false },
  'mode kinesis': { audit: { mode: 'kinesis' } },
  'mode kinesis for Redshift alone': { audit: { mode: 'kinesis' }, snowflake: false, rest: false },
  'mode buffered': { audit: { mode: 'buffered', flushIntervalMs: 1000 } },
  'an audit store': { audit: { esa } },
  'an audit store with a certificate': {
    audit: {
      esa: {
        ...esa,
        authorizationSecret: 'esa',
        certificateLayer: 'arn:aws:lambda:eu-west-1:111111111111:layer:certificates:1',
        caPath: '/opt/ca.pem',
      },
    },
  },
  tenants: { tenants: {} },
  'tenants with keys, roles and networks': {
    tenants: { keys: [TENANT_KEY], sinkRoles: [ROLE], allowedNetworks: ['10.0.0.0/8'], sealers: [ROLE], shards: 2 },
  },
  'checkpoints of P-256': { audit: { checkpointKey: 'ECC_NIST_P256' } },
  'another origin and other intervals': {
    audit: { logOrigin: 'logs.example.com/b', checkpointMinutes: 1, verifyMinutes: 60 },
  },
  'witnesses and timestamps': {
    audit: {
      witnesses: [{ key: LOG, url: 'https://witness.example.com' }],
      timestampUrls: ['http://tsa.example.com'],
    },
  },
  'a witness of other logs': { witness: { name: 'witness.example.com/w1', logs: [LOG] } },
  'files of buckets': { files: { source: 's3://incoming/', target: 's3://outgoing/' } },
  'files of folders under keys, for named sealers': {
    audit: { mode: 'kinesis' },
    tracing: true,
    files: {
      source: 's3://data/clear/',
      target: 's3://data/protected/',
      sourceKey: TENANT_KEY,
      targetKey: TENANT_KEY,
      inventory: 's3://inventories/',
      parquet: true,
      sealers: [ROLE],
      concurrency: 100,
      reservedConcurrency: 100,
    },
  },
  'a VPC': { vpc },
  'a VPC with tenants and an audit store': { vpc, tenants: {}, audit: { esa } },
  'managed instances': { vpc, managedInstances: {} },
  'managed instances of other subnets, types and sizes': {
    vpc: { ...vpc, subnets: ['subnet-0123abcd', 'subnet-0123abce'] },
    tracing: true,
    canary: true,
    rest: false,
    managedInstances: {
      vcpus: 4,
      memoryGbPerVcpu: 2,
      concurrency: 64,
      environments: { least: 2, most: 40 },
      maxVcpus: 200,
      instanceTypes: ['c7g.4xlarge', 'c8g.4xlarge'],
    },
  },
  'managed instances, in mode kinesis under budgets': {
    vpc,
    managedInstances: { environments: { least: 1, most: 9 } },
    audit: { mode: 'kinesis' },
    budgets: true,
  },
  'more memory, other users': { memoryMb: 3008, usernameRegex: '(.*)', serviceUser: 'service' },
  'reserved and provisioned concurrency': { redshift: ready, snowflake: ready, rest: ready },
  budgets: { budgets: true },
  'budgets and files': { budgets: true, files: { source: 's3://incoming/', target: 's3://outgoing/' } },
  'scheduled queries': { scheduledQueries: true, alarms: { emails: ['security@example.com'] } },
  'scheduled queries that tell nobody': { scheduledQueries: true },
  'a canary and traces': { canary: true, tracing: true, tenants: {} },
  'Snowflake integrated': { snowflake: { iamUser: 'arn:aws:iam::333333333333:user/snow', externalId: 'x' } },
  'named callers': { rest: { callers: [ROLE] }, redshift: { trustedRoles: [ROLE] } },
  'private endpoints': { rest: { privateEndpoints: [ENDPOINT] }, snowflake: { privateEndpoints: [ENDPOINT] } },
  'throttled APIs': { rest: { throttle: { rate: 10, burst: 20 } }, tenants: { throttle: { rate: 10, burst: 20 } } },
  'mutual TLS': { rest: { mutualTls } },
  'JSON Web Tokens': { rest: { authorization: 'JWT', jwt: { secret: 'jwt' } } },
  'alarms by e-mail': { alarms: { emails: ['security@example.com'] } },
  'alarms by a topic': { alarms: { topic: 'arn:aws:sns:eu-west-1:111111111111:alarms' } },
  tagged: { tags: { team: 'security', 'cost-center': '42' } },
  'the log role of another': { apiGatewayLogRole: false },
  'named administrators': { keyAdministrators: [ROLE] },
  'the profile sandbox': { profile: 'sandbox' },
  'the profile production': { profile: 'production', alarms: { emails: ['operations@example.com'] } },
  'longer retention, two shards': {
    functionLogDays: 90,
    audit: { retentionDays: 731, lockDays: 731, shards: 2, streamRetentionHours: 24 },
    policy: { keptVersions: 9, lintErrors: ['short-data'] },
  },
  'a second person': {
    policy: {
      requires: ['approval'],
      signers: [
        { name: 'alice', fingerprint: `SHA256:${'a'.repeat(43)}`, may: ['author', 'approve'] },
        { name: 'bob', fingerprint: `SHA256:${'b'.repeat(43)}`, may: ['approve'] },
      ],
    },
  },
};
