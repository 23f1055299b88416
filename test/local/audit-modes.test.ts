// The real bundle in an execution environment as Lambda makes, freezes and ends it, in each audit mode.
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { buildBundles } from '../support/bundle.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { startFakeBucket } from '../support/fake-bucket.ts';
import { deployTo, LOG_GROUP, LOG_STREAM, SIGNING_KEY_ID, signingKey } from '../support/lambda.ts';
import { type LambdaRuntime, startLambda } from '../support/lambda-runtime.ts';
import { POLICY, policyContent, redshiftEvent } from '../support/policy.ts';

let bundles: string;
let directory: string;
let fake: FakeAws;
let lambda: LambdaRuntime;
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  bundles = await buildBundles();
});
afterAll(() => rm(bundles, { recursive: true }));

beforeEach(async () => {
  fake = await startFakeAws();
  fake.createStream('audit-stream');
  directory = await mkdtemp(join(tmpdir(), 'lambda-'));
  settings = await deployTo(fake, directory);
});
afterEach(async () => {
  await lambda.kill();
  await fake.close();
  await rm(directory, { recursive: true });
});

const EVENT = redshiftEvent('pty_protect_dessn', ['900-12-3456', '900-12-3457', null]);
const ANSWERED = { success: true, num_records: 3 };

async function start(
  change: Readonly<Record<string, string>>,
  options?: Parameters<typeof startLambda>[2],
): Promise<void> {
  lambda = await startLambda(join(bundles, 'redshift'), { ...settings, ...change }, options);
}

const logged = () => fake.logged(LOG_GROUP, LOG_STREAM);
const recordsOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as AuditRecord);
const countsOf = (lines: readonly string[]) => recordsOf(lines).map(({ cnt }) => cnt);
const spilled = () =>
  lambda.output
    .filter((line) => line.startsWith('{"undelivered":true'))
    .map((line) => JSON.stringify((JSON.parse(line) as { record: unknown }).record));

async function expectWhole(lines: readonly string[]): Promise<void> {
  expect(await verifyTrail(lines, new Map([[SIGNING_KEY_ID, signingKey()]]))).toMatchObject({ valid: true, chains: 1 });
}

describe('mode buffered', () => {
  const buffered = { AUDIT_MODE: 'buffered' };

  test('registers an internal extension without events, and writes everything within the half second at the end', async () => {
    await start(buffered);
    expect(lambda.extensions).toEqual([{ name: 'protector-audit-flush', events: [], ready: true }]);
    for (let call = 0; call < 3; call++) expect(await lambda.invoke(EVENT)).toMatchObject(ANSWERED);
    expect(fake.calls).not.toContain('PutLogEvents');
    expect(await lambda.shutdown()).toBe(0);
    expect(countsOf(logged())).toEqual([6]);
    expect(recordsOf(logged())[0]?.additional_info).not.toHaveProperty('request_id');
    await expectWhole(logged());
  });

  test('writes at the next invocation once the interval is over', async () => {
    await start({ ...buffered, AUDIT_FLUSH_INTERVAL_MS: '1' });
    await lambda.invoke(EVENT);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await lambda.invoke(EVENT);
    expect(countsOf(logged())).toEqual([2]);
    expect(await lambda.shutdown()).toBe(0);
    expect(countsOf(logged())).toEqual([2, 2]);
    await expectWhole(logged());
  });

  test('answers although the sink is down, and spills what it could not write, with a metric, once', async () => {
    await start({ ...buffered, AUDIT_FLUSH_INTERVAL_MS: '0' });
    fake.fail({ kind: 'deny', times: 99, operation: 'PutLogEvents' });
    expect(await lambda.invoke(EVENT)).toMatchObject(ANSWERED);
    expect(await lambda.invoke(EVENT)).toMatchObject(ANSWERED);
    expect(await lambda.shutdown()).toBe(0);
    expect(countsOf(spilled())).toEqual([2, 2]);
    await expectWhole(spilled());
    const metrics = lambda.output.filter((line) => line.includes('"AuditUndelivered"'));
    expect(metrics.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ AuditUndelivered: 1 }),
      expect.objectContaining({ AuditUndelivered: 1 }),
    ]);
  });

  test('a sink that hangs at the end costs no record: it is spilled before the process is killed', async () => {
    await start(buffered);
    await lambda.invoke(EVENT);
    fake.fail({ kind: 'hang', times: 99, operation: 'PutLogEvents' });
    expect(await lambda.shutdown()).toBe(0);
    expect(countsOf(spilled())).toEqual([2]);
  });

  test('loses what it holds when the environment is killed: that is its price', async () => {
    await start(buffered);
    await lambda.invoke(EVENT);
    await lambda.kill();
    expect([logged(), spilled()]).toEqual([[], []]);
  });

  test('the runtime waits for the registration, after which there is none: that is what index.mjs is for', async () => {
    const slow = { registrationTakesMs: 200 };
    await start(buffered, slow);
    expect(lambda.extensions).toHaveLength(1);
    const bare = join(directory, 'bare');
    await mkdir(bare);
    await copyFile(join(bundles, 'redshift', 'index.cjs'), join(bare, 'index.cjs'));
    const other = await startLambda(bare, { ...settings, ...buffered }, slow);
    try {
      while (other.refusals.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(other.refusals).toEqual(['Extension.RegistrationClosed']);
    } finally {
      await other.kill();
    }
  });
});

describe('mode blocking', () => {
  test('answers once CloudWatch Logs has the record; its end needs nothing', async () => {
    await start({});
    expect(lambda.extensions).toEqual([]);
    for (let call = 0; call < 2; call++) {
      expect(await lambda.invoke(EVENT)).toMatchObject(ANSWERED);
      expect(countsOf(logged())).toEqual(Array.from({ length: call + 1 }, () => 2));
    }
    expect(await lambda.shutdown()).toBe('SIGKILL');
    await expectWhole(logged());
  });

  test('refuses in time when the sink hangs, and says later that it withheld the answer', async () => {
    await start({});
    await lambda.invoke(EVENT);
    fake.fail({ kind: 'hang', times: 1, operation: 'PutLogEvents' });
    expect(await lambda.invoke(EVENT, { timeoutMs: 900 })).toEqual({
      success: false,
      error_msg: 'Temporary failure: Failed to send logs, connection refused !',
    });
    expect(await lambda.invoke(EVENT)).toMatchObject(ANSWERED);
    const codes = recordsOf(logged()).map(({ protection }) => protection.audit_code);
    expect(codes.toSorted((a, b) => a - b)).toEqual([6, 6, 6, 51]);
    await expectWhole([...new Set(logged())]);
  });
});

describe('mode kinesis', () => {
  test('answers once the stream has the record', async () => {
    await start({ AUDIT_MODE: 'kinesis', AUDIT_STREAM: 'audit-stream' });
    for (let call = 0; call < 2; call++) expect(await lambda.invoke(EVENT)).toMatchObject(ANSWERED);
    const records = fake.streamed('audit-stream');
    expect(records.map(({ partitionKey }) => partitionKey)).toEqual([LOG_STREAM, LOG_STREAM]);
    await expectWhole(records.map(({ data }) => data.toString().trimEnd()));
    expect(logged()).toEqual([]);
  });
});

test.each([
  [{ AUDIT_MODE: 'sometimes' }, /AUDIT_MODE must be one of blocking, buffered, kinesis/],
  [{ AUDIT_MODE: 'kinesis' }, /AUDIT_STREAM is missing/],
  [{ AUDIT_MODE: 'buffered', AWS_LAMBDA_MAX_CONCURRENCY: '8' }, /must not be buffered on Lambda Managed Instances/],
  [{ AUDIT_MODE: 'buffered', AUDIT_FLUSH_INTERVAL_MS: '30s' }, /AUDIT_FLUSH_INTERVAL_MS must be a whole number from 0/],
])('with %j answers nothing and says why', async (change, reason) => {
  await start(change);
  expect(await lambda.invoke(EVENT)).toEqual({ success: false, error_msg: expect.stringMatching(reason) });
});

describe('budgets', () => {
  test('an environment that ends returns what it had leased, in every audit mode; one that is killed loses it', async () => {
    const document = JSON.parse(JSON.stringify(POLICY)) as { roles: { maxUnprotectPerDay?: number }[] };
    for (const role of document.roles) role.maxUnprotectPerDay = 1000;
    settings = await deployTo(fake, directory, { ...policyContent(), policy: parsePolicy(document) });
    const bucket = await startFakeBucket();
    const counted = (): unknown => JSON.parse([...bucket.objects.values()][0]!.toString());
    const there = { BUDGET_STORE: 's3://counts/budgets/', AWS_ENDPOINT_URL_S3: bucket.endpoint };
    const unprotect = redshiftEvent('pty_unprotect_dessn', ['900-12-3456', '900-12-3457', null]);
    try {
      await start(there);
      expect(lambda.extensions).toHaveLength(1);
      expect(await lambda.invoke(unprotect)).toMatchObject(ANSWERED);
      expect(counted()).toEqual({ taken: 10 });
      expect(await lambda.shutdown()).toBe(0);
      expect(counted()).toEqual({ taken: 2 });
      await start({ ...there, AUDIT_MODE: 'buffered' });
      expect(await lambda.invoke(unprotect)).toMatchObject(ANSWERED);
      await lambda.kill();
      expect(counted()).toEqual({ taken: 12 });
    } finally {
      await bucket.close();
    }
  });
});
