// The stacks as they are, deployed by the CDK to an AWS emulator, and then used: what was deployed there, read back
// from it, drives the functions that were uploaded, each with the rights of its role. Where a part of AWS has no
// counterpart in the emulator, the test plays it and nothing else: docs/emulator.md.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteSubscriptionFilterCommand,
  DescribeLogGroupsCommand,
  DescribeSubscriptionFiltersCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  KMSClient,
  SignCommand,
} from '@aws-sdk/client-kms';
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { s3Documents } from '../../lib/adapters/s3/documents.ts';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { openSigningKey } from '../../lib/audit/sealed-signing-key.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { SIGNING_KEY } from '../../lib/publication/durable-keys.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { type Exit, runNode } from '../support/child.ts';
import { COMMAND } from '../support/command.ts';
import { redshiftEvent } from '../support/policy.ts';
import { smallPolicy, VALUE } from '../support/publication/small-policy.ts';
import { runStateMachine } from '../support/state-machine.ts';
import { SNOWFLAKE_HEADERS } from '../support/snowflake-headers.ts';
import { Aws, logLines } from './aws.ts';
import { cdk } from './cdk.ts';
import { ACCOUNT, type Emulator, REGION, startEmulator } from './emulator.ts';

const python = process.env['EMULATOR_PYTHON'];
const suite = python === undefined ? describe.skip : describe;

jest.setTimeout(300_000);

/** Types of the stacks' resources that the emulator does not know, so that they are not made there. */
const NOT_MADE = ['AWS::Lambda::EventInvokeConfig', 'AWS::Logs::QueryDefinition', 'AWS::SQS::QueuePolicy'];
/** A tenant's role, in an account of its own, that may write to the tenant's log group. */
const SINK_ROLE = 'arn:aws:iam::111122223333:role/acme-siem';
const TENANT_LOG = '/acme/security';
/** Buckets of objects, which are not the deployment's. */
const [INCOMING, OUTGOING] = ['acme-incoming', 'acme-outgoing'];

/** The rule of the log verifier. */
const COMPARE = 'Compares the audit log group with the log on schedule';

const LOG_ORIGIN = `protector/${ACCOUNT}/${REGION}`;

/** Clients with the access key of a role. */
interface Clients {
  readonly s3: S3Client;
  readonly kms: KMSClient;
  readonly logs: CloudWatchLogsClient;
}

suite(`the stacks, deployed to an AWS emulator${python === undefined ? ': EMULATOR_PYTHON is not set' : ''}`, () => {
  let directory: string;
  let emulator: Emulator;
  let aws: Aws;
  /** By stack and name. */
  let outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  let settings: object;
  let tenantKey: string;

  /** The surroundings of a child process: a home of its own, and the variables by which it reaches the emulator. */
  const child = () => ({ home: join(directory, 'home'), variables: emulator.variables });

  async function deploy(configuration: object): Promise<string> {
    const file = join(directory, 'outputs.json');
    const context = `protector=${JSON.stringify(configuration)}`;
    // Directly, which is quicker than by a change set.
    const how = ['--method', 'direct', '--require-approval', 'never', '--no-version-reporting', '--outputs-file', file];
    const place = ['--output', join(directory, 'cdk.out')];
    const printed = await cdk(['deploy', '--all', ...how, ...place, '-c', context], child());
    outputs = JSON.parse(await readFile(file, 'utf8')) as typeof outputs;
    return printed;
  }

  function output(stack: string, name: string): string {
    const value = outputs[`protector-${stack}`]?.[name];
    if (value === undefined) throw new Error(`${stack} has no output ${name}`);
    return value;
  }

  const addresses = (): string[] => [output('protector', 'SnowflakeUrl'), output('protector', 'RestUrl')];
  const apis = (): Promise<Awaited<ReturnType<typeof aws.restApi>>[]> =>
    Promise.all(addresses().map((url) => aws.restApi(new URL(url).hostname.split('.')[0]!)));
  const configuration = (FunctionName: string, Qualifier?: string) =>
    aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
  const variables = async (functionName: string) => (await configuration(functionName)).Environment?.Variables ?? {};
  const live = async (functionName: string) =>
    (await aws.lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: 'Production' }))).FunctionVersion;
  const liveVersions = () => Promise.all(FRONT_ENDS.map((name) => live(`protector-${name}`)));

  /** Invokes the target of the rule with this description, as EventBridge does. */
  async function fire(rule: string, event: object): Promise<unknown> {
    const found = (await aws.rules()).filter(({ description }) => description === rule);
    expect(found).toMatchObject([{ targets: [expect.stringContaining(':function:')] }]);
    return aws.invoke(found[0]!.targets[0]!, event);
  }

  /** Puts a policy where authors put them; resolves to what the agent makes of it when it is woken. */
  async function publish(policy: unknown): Promise<unknown> {
    const Body = JSON.stringify(policy);
    const place = { Bucket: output('policy', 'AuthoringBucket'), Key: 'policy.json' };
    await aws.s3.send(new PutObjectCommand({ ...place, Body }));
    return fire('Invokes the policy agent for an upload to the authoring bucket', {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: place.Bucket }, object: { key: place.Key } },
    });
  }

  const redshift = (operation: string, column: readonly unknown[]): Promise<unknown> =>
    aws.invoke(output('protector', 'RedshiftFunction'), redshiftEvent(`pty_${operation}_dessn`, column));

  /** Sends a request through a deployed API: to the function that the route leads to, as API Gateway does. */
  async function request(url: string, route: string, headers: Readonly<Record<string, string>>, body: unknown) {
    const { hostname, pathname } = new URL(url);
    const integrations = await aws.integrations(hostname.split('.')[0]!);
    const [, target] = /functions\/(arn:.*)\/invocations$/.exec(integrations[route] ?? '') ?? [];
    const event = gatewayEvent('POST', pathname.slice('/v1'.length), Object.entries(headers), JSON.stringify(body));
    return aws.invoke(target ?? `no integration of ${route}`, event) as Promise<{ statusCode: number; body: string }>;
  }

  /** Hands what is in a stream to a function, as its event source mapping does. */
  async function deliver(functionName: string): Promise<void> {
    const { events } = await aws.batchesFor(functionName);
    expect(events).not.toEqual([]);
    for (const event of events) {
      // oxlint-disable-next-line no-await-in-loop -- one batch after another
      expect(await aws.invoke(functionName, event)).toMatchObject({ batchItemFailures: [] });
    }
  }

  const overwrite = (as: Clients) =>
    as.s3.send(
      new PutObjectCommand({
        Bucket: output('policy', 'PublicationBucket'),
        Key: 'publication/journal.json',
        Body: '{}',
      }),
    );
  const rewrite = (as: Clients) =>
    as.s3.send(
      new PutObjectCommand({ Bucket: new URL(output('audit', 'LogLocation')).host, Key: 'checkpoint', Body: '{}' }),
    );

  const records = async (): Promise<AuditRecord[]> =>
    (await logLines(aws.logs, output('audit', 'AuditLogGroup'))).map((line) => JSON.parse(line) as AuditRecord);

  const protector = (...args: readonly string[]): Promise<Exit> =>
    runNode([COMMAND, ...args], { ...child(), cwd: directory });

  /** Puts an object of so many rows into the bucket of sources. */
  const upload = (Key: string, rows: number) => {
    const Body = `id,ssn\n${Array.from({ length: rows }, (_, i) => `${i},900-12-${1000 + i}\n`).join('')}`;
    return aws.s3.send(new PutObjectCommand({ Bucket: INCOMING, Key, Body }));
  };
  /** Reads an output. */
  const outputOf = async (Key: string): Promise<string> => {
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: OUTGOING, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  /** The records of file jobs. */
  const ofFiles = async (): Promise<AuditRecord[]> =>
    (await records()).filter(({ correlationid }) => correlationid?.startsWith('file:') === true);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'deployment-'));
    emulator = await startEmulator(python!);
    aws = new Aws(emulator);
    await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], { ...child(), cwd: directory });
    const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ Description: 'A tenant’s' }));
    tenantKey = KeyMetadata!.Arn!;
    settings = {
      audit: { checkpointKey: 'ECC_NIST_P256' }, // the KMS of the emulator has no Ed25519
      tenants: { keys: [tenantKey], sinkRoles: [SINK_ROLE] },
      budgets: true,
      files: { source: `s3://${INCOMING}/people/`, target: `s3://${OUTGOING}/people/` },
    };
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    for (const Bucket of [INCOMING, OUTGOING]) {
      // oxlint-disable-next-line no-await-in-loop -- two
      await aws.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    }
    await deploy(settings);
  });
  afterAll(async () => {
    aws.close();
    await emulator.stop();
    await rm(directory, { recursive: true });
  });

  describe('the deployment', () => {
    test('has every resource, but for the documented types that the emulator does not know', async () => {
      expect(emulator.unknownTypes()).toEqual(NOT_MADE);
      const documented = await readFile(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
      for (const type of NOT_MADE) expect(documented).toContain(type);
    });

    test('encrypts the audit log group under its key, keeps it for a year, and subscribes the stream to it', async () => {
      const logGroupName = output('audit', 'AuditLogGroup');
      const { logGroups } = await aws.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
      expect(logGroups).toMatchObject([{ retentionInDays: 365, kmsKeyId: expect.stringContaining(':key/') }]);
      const { subscriptionFilters } = await aws.logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName }));
      expect(subscriptionFilters).toMatchObject([
        { filterPattern: '', destinationArn: expect.stringContaining(output('audit', 'AuditStream')) },
      ]);
    });

    test('encrypts the stream, and keeps its records for a week', async () => {
      const { StreamDescriptionSummary } = await aws.kinesis.send(
        new DescribeStreamSummaryCommand({ StreamName: output('audit', 'AuditStream') }),
      );
      expect(StreamDescriptionSummary).toMatchObject({ EncryptionType: 'KMS', RetentionPeriodHours: 168 });
    });

    test('lets the checkpoint key sign and do nothing else', async () => {
      const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId: output('audit', 'CheckpointKey') }));
      expect(KeyMetadata).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    });

    test('gives every bucket versions and no public access, and the bucket of the log object lock', async () => {
      const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
      const own = Buckets.map(({ Name }) => Name!).filter((name) => name.startsWith('protector-'));
      expect(own.length).toBeGreaterThan(4);
      for (const Bucket of own) {
        // oxlint-disable-next-line no-await-in-loop -- a handful
        const { Status } = await aws.s3.send(new GetBucketVersioningCommand({ Bucket }));
        // oxlint-disable-next-line no-await-in-loop -- a handful
        const { PublicAccessBlockConfiguration } = await aws.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
        expect({ Status, ...PublicAccessBlockConfiguration }).toEqual({
          Status: 'Enabled',
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        });
      }
      const locked = { Bucket: new URL(output('audit', 'LogLocation')).hostname };
      const { ObjectLockConfiguration } = await aws.s3.send(new GetObjectLockConfigurationCommand(locked));
      expect(ObjectLockConfiguration).toMatchObject({ ObjectLockEnabled: 'Enabled' });
    });

    test('names its resources in the variables of the functions', async () => {
      expect(await variables('protector-policy-agent')).toMatchObject({
        AUDIT_LOG_GROUP: output('audit', 'AuditLogGroup'),
        AUTHORING_BUCKET: output('policy', 'AuthoringBucket'),
        PUBLICATION_BUCKET: output('policy', 'PublicationBucket'),
        PROTECT_FUNCTIONS: 'redshift:protector-redshift,snowflake:protector-snowflake,rest:protector-rest',
      });
      expect(await variables('protector-log-sealer')).toMatchObject({
        LOG_LOCATION: output('audit', 'LogLocation'),
        LOG_ORIGIN,
        CHECKPOINT_KEY_ID: output('audit', 'CheckpointKey'),
      });
      for (const name of FRONT_ENDS) {
        // oxlint-disable-next-line no-await-in-loop -- three
        expect(await variables(`protector-${name}`)).toMatchObject({
          AUDIT_MODE: 'blocking',
          AUDIT_LOG_GROUP: output('audit', 'AuditLogGroup'),
        });
      }
    });

    test('answers no request before there is a policy', async () => {
      expect(await redshift('protect', [VALUE])).toMatchObject({ success: false });
    });
  });

  describe('a policy that is put into the authoring bucket', () => {
    test('becomes a layer, a version of each function behind its alias, and signed records', async () => {
      expect(await publish(smallPolicy('clerks'))).toEqual({ kind: 'published', live: 1 });
      expect(await liveVersions()).toEqual(['2', '2', '2']);
      const { Layers } = await configuration('protector-redshift', 'Production');
      expect(Layers).toMatchObject([{ Arn: expect.stringMatching(/:layer:protector-policy:1$/) }]);
      expect(await records()).toContainEqual(expect.objectContaining({ logtype: 'Policy' }));
    });

    test('is refused with its problems when it is invalid, and changes nothing', async () => {
      expect(await publish({ name: 'X' })).toMatchObject({ kind: 'refused', live: 1 });
      expect(await liveVersions()).toEqual(['2', '2', '2']);
    });

    test('is refused when it fails the tests beside it, and its record says so', async () => {
      const tests = { Bucket: output('policy', 'AuthoringBucket'), Key: 'policy.tests.json' };
      await aws.s3.send(new PutObjectCommand({ ...tests, Body: '{"statements": ["nobody sees deSSN in clear"]}' }));
      const problems = [{ path: '$.statements[0]', message: expect.stringContaining('does not hold') }];
      expect(await publish(smallPolicy('tested'))).toMatchObject({ kind: 'refused', live: 1, problems });
      expect(await liveVersions()).toEqual(['2', '2', '2']);
      expect(JSON.stringify(await records())).toContain('POLICY_TESTS_FAILED');
      await aws.s3.send(new DeleteObjectCommand(tests));
    });
  });

  describe('a batch', () => {
    let tokens: readonly (string | null)[];

    test('is protected and unprotected by the Redshift function, with the KMS of the emulator', async () => {
      const reply = await redshift('protect', [VALUE, null]);
      expect(reply).toMatchObject({ success: true, results: [expect.stringMatching(/^\d{3}-\d{2}-\d{4}$/), null] });
      ({ results: tokens } = reply as { results: readonly (string | null)[] });
      expect(tokens[0]).not.toBe(VALUE);
      expect(await redshift('unprotect', tokens)).toMatchObject({ success: true, results: [VALUE, null] });
    });

    test('gets the same tokens through the Snowflake API', async () => {
      const reply = await request(output('protector', 'SnowflakeUrl'), 'POST /snowflake', SNOWFLAKE_HEADERS, {
        data: [[0, VALUE]],
      });
      expect({ ...reply, body: JSON.parse(reply.body) as unknown }).toMatchObject({
        statusCode: 200,
        body: { data: [[0, tokens[0]]] },
      });
    });

    test('gets the same tokens through the REST API', async () => {
      const body = { user: 'test_user', data_element: 'deSSN', data: [VALUE] };
      const url = `${output('protector', 'RestUrl')}/protect`;
      const reply = await request(url, 'POST /pty/v1/protect', { 'content-type': 'application/json' }, body);
      expect(JSON.parse(reply.body)).toMatchObject({ success: true, results: [tokens[0]] });
    });

    test('leaves a record in CloudWatch Logs that names the function and policy version that answered', async () => {
      const found = (await records()).filter(({ additional_info: info }) => info.query_id === 'rs-query-id:5678234');
      expect(
        found.map(({ protection, cnt }) => [protection.operation, protection.dataelement, protection.policy_user, cnt]),
      ).toEqual([
        ['Protect', 'deSSN', 'test_user', 1],
        ['Unprotect', 'deSSN', 'test_user', 1],
      ]);
      expect(found[0]?.additional_info).toMatchObject({ policy_version: '1' });
    });
  });

  describe('the trail', () => {
    const sealer = 'protector-log-sealer';

    test('is sealed from the records that the subscription brings into the stream', async () => {
      const { stream, events } = await aws.batchesFor(sealer);
      expect(stream).toBe(output('audit', 'AuditStream'));
      const written = (await records()).length;
      expect(written).toBeGreaterThan(10);
      expect(await Promise.all(events.map((event) => aws.invoke(sealer, event)))).toMatchObject([
        { sealed: written, repeated: 0, rejected: 0, forked: 0, holes: 0, checkpoint: 0 },
      ]);
      expect(await Promise.all(events.map((event) => aws.invoke(sealer, event)))).toMatchObject([
        { sealed: 0, repeated: written },
      ]);
    });

    test('gets another checkpoint at each run of the schedule', async () => {
      const event = { source: 'aws.events', 'detail-type': 'Scheduled Event' };
      expect(await fire('Signs a checkpoint on schedule, also without records', event)).toMatchObject({ sealed: 0 });
    });

    test('is verified as a whole by the command, with the keys of the deployment', async () => {
      const { keyId, key } = await openSigningKey(
        kmsKeyService({ client: aws.kms }),
        JSON.parse(
          (await s3Documents({ client: aws.s3, bucket: output('policy', 'PublicationBucket') }).read(SIGNING_KEY))!
            .text,
        ),
      );
      await writeFile(
        join(directory, 'key.json'),
        JSON.stringify({ key_id: keyId, key: Buffer.from(key.expose()).toString('base64') }),
      );
      const added = ['audit', 'keys', 'add', '--keys', 'audit-keys.json'];
      const origin = ['--origin', LOG_ORIGIN];
      expect(await protector(...added, ...origin, '--kms', output('audit', 'CheckpointKey'))).toMatchObject({
        code: 0,
      });
      expect(await protector(...added, '--record-key-id', keyId)).toMatchObject({ code: 0 });
      const group = ['--log-group', output('audit', 'AuditLogGroup')];
      expect(await protector('audit', 'export', ...group, '--out', 'records.jsonl')).toMatchObject({ code: 0 });
      const log = ['--log', output('audit', 'LogLocation'), '--keys', 'audit-keys.json'];
      const copy = ['--file', 'records.jsonl', '--key-file', 'key.json'];
      const verified = await protector('audit', 'verify', ...copy, ...log, '--json');
      expect(JSON.parse(verified.stdout)).toMatchObject({
        valid: true,
        checksumsVerified: true,
        records: (await records()).length,
        findings: [],
      });
    });

    test('gives a receipt of a record, signed by its key in KMS, which holds without the log', async () => {
      const keys = ['--keys', 'audit-keys.json'];
      const signer = ['--format', 'cose', '--kms', output('audit', 'CheckpointKey')];
      const proof = ['audit', 'prove', '0', '--log', output('audit', 'LogLocation'), ...keys, '--out', 'record.cose'];
      expect(await protector(...proof, ...signer)).toMatchObject({ code: 0 });
      const checked = await protector(
        'audit',
        'prove',
        '--check',
        'record.cose',
        ...keys,
        '--key-file',
        'key.json',
        '--json',
      );
      expect([checked.code, checked.code === 0 ? '' : checked.stdout + checked.stderr]).toEqual([0, '']);
      const { record, ...receipt } = JSON.parse(checked.stdout);
      expect(receipt).toMatchObject({ valid: true, index: 0, checksum: 'verified' });
      const lines = (await readFile(join(directory, 'records.jsonl'), 'utf8')).split('\n');
      expect(lines).toContain(record);
    });

    test('is refused when a record is missing', async () => {
      const lines = (await readFile(join(directory, 'records.jsonl'), 'utf8')).trimEnd().split('\n');
      await writeFile(join(directory, 'fewer.jsonl'), `${lines.toSpliced(3, 1).join('\n')}\n`);
      const log = ['--log', output('audit', 'LogLocation'), '--keys', 'audit-keys.json'];
      const verified = await protector('audit', 'verify', '--file', 'fewer.jsonl', ...log, '--json');
      expect(verified.code).toBe(1);
      expect(JSON.parse(verified.stdout)).toMatchObject({
        valid: false,
        findings: expect.arrayContaining([expect.objectContaining({ kind: 'missing' })]),
      });
    });

    test('has no record unsealed unnoticed: one that the subscription lost is found, replayed and sealed', async () => {
      const verifier = 'protector-log-verifier';
      const Variables = await variables(verifier);
      // The emulator's records are seconds old.
      const Environment = { Variables: { ...Variables, SETTLED_AFTER_S: '1' } };
      await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: verifier, Environment }));
      const logGroupName = output('audit', 'AuditLogGroup');
      const { subscriptionFilters } = await aws.logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName }));
      const { filterName, filterPattern, destinationArn, roleArn } = subscriptionFilters![0]!;
      await aws.logs.send(new DeleteSubscriptionFilterCommand({ logGroupName, filterName }));
      const sealed = (await records()).length;
      for (let i = 0; i < 5; i++) {
        // oxlint-disable-next-line no-await-in-loop -- a record each
        expect(await redshift('protect', [VALUE])).toMatchObject({ success: true });
      }
      expect(await records()).toHaveLength(sealed + 5);
      await setTimeout(2_500);
      expect(await fire(COMPARE, {})).toMatchObject({ compared: sealed + 5, unsealed: 5 });

      const stream = output('audit', 'AuditStream');
      await aws.logs.send(
        new PutSubscriptionFilterCommand({ logGroupName, filterName, filterPattern, destinationArn, roleArn }),
      );
      const until = new Date(Date.now() + 60_000).toISOString();
      const range = ['--from', new Date(Date.now() - 3_600_000).toISOString(), '--to', until];
      const replay = [
        'audit',
        'replay',
        '--log-group',
        logGroupName,
        '--log',
        output('audit', 'LogLocation'),
        ...range,
      ];
      const missing = await protector(...replay, '--dry-run', '--json');
      expect([missing.code, JSON.parse(missing.stdout)]).toMatchObject([1, { missing: 5, replayed: 0 }]);
      const replayed = await protector(...replay, '--stream', stream, '--json');
      expect([replayed.code, JSON.parse(replayed.stdout)]).toMatchObject([0, { missing: 5, replayed: 5 }]);
      const { events } = await aws.batchesFor(sealer);
      const summaries = await Promise.all(events.map((event) => aws.invoke(sealer, event)));
      expect(summaries).toMatchObject([{ sealed: 5, forked: 0, holes: 0 }]);
      expect(await protector(...replay, '--dry-run')).toMatchObject({ code: 0 });
      expect(await fire(COMPARE, {})).toMatchObject({ unsealed: 0, unsealedAgeS: 0 });
      await aws.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: verifier, Environment: { Variables } }),
      );
    });

    test('is locked: no user can delete a checkpoint for a year', async () => {
      const { hostname: Bucket, pathname } = new URL(output('audit', 'LogLocation'));
      const Key = `${pathname.slice(1)}checkpoints/000`;
      const { ObjectLockMode, ObjectLockRetainUntilDate, VersionId } = await aws.s3.send(
        new HeadObjectCommand({ Bucket, Key }),
      );
      expect(ObjectLockMode).toBe('COMPLIANCE');
      expect(ObjectLockRetainUntilDate!.getTime()).toBeGreaterThan(Date.now() + 364 * 24 * 3_600_000);
      const deletion = aws.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      await expect(deletion).rejects.toMatchObject({ name: 'AccessDenied' });
    });
  });

  describe('the tenants', () => {
    const apiKey = randomBytes(32).toString('base64');
    /** In the account of the tenant `acme`. */
    let siem: CloudWatchLogsClient;

    beforeAll(async () => {
      const sts = new STSClient(emulator.client);
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: SINK_ROLE, RoleSessionName: 'acme' }));
      sts.destroy();
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
      const credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
      siem = new CloudWatchLogsClient({ ...emulator.client, credentials });
    });
    afterAll(() => siem.destroy());

    /** Sends a request of a tenant's client through the deployed API. */
    async function ask(path: string, body: object): Promise<Readonly<Record<string, string>>> {
      const headers = { Authorization: `cmk ${apiKey}`, 'Content-Type': 'application/json' };
      const reply = await request(`${output('tenants', 'TenantApi')}/api/1/${path}`, 'POST /api/1/{proxy+}', headers, {
        iclFields: { requestingId: 'somebody' },
        customFields: {},
        ...body,
      });
      return { status: String(reply.statusCode), ...(JSON.parse(reply.body) as Record<string, string> | null) };
    }
    test('are sealed into the deployed bucket by `protector tenants seal`', async () => {
      expect(await ask('document/wrap', { tenantId: 'acme' })).not.toMatchObject({ status: '200' });
      await siem.send(new CreateLogGroupCommand({ logGroupName: TENANT_LOG }));
      const sink = { name: 'siem', kind: 'cloudwatch-logs', region: REGION, logGroup: TENANT_LOG, roleArn: SINK_ROLE };
      const kms = [{ id: 1, key: tenantKey, primary: true }];
      const tenants = [
        { id: 'acme', kms, dataStores: ['TEST_STORE'], sinks: [sink] },
        { id: 'globex', kms },
      ];
      const file = { apiKeys: [{ id: 'app', secretRef: 'app-key' }], unconfigured: 'stdout', tenants };
      await writeFile(join(directory, 'tenants.json'), JSON.stringify(file));
      await writeFile(join(directory, 'tenant-secrets.json'), JSON.stringify({ 'app-key': apiKey }), { mode: 0o600 });
      const to = ['--to', output('tenants', 'TenantsLocation'), '--kms', output('tenants', 'TenantsKey')];
      expect(await protector('tenants', 'seal', '--dir', directory, ...to)).toMatchObject({ code: 0 });
    });

    test('have their keys wrapped and unwrapped by the gateway, under their own key of the KMS', async () => {
      const wrapped = await ask('document/wrap', { tenantId: 'acme' });
      expect(wrapped).toMatchObject({ status: '200', dek: expect.stringMatching(/^.{44}$/) });
      const unwrapped = await ask('document/unwrap', { tenantId: 'acme', encryptedDocumentKey: wrapped['edek'] });
      expect(unwrapped).toMatchObject({ status: '200', dek: wrapped['dek'] });
      expect(await ask('document/wrap', { tenantId: 'globex' })).toMatchObject({ status: '200' });
    });

    test('get their security events in their own log group, or in that of the deployment without a sink', async () => {
      await deliver('protector-event-forwarder');
      const events = await logLines(siem, TENANT_LOG);
      expect(events.join()).toMatch(/DATA_ENCRYPT.*DATA_DECRYPT/s);
      expect(events.join()).not.toContain('globex');
      const { UNCONFIGURED_LOG_GROUP: others } = await variables('protector-event-forwarder');
      expect((await logLines(aws.logs, others!)).join()).toMatch(/globex/);
    });

    test('get the merged audit records of their data stores', async () => {
      const before = (await logLines(siem, TENANT_LOG)).length;
      await deliver('protector-log-forwarder');
      const merged = (await logLines(siem, TENANT_LOG)).slice(before);
      expect(merged.join()).toContain('deSSN');
    });
  });

  describe('objects of a bucket', () => {
    test('are protected when they are uploaded, once, by a job that `protector files seal` sealed', async () => {
      const job = {
        name: 'people',
        source: `s3://${INCOMING}/people/`,
        target: `s3://${OUTGOING}/people/`,
        columns: { ssn: 'deSSN' },
        user: 'test_user',
        format: 'csv',
        onUpload: true,
      };
      await writeFile(join(directory, 'people.json'), JSON.stringify(job));
      const to = ['--to', output('files', 'FilesLocation'), '--kms', output('policy', 'SealingKeyArn')];
      expect(await protector('files', 'seal', 'people.json', ...to)).toMatchObject({ code: 0, stderr: '' });
      await upload('people/1 ä.csv', 3);
      const rule = 'Hands new objects of the source to the file protector';
      const event = {
        source: 'aws.s3',
        'detail-type': 'Object Created',
        detail: { bucket: { name: INCOMING }, object: { key: 'people/1 ä.csv' } },
      };
      expect(await fire(rule, event)).toMatchObject([{ is: 'protected', rows: 3, values: 3, repeated: false }]);
      expect(await fire(rule, event)).toMatchObject([{ is: 'protected', repeated: true }]);
      const reply = (await redshift('protect', ['900-12-1000'])) as { readonly results: readonly string[] };
      expect(await outputOf('people/1 ä.csv')).toContain(`id,ssn\n0,${reply.results[0]}\n`);
      expect((await ofFiles()).map(({ cnt }) => cnt)).toEqual([3]);
    });

    test('are mapped by a run that `protector files` starts, shows and stops, as the deployed definition says', async () => {
      await Promise.all([upload('people/2.csv', 20), upload('people/3.csv', 30)]);
      const machine = ['--machine', output('files', 'FilesMachine')];
      const started = await protector('files', 'start', 'people', '--run', '1', '--json', ...machine);
      expect([started.code, JSON.parse(started.stdout)]).toMatchObject([0, { run: 'people-1' }]);
      expect((await protector('files', 'start', 'people', '--run', '1', ...machine)).code).toBe(0);
      const shown = await protector('files', 'status', 'people-1', '--json', ...machine);
      expect([shown.code, JSON.parse(shown.stdout)]).toMatchObject([0, { status: 'RUNNING' }]);

      const sfn = new SFNClient(emulator.client);
      const executionArn = `${output('files', 'FilesMachine').replace(':stateMachine:', ':execution:')}:people-1`;
      const stateMachineArn = output('files', 'FilesMachine');
      const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
      const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      sfn.destroy();
      const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: INCOMING, Prefix: 'people/' }));
      const results = await runStateMachine(JSON.parse(definition!), JSON.parse(input!) as Record<string, unknown>, {
        invoke: (arn, payload) => aws.invoke(arn, payload),
        list: (bucket, prefix) =>
          Contents.map(({ Key }) => Key!).filter((key) => bucket === INCOMING && key.startsWith(prefix)),
      });
      expect((results as { readonly is: string }[]).map(({ is }) => is)).toEqual(Contents.map(() => 'protected'));
      expect((await outputOf('people/3.csv')).split('\n')).toHaveLength(32);
      expect((await ofFiles()).map(({ cnt }) => cnt).toSorted((a, b) => a - b)).toEqual([3, 20, 30]);

      expect((await protector('files', 'stop', 'people-1', ...machine)).code).toBe(0);
      expect(await protector('files', 'start', 'people', '--run', '1', ...machine)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('has ended (ABORTED)'),
      });
    });

    test('of a job that nobody sealed are not touched: its run fails with its first task', async () => {
      await expect(aws.invoke(output('files', 'FileProtector'), { task: 'job', job: 'other' })).rejects.toThrow(
        'FILES_STATE',
      );
    });
  });

  describe('another policy', () => {
    test('takes permissions away, at once and everywhere', async () => {
      const { roles, ...rest } = smallPolicy('clerks') as { roles: readonly object[] };
      const locked = { ...rest, roles: roles.map((role) => ({ ...role, members: ['somebody_else'] })) };
      expect(await publish(locked)).toEqual({ kind: 'published', live: 2 });
      expect(await liveVersions()).toEqual(['3', '3', '3']);
      expect(await redshift('protect', [VALUE])).toMatchObject({ success: false });
    });

    test('is undone by `protector policy rollback`, which asks the deployed agent', async () => {
      const outcome = await protector('policy', 'rollback', '--agent', output('policy', 'PolicyAgent'), '--json');
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(await liveVersions()).toEqual(['2', '2', '2']);
      expect(await redshift('protect', [VALUE])).toMatchObject({ success: true });
    });
  });

  describe('a second deployment', () => {
    test('changes nothing when nothing has changed', async () => {
      const before = await Promise.all(FRONT_ENDS.map((name) => configuration(`protector-${name}`)));
      const printed = await deploy(settings);
      expect(printed.match(/\(no changes\)/g)).toHaveLength(printed.match(/✅/g)!.length);
      const after = await Promise.all(FRONT_ENDS.map((name) => configuration(`protector-${name}`)));
      expect(after.map(({ RevisionId }) => RevisionId)).toEqual(before.map(({ RevisionId }) => RevisionId));
    });

    const ENDPOINT = 'vpce-0123abcd';
    test('serves a changed setting once the agent has tried it, and makes APIs private under their addresses', async () => {
      const before = addresses();
      expect((await apis()).map(({ types }) => types)).toEqual([['REGIONAL'], ['REGIONAL']]);
      const isolated = { privateEndpoints: [ENDPOINT] };
      await deploy({ ...settings, memoryMb: 2048, snowflake: isolated, rest: isolated });
      expect(addresses()).toEqual(before);
      for (const { types, statements } of await apis()) {
        expect(types).toEqual(['PRIVATE']);
        const denied = statements.filter(
          ({ Effect, Condition }) => Effect === 'Deny' && /SourceVpce/.test(JSON.stringify(Condition)),
        );
        const Condition = { StringNotEquals: { 'aws:SourceVpce': [ENDPOINT] } };
        expect(denied).toMatchObject([{ Action: 'execute-api:Invoke', Principal: { AWS: '*' }, Condition }]);
      }
      expect((await configuration('protector-rest')).MemorySize).toBe(2048);
      expect((await configuration('protector-rest', 'Production')).MemorySize).toBe(1769);
      const event = { source: 'aws.cloudformation', 'detail-type': 'CloudFormation Stack Status Change' };
      const rule = 'Invokes the policy agent after a deployment of the protect functions';
      expect(await fire(rule, event)).toMatchObject({ live: 1 });
      expect((await configuration('protector-rest', 'Production')).MemorySize).toBe(2048);
      expect(await redshift('protect', [VALUE])).toMatchObject({ success: true });
      const body = { user: 'test_user', data_element: 'deSSN', data: [VALUE] };
      const reply = await request(
        `${before[1]}/protect`,
        'POST /pty/v1/protect',
        { 'content-type': 'application/json' },
        body,
      );
      expect(JSON.parse(reply.body)).toMatchObject({ success: true });
    });
  });

  describe('the roles', () => {
    test('allow every call that the functions made', () => {
      expect(emulator.denials()).toEqual([]);
    });

    test('were asked for a good number of calls of every kind of function', () => {
      const allowed = emulator.allowed();
      const byRole = Map.groupBy(allowed, (call) => /^protector-(.*)-eu-/.exec(call)?.[1] ?? call);
      expect([...byRole.keys()].toSorted()).toEqual([
        'event-forwarder',
        'file-protector',
        'log-forwarder',
        'log-sealer',
        'log-verifier',
        'policy-agent',
        ...FRONT_ENDS.toSorted(),
        'tenant-gateway',
      ]);
      const services = new Set(allowed.map((call) => call.split(' ')[1]!.split(':')[0]));
      expect(services).toEqual(new Set(['kinesis', 'kms', 'lambda', 'logs', 's3', 'sts']));
      expect(allowed.length).toBeGreaterThan(60);
    });

    describe('deny', () => {
      /** Is not of the deployment, and may do whatever an IAM policy can allow. */
      const ADMINISTRATOR = 'administrator';
      const NO_RIGHT = /because no policy of the role allows it$/;
      const NO_USE = /because the policy of the key does not allow it$/;
      const FORBIDDEN = /by an explicit denial$/;
      const ciphertext = Buffer.alloc(80, 'a');

      beforeAll(() => aws.makeAdministrator(ADMINISTRATOR));

      const open = (stack: string, KeyId: string, EncryptionContext: Record<string, string>) => (as: Clients) =>
        as.kms.send(new DecryptCommand({ KeyId: output(stack, KeyId), CiphertextBlob: ciphertext, EncryptionContext }));

      test.each<[who: string, what: string, why: RegExp, call: (as: Clients) => Promise<unknown>]>([
        ['protector-redshift', 's3:PutObject', FORBIDDEN, overwrite],
        ['protector-redshift', 'kms:Decrypt', NO_USE, open('policy', 'SealingKeyArn', { purpose: 'keyring' })],
        [
          'protector-file-protector',
          's3:GetObject',
          NO_RIGHT,
          (as) => as.s3.send(new GetObjectCommand({ Bucket: OUTGOING, Key: 'people/2.csv' })),
        ],
        ['protector-rest', 'kms:Decrypt', NO_USE, open('policy', 'SealingKeyArn', {})],
        [
          'protector-snowflake',
          'kms:GenerateDataKey',
          NO_USE,
          (as) =>
            as.kms.send(new GenerateDataKeyCommand({ KeyId: output('policy', 'SealingKeyArn'), KeySpec: 'AES_256' })),
        ],
        [
          'protector-log-sealer',
          'logs:PutLogEvents',
          NO_RIGHT,
          (as) =>
            as.logs.send(
              new PutLogEventsCommand({
                logGroupName: output('audit', 'AuditLogGroup'),
                logStreamName: 'forged',
                logEvents: [{ timestamp: 1, message: '{}' }],
              }),
            ),
        ],
        [
          'protector-event-forwarder',
          'kms:Decrypt',
          NO_RIGHT,
          (as) => as.kms.send(new DecryptCommand({ KeyId: tenantKey, CiphertextBlob: ciphertext })),
        ],
        [ADMINISTRATOR, 's3:PutObject', FORBIDDEN, overwrite],
        [ADMINISTRATOR, 's3:PutObject', FORBIDDEN, rewrite],
        [ADMINISTRATOR, 'kms:Decrypt', NO_USE, open('policy', 'SealingKeyArn', { policy: 'a', version: '1' })],
        [
          ADMINISTRATOR,
          'kms:Sign',
          NO_USE,
          (as) =>
            as.kms.send(
              new SignCommand({
                KeyId: output('audit', 'CheckpointKey'),
                Message: ciphertext,
                SigningAlgorithm: 'ECDSA_SHA_256',
              }),
            ),
        ],
      ])('%s %s: %s', async (who, what, why, call) => {
        const accessKeyId = who === ADMINISTRATOR ? who : `${who}-${REGION}`;
        const client = { ...emulator.client, credentials: { accessKeyId, secretAccessKey: 'test' }, maxAttempts: 1 };
        const as = {
          s3: new S3Client({ ...client, forcePathStyle: true }),
          kms: new KMSClient(client),
          logs: new CloudWatchLogsClient(client),
        };
        const before = emulator.denials().length;
        await expect(call(as)).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });
        for (const one of Object.values(as)) one.destroy();
        const denials = emulator.denials().slice(before);
        expect(denials).toEqual([expect.stringMatching(why)]);
        expect(denials[0]).toMatch(`${accessKeyId} ${what} `);
      });
    });
  });

  describe('a deployment that is torn down', () => {
    test('loses functions and aliases, and keeps records, log, policies and keys', async () => {
      const kept = await records();
      const before = outputs;
      const app = ['--app', join(directory, 'cdk.out')];
      await cdk(['destroy', '--all', '--force', ...app], { ...child(), cwd: directory });
      outputs = before;
      expect((await aws.lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
      expect(await aws.rules()).toEqual([]);
      expect(await records()).toEqual(kept);
      const log = ['--log', output('audit', 'LogLocation'), '--keys', 'audit-keys.json'];
      expect(await protector('audit', 'verify', ...log)).toMatchObject({ code: 0 });
      const documents = s3Documents({ client: aws.s3, bucket: output('policy', 'PublicationBucket') });
      const sealed = JSON.parse((await documents.read(SIGNING_KEY))!.text) as unknown;
      await expect(openSigningKey(kmsKeyService({ client: aws.kms }), sealed)).resolves.toMatchObject({});
    });
  });
});
