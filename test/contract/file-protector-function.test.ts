// The file protector as Lambda runs it: settings from the environment; S3, KMS and CloudWatch Logs of the emulator.
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3Documents } from '../../lib/adapters/s3/documents.ts';
import { sealSigningKey } from '../../lib/audit/sealed-signing-key.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { parseFileJob } from '../../lib/files/objects/job.ts';
import { sealFileJob } from '../../lib/files/objects/sealed-job.ts';
import type { KeyService } from '../../lib/crypto/ports.ts';
import { sealPolicy } from '../../lib/policy/bundle.ts';
import { SIGNING_KEY } from '../../lib/publication/durable-keys.ts';
import { readJournal, writeJournal } from '../../lib/publication/journal.ts';
import { buildBundles } from '../support/bundle.ts';
import { nativeDuckdb, sql } from '../support/duckdb.ts';
import { SIGNING_KEY_ID, signingKey } from '../support/lambda.ts';
import { describeOverMoto, motoAws, motoEnvironment } from '../support/moto.ts';
import { JOB, people } from '../support/object-world.ts';
import { policyContent } from '../support/policy.ts';

const iv = (): Uint8Array => randomBytes(12);

/** Invokes the function in a new execution environment. */
async function wake(event: unknown): Promise<unknown> {
  jest.resetModules();
  const { handler } = await import('../../functions/file-protector.ts');
  return handler(event, { awsRequestId: 'request-1' } as Context);
}

describeOverMoto('the file protector function', () => {
  const before = { ...process.env };
  const id = randomUUID();
  const [publication, files] = [`publication-${id}`, `files-${id}`];
  const [incoming, outgoing] = [`incoming-${id}`, `outgoing-${id}`];
  const s3 = s3Client({ ...motoAws, forcePathStyle: true });
  const kms = kmsClient(motoAws);
  const logs = new CloudWatchLogsClient(motoAws);
  const logGroup = `/protector/audit/${id}`;
  let keys: KeyService;

  beforeAll(async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    keys = kmsKeyService({ client: kms, keyId: KeyMetadata!.KeyId! });
    for (const Bucket of [publication, files, incoming, outgoing]) {
      // oxlint-disable-next-line no-await-in-loop -- four
      await s3.send(new CreateBucketCommand({ Bucket }));
    }
    await logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
    const documents = s3Documents({ client: s3, bucket: publication });
    const sealed = await sealPolicy(keys, policyContent(), { version: 7, createdAt: new Date(0) }, iv());
    await documents.write('policies/7.sealed.json', JSON.stringify(sealed), undefined);
    const header = { signingKeyId: SIGNING_KEY_ID, createdAt: new Date(0).toISOString() };
    await documents.write(
      SIGNING_KEY,
      JSON.stringify(await sealSigningKey(keys, header, signingKey(), iv())),
      undefined,
    );
    const held = await readJournal(documents);
    const release = {
      version: 7,
      policy: sealed.policy,
      dataStore: sealed.dataStore,
      bundle: 'policies/7.sealed.json',
    };
    const rest = { digest: '', answers: {}, layer: '', functions: {} };
    await writeJournal(documents, held, {
      ...held.journal,
      live: 7,
      lastVersion: 7,
      releases: [{ ...release, ...rest }],
    });
    await seal({ onUpload: true });
    Object.assign(process.env, motoEnvironment, {
      AWS_LAMBDA_FUNCTION_NAME: 'protector-file-protector',
      AWS_LAMBDA_LOG_STREAM_NAME: `2026/11/24/[1]${id}`,
      AUDIT_LOG_GROUP: logGroup,
      FILES_LOCATION: `s3://${files}/protector`,
      PUBLICATION_BUCKET: publication,
    });
  });

  afterAll(() => {
    process.env = before;
    s3.destroy();
    kms.destroy();
    logs.destroy();
  });

  /** Seals a job as `protector files seal` does. */
  async function seal(change: object): Promise<void> {
    const places = { source: `s3://${incoming}/people/`, target: `s3://${outgoing}/people/` };
    const job = parseFileJob({ ...JOB, ...places, ...change });
    const Key = `protector/jobs/${job.name}.sealed.json`;
    const Body = JSON.stringify(await sealFileJob(keys, job, new Date(0), iv()));
    await s3.send(new PutObjectCommand({ Bucket: files, Key, Body }));
  }

  const created = (key: string): object => ({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: incoming }, object: { key } },
  });

  async function outputOf(Key: string): Promise<string | undefined> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: outgoing, Key }));
    return Body?.transformToString();
  }

  async function recordLines(): Promise<string[]> {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: logGroup }));
    return events.map(({ message = '' }) => message);
  }

  test('protects an uploaded object once, however often it is told of it', async () => {
    const Key = 'people/2026/first file ä.csv';
    await s3.send(new PutObjectCommand({ Bucket: incoming, Key, Body: people(1000) }));
    expect(await wake(created(Key))).toMatchObject([{ is: 'protected', rows: 1000, values: 1000, repeated: false }]);
    const output = await outputOf(Key);
    expect(output).toMatch(/^id,ssn,note\n0,\d{9},x0\n/);
    expect(output).not.toContain('100000000');
    expect(await wake(created(Key))).toMatchObject([{ is: 'protected', rows: 1000, repeated: true }]);
    expect(await outputOf(Key)).toBe(output);
    const lines = await recordLines();
    expect(lines).toHaveLength(1);
    const report = await verifyTrail(lines, new Map([[SIGNING_KEY_ID, signingKey()]]));
    expect(report.findings.filter(({ note }) => note !== true)).toEqual([]);
  });

  test('protects a Parquet object as its bundle does, with the native part of DuckDB that its setting names', async () => {
    await seal({ name: 'tables', format: 'parquet', rejects: 'list' });
    const directory = await buildBundles();
    try {
      const [made, read] = [join(directory, 'made.parquet'), join(directory, 'read.parquet')];
      const ssn = "CASE i WHEN 7 THEN '12' ELSE CAST(100000000 + i AS VARCHAR) END";
      await sql(`COPY (SELECT i, ${ssn} AS ssn FROM range(3000) t(i)) TO '${made}' (FORMAT parquet)`);
      const Key = 'people/x.parquet';
      await s3.send(new PutObjectCommand({ Bucket: incoming, Key, Body: await readFile(made) }));
      const event = JSON.stringify({ task: 'object', job: 'tables', key: Key });
      const script = `require(${JSON.stringify(join(directory, 'file-protector/index.cjs'))}).handler(${event}, { awsRequestId: 'r' })
        .then((reply) => console.log(JSON.stringify(reply)))`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
        env: { ...process.env, DUCKDB_BINDINGS: nativeDuckdb() },
      });
      expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
        is: 'protected',
        rows: 3000,
        values: 2999,
        rejected: 1,
      });
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: outgoing, Key }));
      await writeFile(read, await Body!.transformToByteArray());
      expect(
        await sql(
          `SELECT count(*), count(*) FILTER (ssn ~ '^\\d{9}$'), count(*) FILTER (ssn = CAST(100000000 + i AS VARCHAR)) FROM '${read}'`,
        ),
      ).toEqual([['2999', '2999', '0']]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('refuses a sealed job that was altered', async () => {
    const Key = 'protector/jobs/altered.sealed.json';
    const stored = await s3.send(new GetObjectCommand({ Bucket: files, Key: 'protector/jobs/people.sealed.json' }));
    await s3.send(new PutObjectCommand({ Bucket: files, Key, Body: await stored.Body!.transformToString() }));
    await expect(wake({ task: 'object', job: 'altered', key: 'people/x.csv' })).rejects.toMatchObject({
      name: 'BUNDLE_TAMPERED',
    });
  });
});
