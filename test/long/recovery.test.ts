// A Region that is lost, and a deployment in another one from nothing but the replicas: the procedure of docs/runbook.md, "A
// Region is lost". Where S3 would copy objects, the test does, below the prefixes of the templates: docs/emulator.md.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { type Exit, runNode } from '../support/child.ts';
import { COMMAND } from '../support/command.ts';
import { redshiftEvent } from '../support/policy.ts';
import { smallPolicy, VALUE } from '../support/publication/small-policy.ts';
import { Aws, logLines } from '../e2e/aws.ts';
import { cdk } from '../e2e/cdk.ts';
import { ACCOUNT, type Emulator, REGION, SECOND_REGION, startEmulator } from '../e2e/emulator.ts';

const python = process.env['EMULATOR_PYTHON'];
const suite = python === undefined ? describe.skip : describe;

jest.setTimeout(300_000);

/** Of a tenant, who has it in a Region that is not lost. */
const TENANT_REGION = 'eu-north-1';
const AFTER_DEPLOYMENT = 'Invokes the policy agent after a deployment of the protect functions';

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Rule = { readonly Filter: { readonly Prefix: string }; readonly Destination: { readonly Bucket: unknown } };

suite(`a Region that is lost${python === undefined ? ': EMULATOR_PYTHON is not set' : ''}`, () => {
  let directory: string;
  let emulator: Emulator;
  let first: Aws;
  let second: Aws;
  let outputs: Outputs;
  /** Of the deployment in the second Region. */
  let there: Outputs;
  let tenantKey: string;
  let token: string;
  let edek: string;
  let lostAtMs: number;
  const apiKey = randomBytes(32).toString('base64');
  /** Records that were copied, and those that the first Region had. */
  let copied: number;
  let written: number;

  const surroundings = (region: string) => ({
    home: join(directory, 'home'),
    variables: { ...emulator.variables, AWS_REGION: region },
  });

  async function deploy(
    region: string,
    configuration: object,
    stacks: readonly string[] = ['--all'],
  ): Promise<Outputs> {
    const file = join(directory, 'outputs.json');
    const how = ['--method', 'direct', '--require-approval', 'never', '--no-version-reporting', '--outputs-file', file];
    const place = ['--output', join(directory, 'cdk.out')];
    const context = `protector=${JSON.stringify(configuration)}`;
    await cdk(['deploy', ...stacks, ...how, ...place, '-c', context], surroundings(region));
    return JSON.parse(await readFile(file, 'utf8')) as Outputs;
  }

  function output(of: Outputs, stack: string, name: string): string {
    const value = of[`protector-${stack}`]?.[name];
    if (value === undefined) throw new Error(`${stack} has no output ${name}`);
    return value;
  }

  const protector = (region: string, ...args: readonly string[]): Promise<Exit> =>
    runNode([COMMAND, ...args], { ...surroundings(region), cwd: directory });

  /** Sends a request of a tenant's client to the gateway, as API Gateway does. */
  async function ask(aws: Aws, path: string, body: object): Promise<Readonly<Record<string, string>>> {
    const headers = Object.entries({ Authorization: `cmk ${apiKey}`, 'Content-Type': 'application/json' });
    const fields = { iclFields: { requestingId: 'somebody' }, customFields: {}, tenantId: 'acme', ...body };
    const event = gatewayEvent('POST', `/api/1/${path}`, headers, JSON.stringify(fields));
    const reply = (await aws.invoke('protector-tenant-gateway', event)) as { statusCode: number; body: string };
    return { status: String(reply.statusCode), ...(JSON.parse(reply.body) as Record<string, string> | null) };
  }

  const recordsOf = async (aws: Aws, of: Outputs): Promise<number> =>
    (await logLines(aws.logs, output(of, 'audit', 'AuditLogGroup'))).length;

  /** Plays S3: copies what the replication rule of each bucket names to the bucket that it names. */
  async function replicate(): Promise<void> {
    for (const [stack, bucket] of [
      ['policy', output(outputs, 'policy', 'PublicationBucket')],
      ['audit', new URL(output(outputs, 'audit', 'LogLocation')).hostname],
      ['tenants', new URL(output(outputs, 'tenants', 'TenantsLocation')).hostname],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- three
      for (const { Filter, Destination } of await rulesOf(stack)) {
        // oxlint-disable-next-line no-await-in-loop -- one rule each
        await copyAll(first.s3, bucket, Filter.Prefix, JSON.stringify(Destination.Bucket).match(/([\w-]+)"\]/)![1]!);
      }
    }
  }

  async function rulesOf(stack: string): Promise<readonly Rule[]> {
    const template = await readFile(join(directory, `cdk.out/protector-${stack}.template.json`), 'utf8');
    const { Resources } = JSON.parse(template) as {
      Resources: Record<string, { Properties?: { ReplicationConfiguration?: { Rules: Rule[] } } }>;
    };
    const rules = Object.values(Resources).flatMap(
      ({ Properties }) => Properties?.ReplicationConfiguration?.Rules ?? [],
    );
    expect(rules).toHaveLength(1);
    return rules;
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recovery-'));
    emulator = await startEmulator(python!);
    first = new Aws(emulator);
    second = new Aws({ ...emulator, client: { ...emulator.client, region: SECOND_REGION } });
    const places = [REGION, SECOND_REGION].map((region) => `aws://${ACCOUNT}/${region}`);
    await cdk(['bootstrap', ...places], { ...surroundings(REGION), cwd: directory });
    const kms = new KMSClient({ ...emulator.client, region: TENANT_REGION });
    tenantKey = (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    kms.destroy();
  });
  afterAll(async () => {
    first.close();
    second.close();
    await emulator.stop();
    await rm(directory, { recursive: true });
  });

  const settings = () => ({
    audit: { checkpointKey: 'ECC_NIST_P256' }, // the KMS of the emulator has no Ed25519
    snowflake: false,
    rest: false,
    tenants: { keys: [tenantKey] },
    multiRegionKeys: true,
  });
  /** What the outputs of the first deployment say. */
  const recovery = () => ({
    region: SECOND_REGION,
    buckets: {
      publication: output(outputs, 'recovery', 'PublicationReplica'),
      log: output(outputs, 'recovery', 'LogReplica'),
      tenants: output(outputs, 'recovery', 'TenantsReplica'),
    },
    keys: {
      sealing: output(outputs, 'policy', 'SealingKeyArn'),
      checkpoints: output(outputs, 'audit', 'CheckpointKey'),
      tenants: output(outputs, 'tenants', 'TenantsKey'),
    },
  });

  describe('before', () => {
    test('two deployments prepare the second Region: buckets there and multi-Region keys, then copies and replicas', async () => {
      outputs = await deploy(REGION, { ...settings(), recovery: { region: SECOND_REGION } });
      outputs = { ...outputs, ...(await deploy(REGION, { ...settings(), recovery: recovery() })) };
      const [one, replica] = [
        output(outputs, 'policy', 'SealingKeyArn'),
        output(outputs, 'recovery', 'SealingKeyReplica'),
      ];
      expect(replica).toBe(one.replace(REGION, SECOND_REGION));
    });

    test('values are protected, tenants wrap keys, records are sealed', async () => {
      const place = { Bucket: output(outputs, 'policy', 'AuthoringBucket'), Key: 'policy.json' };
      await first.s3.send(new PutObjectCommand({ ...place, Body: JSON.stringify(smallPolicy('clerks')) }));
      expect(await fire(first, AFTER_DEPLOYMENT, {})).toMatchObject({ live: 1 });
      [token] = (await redshift(first, 'protect', [VALUE])).results as [string];
      const file = {
        apiKeys: [{ id: 'app', secretRef: 'app-key' }],
        unconfigured: 'stdout',
        tenants: [{ id: 'acme', kms: [{ id: 1, key: tenantKey, primary: true }] }],
      };
      await writeFile(join(directory, 'tenants.json'), JSON.stringify(file));
      await writeFile(join(directory, 'tenant-secrets.json'), JSON.stringify({ 'app-key': apiKey }), { mode: 0o600 });
      const to = [
        '--to',
        output(outputs, 'tenants', 'TenantsLocation'),
        '--kms',
        output(outputs, 'tenants', 'TenantsKey'),
      ];
      expect(await protector(REGION, 'tenants', 'seal', '--dir', directory, ...to)).toMatchObject({ code: 0 });
      const wrapped = await ask(first, 'document/wrap', {});
      expect(wrapped).toMatchObject({ status: '200' });
      edek = wrapped['edek']!;
      await seal(first);
      const added = ['audit', 'keys', 'add', '--keys', 'audit-keys.json', '--origin', `protector/${ACCOUNT}/${REGION}`];
      expect(await protector(REGION, ...added, '--kms', output(outputs, 'audit', 'CheckpointKey'))).toMatchObject({
        code: 0,
      });
      copied = await recordsOf(first, outputs);
    });
  });

  describe('the loss', () => {
    test('comes a while after the last copy: a batch was answered, and its record is in the first Region alone', async () => {
      await replicate();
      expect(await redshift(first, 'protect', ['111-22-3333'])).toMatchObject({ success: true });
      await seal(first);
      written = await recordsOf(first, outputs);
      emulator.lose(REGION);
      lostAtMs = performance.now();
      await expect(redshift(first, 'protect', [VALUE])).rejects.toThrow('is lost');
      const Key = 'publication/journal.json';
      const Bucket = output(outputs, 'policy', 'PublicationBucket');
      await expect(first.s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
        name: 'AccessDenied',
      });
    });
  });

  describe('the second Region', () => {
    test('takes over: its buckets take no more copies', async () => {
      const taken = { ...settings(), recovery: { ...recovery(), takenOver: true } };
      await deploy(SECOND_REGION, taken, ['protector-recovery', '--exclusively']);
      const Bucket = output(outputs, 'recovery', 'PublicationReplica');
      const { Policy } = await second.s3.send(new GetBucketPolicyCommand({ Bucket }));
      const { Statement } = JSON.parse(Policy!) as {
        Statement: { Effect: string; Action: unknown; Condition?: object }[];
      };
      const forbidding = Statement.filter(({ Effect, Condition }) => Effect === 'Deny' && Condition === undefined);
      expect(JSON.stringify(forbidding)).toContain('s3:ReplicateObject');
    });

    test('adopts keys and buckets, and serves the live policy without an author', async () => {
      const adopt = {
        sealingKey: output(outputs, 'recovery', 'SealingKeyReplica'),
        publicationBucket: output(outputs, 'recovery', 'PublicationReplica'),
        checkpointKey: output(outputs, 'recovery', 'CheckpointKeyReplica'),
        tenantsKey: output(outputs, 'recovery', 'TenantsKeyReplica'),
        tenantsBucket: output(outputs, 'recovery', 'TenantsReplica'),
      };
      there = await deploy(SECOND_REGION, { ...settings(), adopt });
      expect(await fire(second, AFTER_DEPLOYMENT, {})).toEqual({ kind: 'redeployed', live: 1 });
    });

    test('gives the same tokens, and opens those of the first', async () => {
      expect(await redshift(second, 'unprotect', [token])).toMatchObject({ success: true, results: [VALUE] });
      const seconds = ((performance.now() - lostAtMs) / 1000).toFixed(0);
      process.stdout.write(`The second Region answered ${seconds} s after the loss\n`);
      expect(await redshift(second, 'protect', [VALUE])).toMatchObject({ success: true, results: [token] });
    });

    test('opens the keys of tenants that the first wrapped', async () => {
      const opened = await ask(second, 'document/unwrap', { encryptedDocumentKey: edek });
      expect(opened).toMatchObject({ status: '200', dek: expect.stringMatching(/^.{44}$/) });
    });

    test('has the log of the first Region, which verifies as far as it was copied: the records after that are what is lost', async () => {
      const log = ['--log', `s3://${output(outputs, 'recovery', 'LogReplica')}/log/`, '--keys', 'audit-keys.json'];
      const verified = await protector(SECOND_REGION, 'audit', 'verify', ...log, '--json');
      expect(JSON.parse(verified.stdout)).toMatchObject({ valid: true, records: copied });
      expect(written - copied).toBeGreaterThan(0);
    });

    test('has locked copies of the log, which nobody deletes before the originals', async () => {
      const Bucket = output(outputs, 'recovery', 'LogReplica');
      const { ObjectLockMode, ObjectLockRetainUntilDate } = await second.s3.send(
        new HeadObjectCommand({ Bucket, Key: 'log/checkpoints/000' }),
      );
      expect(ObjectLockMode).toBe('COMPLIANCE');
      expect(ObjectLockRetainUntilDate!.getTime()).toBeGreaterThan(Date.now() + 364 * 24 * 3_600_000);
    });

    test('begins a log of its own, under the checkpoint key that verifiers know', async () => {
      await seal(second);
      const added = [
        'audit',
        'keys',
        'add',
        '--keys',
        'keys-there.json',
        '--origin',
        `protector/${ACCOUNT}/${SECOND_REGION}`,
      ];
      expect(await protector(SECOND_REGION, ...added, '--kms', output(there, 'audit', 'CheckpointKey'))).toMatchObject({
        code: 0,
      });
      const log = ['--log', output(there, 'audit', 'LogLocation'), '--keys', 'keys-there.json'];
      expect(await protector(SECOND_REGION, 'audit', 'verify', ...log)).toMatchObject({ code: 0 });
    });

    test('needs no right that its roles lack, and no identity of the first Region opens anything there', async () => {
      expect(emulator.denials().filter((denied) => denied.includes(`-${SECOND_REGION} `))).toEqual([]);
      const role = `protector-redshift-${REGION}`;
      const client = {
        ...emulator.client,
        region: SECOND_REGION,
        credentials: { accessKeyId: role, secretAccessKey: 'test' },
      };
      const kms = new KMSClient({ ...client, maxAttempts: 1 });
      const KeyId = output(outputs, 'recovery', 'SealingKeyReplica');
      const opening = new DecryptCommand({
        KeyId,
        CiphertextBlob: Buffer.alloc(80, 'a'),
        EncryptionContext: { policy: 'a', version: '1' },
      });
      await expect(kms.send(opening)).rejects.toMatchObject({ name: 'AccessDeniedException' });
      kms.destroy();
    });
  });
});

/** Invokes the target of the rule with this description, as EventBridge does. */
async function fire(aws: Aws, rule: string, event: object): Promise<unknown> {
  const found = (await aws.rules()).filter(({ description }) => description === rule);
  expect(found).toHaveLength(1);
  return aws.invoke(found[0]!.targets[0]!, event);
}

const redshift = (aws: Aws, operation: string, column: readonly unknown[]) =>
  aws.invoke('protector-redshift:Production', redshiftEvent(`pty_${operation}_dessn`, column)) as Promise<{
    readonly success: boolean;
    readonly results: readonly string[];
  }>;

/** Hands the sealer what is in its stream. */
async function seal(aws: Aws): Promise<void> {
  const { events } = await aws.batchesFor('protector-log-sealer');
  for (const event of events) {
    // oxlint-disable-next-line no-await-in-loop -- one batch after another
    await aws.invoke('protector-log-sealer', event);
  }
}

/** Copies objects below a prefix with their locks and metadata, as S3 Replication does. */
async function copyAll(s3: S3Client, from: string, prefix: string, to: string): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: from, Prefix: prefix }));
  for (const { Key } of Contents) {
    // oxlint-disable no-await-in-loop -- some dozens of small objects
    const found = await s3.send(new GetObjectCommand({ Bucket: from, Key }));
    const { ContentType, Metadata, ObjectLockMode, ObjectLockRetainUntilDate } = found;
    const Body = await found.Body!.transformToByteArray();
    const kept = { ContentType, Metadata, ObjectLockMode, ObjectLockRetainUntilDate };
    await s3.send(new PutObjectCommand({ Bucket: to, Key, Body, ...kept }));
    // oxlint-enable no-await-in-loop
  }
}
