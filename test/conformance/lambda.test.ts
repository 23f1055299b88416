// The bundles in the programs that AWS publishes for the Lambda runtime: its emulator (Go module
// github.com/aws/aws-lambda-runtime-interface-emulator) and its client for Node (npm aws-lambda-ric). They are not part of this
// repository: CI builds them and sets `LAMBDA_TOOLS`, a folder with both; without it the checks are listed as skipped.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { FRONT_ENDS, type FrontEnd } from '../../lib/contract/front-ends.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { noteKey } from '../../lib/transparency/note.ts';
import { buildBundles } from '../support/bundle.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { kinesisEvent, kinesisRecord } from '../support/kinesis-events.ts';
import { deployTo, LOG_GROUP, LOG_STREAM, SIGNING_KEY_ID, signingKey } from '../support/lambda.ts';
import { fixedSigner, ORIGIN } from '../support/log.ts';
import { MOTO_MISSING, motoAws, motoEnvironment } from '../support/moto.ts';
import { redshiftEvent, testHandler } from '../support/policy.ts';
import { startOpenSearch } from '../support/siem/opensearch.ts';
import { SNOWFLAKE_HEADERS } from '../support/snowflake-headers.ts';
import { type LambdaEnvironment, startConcurrent, startEmulated } from './lambda-environment.ts';

jest.setTimeout(120_000);

const { LAMBDA_TOOLS: tools = '', CI } = process.env;
const MISSING = tools === '' ? 'LAMBDA_TOOLS is not set' : undefined;

test('CI has the programs of the Lambda runtime', () => {
  expect(CI === undefined || MISSING === undefined).toBe(true);
});

const OVER_MOTO = { ...motoEnvironment, AWS_LAMBDA_FUNCTION_NAME: 'test', AWS_LAMBDA_LOG_STREAM_NAME: LOG_STREAM };

const ROWS = [1, 1_000, 10_000] as const;
const TOTAL = 11_001;

/** Digits that no other row of any size has, so that an answer for another request shows. */
const column = (rows: number, first = 100_000_000): string[] =>
  Array.from({ length: rows }, (_, i) => String(first + i));

/** The request of each front end for a column of `deSSN`, and the column in its reply. */
const SPOKEN: Readonly<
  Record<
    FrontEnd,
    { readonly ask: (values: readonly string[]) => unknown; readonly read: (reply: unknown) => readonly string[] }
  >
> = {
  redshift: {
    ask: (values) => redshiftEvent('pty_protect_dessn', values),
    read: (reply) => (reply as { results: string[] }).results,
  },
  snowflake: {
    ask: (values) =>
      gatewayEvent(
        'POST',
        '/snowflake',
        Object.entries(SNOWFLAKE_HEADERS),
        JSON.stringify({ data: values.map((value, i) => [i, value]) }),
      ),
    read: (reply) => (bodyOf(reply) as { data: [number, string][] }).data.map(([, token]) => token),
  },
  rest: {
    ask: (values) =>
      gatewayEvent(
        'POST',
        '/v1/protect',
        [['content-type', 'application/json']],
        JSON.stringify({ user: 'test_user', data_element: 'deSSN', data: values }),
      ),
    read: (reply) => (bodyOf(reply) as { results: string[] }).results,
  },
};

const bodyOf = (reply: unknown): unknown => JSON.parse((reply as { body: string }).body);

const counts = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + (JSON.parse(line) as AuditRecord).cnt, 0);
const verified = (lines: readonly string[]) => verifyTrail(lines, new Map([[SIGNING_KEY_ID, signingKey()]]));

function spilled(output: string): string[] {
  return [...output.matchAll(/^\{"undelivered":true,"record":(.*)\}$/gm)].map(([, record]) => record!);
}

/** The tokens of a column, by the engine in this process under the same keys. */
async function tokensOf(values: readonly string[]): Promise<readonly unknown[]> {
  const reply = await testHandler().send(redshiftEvent('pty_protect_dessn', values));
  return (reply as { results: readonly unknown[] }).results;
}

const suite = MISSING === undefined ? describe : describe.skip;

suite(`in AWS’s own runtime${MISSING === undefined ? '' : `: ${MISSING}`}`, () => {
  let bundles: string;
  let fake: FakeAws;
  let layer: string;
  let settings: Readonly<Record<string, string>>;
  let lambda: LambdaEnvironment;

  beforeAll(async () => {
    bundles = await buildBundles();
  });
  afterAll(() => rm(bundles, { recursive: true }));
  beforeEach(async () => {
    fake = await startFakeAws();
    layer = await mkdtemp(join(tmpdir(), 'layer-'));
    settings = await deployTo(fake, layer);
  });
  afterEach(async () => {
    await lambda.close();
    await fake.close();
    await rm(layer, { recursive: true });
  });

  const start = async (name: string, variables: Readonly<Record<string, string>>): Promise<void> => {
    lambda = await startEmulated({ tools, bundle: join(bundles, name), variables });
  };
  const records = () => fake.logged(LOG_GROUP, LOG_STREAM);
  /** Records in the log group and, of an end that was cut short, those among the lines of the function. */
  const written = (): readonly string[] => [...records(), ...spilled(lambda.output())];

  describe.each(FRONT_ENDS)('%s', (name) => {
    const { ask, read } = SPOKEN[name];

    test('gives a first answer, and answers 1, 1,000 and 10,000 rows warm, each with its record before it', async () => {
      await start(name, settings);
      expect(read(await lambda.invoke(ask(['900123456'])))).toEqual(await tokensOf(['900123456']));
      const opened = fake.calls.filter((call) => call === 'Decrypt').length;
      let rows = 1;
      for (const size of ROWS) {
        // oxlint-disable no-await-in-loop -- an environment answers one request at a time
        expect(read(await lambda.invoke(ask(column(size))))).toEqual(await tokensOf(column(size)));
        // oxlint-enable no-await-in-loop
        rows += size;
        expect(counts(records())).toBe(rows);
      }
      expect(fake.calls.filter((call) => call === 'Decrypt')).toHaveLength(opened);
      expect(await verified(records())).toMatchObject({ valid: true, chains: 1 });
    });

    test('writes on SIGTERM what it holds in the mode buffered: records of as many rows as it answered', async () => {
      await start(name, { ...settings, AUDIT_MODE: 'buffered' });
      for (const size of ROWS) {
        // oxlint-disable-next-line no-await-in-loop -- an environment answers one request at a time
        expect(read(await lambda.invoke(ask(column(size))))).toHaveLength(size);
      }
      expect(records()).toEqual([]);
      lambda.terminate();
      // The client of the runtime waits for its next request when the function exits, so no exit is awaited here.
      while (counts(written()) < TOTAL) await setTimeout(20); // oxlint-disable-line no-await-in-loop -- until written
      expect(counts(written())).toBe(TOTAL);
      expect(await verified(written())).toMatchObject({ valid: true, chains: 1 });
    });
  });

  describe('with worker threads and many requests in each, as on Lambda Managed Instances,', () => {
    const WORKERS = 4;
    const REQUESTS = 200;

    // All functions that the option `managedInstances` puts there.
    test.each(FRONT_ENDS)(
      '%s gives each request its own answer, and the chains of the threads hold every row once',
      async (name) => {
        const { ask, read } = SPOKEN[name];
        lambda = await startConcurrent({ tools, bundle: join(bundles, name), variables: settings }, WORKERS);
        // Columns of all lengths, of values of 9 to 24 digits: the arithmetic and the buffers of each size are used at once.
        const columns = Array.from({ length: REQUESTS }, (_, i) => {
          const digits = 9 + (i % 16);
          const rows = 1 + ((i * 37) % 400);
          return column(rows, 100_000_000 + i * 1_000).map((value) => value.padEnd(digits, '7'));
        });
        const replies = await Promise.all(columns.map((values) => lambda.invoke(ask(values))));
        const expected = await Promise.all(columns.map(tokensOf));
        expect(replies.map(read)).toEqual(expected);
        const chains = await verified(fake.loggedIn(LOG_GROUP).map(({ message }) => message));
        expect(chains).toMatchObject({ valid: true });
        expect(chains.chains).toBeGreaterThan(1);
        expect(chains.chains).toBeLessThanOrEqual(WORKERS);
        expect(counts(records())).toBe(columns.reduce((sum, { length }) => sum + length, 0));
      },
    );

    test('the mode buffered answers nothing, because threads get no signal at the end', async () => {
      const variables = { ...settings, AUDIT_MODE: 'buffered' };
      lambda = await startConcurrent({ tools, bundle: join(bundles, 'redshift'), variables }, 1);
      expect(await lambda.invoke(SPOKEN.redshift.ask(['900123456']))).toEqual({
        success: false,
        error_msg: expect.stringContaining('AUDIT_MODE must not be buffered'),
      });
    });
  });

  const overMoto = MOTO_MISSING === undefined ? describe : describe.skip;

  overMoto(`over the AWS emulator${MOTO_MISSING === undefined ? '' : `: ${MOTO_MISSING}`}`, () => {
    const id = randomUUID();
    const bucket = `runtime-${id}`;
    const logGroup = `/protector/${id}`;
    const s3 = s3Client({ ...motoAws, forcePathStyle: true });
    const kms = kmsClient(motoAws);
    const logs = new CloudWatchLogsClient(motoAws);
    let key: string;
    /** Records of a protect function. */
    let lines: readonly string[];

    beforeAll(async () => {
      await s3.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
      const spec = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' } as const;
      key = (await kms.send(new CreateKeyCommand(spec))).KeyMetadata!.Arn!;
      await logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
      const front = testHandler();
      for (let i = 0; i < 5; i++) await front.send(redshiftEvent('pty_protect_dessn', column(3))); // oxlint-disable-line no-await-in-loop -- five records
      lines = front.sink.lines;
    });
    afterAll(() => {
      for (const client of [s3, kms, logs]) client.destroy();
    });

    const batch = () => kinesisEvent(lines.map(kinesisRecord));
    const SCHEDULED = { source: 'aws.events', 'detail-type': 'Scheduled Event' };

    test('log-sealer seals each record once, and signs a checkpoint on schedule', async () => {
      await start('log-sealer', {
        ...OVER_MOTO,
        LOG_LOCATION: `s3://${bucket}/log/`,
        LOG_ORIGIN: 'runtime/log',
        CHECKPOINT_KEY_ID: key,
      });
      expect(await lambda.invoke(batch())).toMatchObject({ sealed: 5, repeated: 0, rejected: 0, checkpoint: 0 });
      expect(await lambda.invoke(batch())).toMatchObject({ sealed: 0, repeated: 5, rejected: 0 });
      expect(await lambda.invoke(SCHEDULED)).toMatchObject({ sealed: 0, size: 5 });
    });

    test('log-verifier compares a log group with the log', async () => {
      await start('log-verifier', {
        ...OVER_MOTO,
        AUDIT_LOG_GROUP: logGroup,
        LOG_LOCATION: `s3://${bucket}/log/`,
        MEMORY_LOCATION: `s3://${bucket}/memory/`,
      });
      expect(await lambda.invoke(SCHEDULED)).toEqual({ compared: 0, rejected: 0, unsealed: 0, unsealedAgeS: 0 });
    });

    test('log-forwarder delivers each record to the audit store', async () => {
      const store = await startOpenSearch({}, '');
      try {
        await start('log-forwarder', { ...OVER_MOTO, FORWARDER_BUCKET: bucket, ESA_URL: store.endpoint });
        expect(await lambda.invoke(batch())).toMatchObject({ batchItemFailures: [] });
        // The five records differ in time and place alone, so the audit store gets one with the sum of their counts.
        const accepted = [...store.documents.values()].map((text) => JSON.parse(text) as { cnt: number });
        expect(accepted.reduce((sum, { cnt }) => sum + cnt, 0)).toBe(counts(lines));
      } finally {
        await store.close();
      }
    });

    test('policy-agent finds nothing to publish, and says so', async () => {
      await start('policy-agent', {
        ...OVER_MOTO,
        AUDIT_LOG_GROUP: logGroup,
        AUTHORING_BUCKET: bucket,
        PUBLICATION_BUCKET: bucket,
        SEALING_KEY: key,
        POLICY_LAYER: 'policy',
        PROTECT_FUNCTIONS: 'redshift:absent',
      });
      expect(await lambda.invoke(SCHEDULED)).toEqual({ kind: 'unchanged' });
    });

    test('tenant-gateway says that there are no tenants yet', async () => {
      await start('tenant-gateway', {
        ...OVER_MOTO,
        TENANTS_LOCATION: `s3://${bucket}/tenants.sealed.json`,
        EVENT_STREAM: 'events',
      });
      const reply = await lambda.invoke(gatewayEvent('POST', '/api/1/document/wrap', [], '{}'));
      expect(reply).toMatchObject({ statusCode: 503, body: expect.stringContaining('no tenants yet') });
    });

    test('file-protector leaves an object that no job takes, and fails a task of a job that is not there', async () => {
      await start('file-protector', {
        ...OVER_MOTO,
        AUDIT_LOG_GROUP: logGroup,
        FILES_LOCATION: `s3://${bucket}/files/`,
        PUBLICATION_BUCKET: bucket,
      });
      const detail = { bucket: { name: 'incoming' }, object: { key: 'people.csv' } };
      expect(await lambda.invoke({ source: 'aws.s3', 'detail-type': 'Object Created', detail })).toEqual([]);
      expect(await lambda.invoke({ task: 'object', job: 'absent', key: 'people.csv' })).toMatchObject({
        errorType: 'FILES_STATE',
      });
    });

    test('witness refuses a checkpoint that is none', async () => {
      await start('witness', {
        ...OVER_MOTO,
        WITNESS_NAME: 'witness.example.com/w1',
        WITNESS_KEY_ID: fake.createKey('ECC_NIST_EDWARDS25519'), // which the emulator lacks
        AWS_ENDPOINT_URL_KMS: fake.endpoint,
        WITNESS_LOCATION: `s3://${bucket}/witness/`,
        WITNESSED_LOGS: noteKey(ORIGIN, fixedSigner().publicKey).verifierKey,
      });
      expect(await lambda.invoke(gatewayEvent('POST', '/add-checkpoint', [], 'nothing'))).toMatchObject({
        statusCode: 400,
      });
    });
  });
});
