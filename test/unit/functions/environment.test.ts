import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { LambdaHandler } from '../../../functions/runtime/invocation.ts';
import { verifyTrail } from '../../../lib/audit/verify.ts';
import type { RedshiftEvent, RedshiftReply } from '../../../lib/wire/redshift.ts';
import { type FakeAws, startFakeAws } from '../../support/fake-aws.ts';
import { deployTo, LOG_GROUP, LOG_STREAM, SIGNING_KEY_ID, signingKey } from '../../support/lambda.ts';
import { compiledPolicy, lambdaContext, redshiftEvent } from '../../support/policy.ts';

/** The log stream of the environment, and what tells its trails apart. */
const CHAIN_ID = /^2026\/11\/21\/\[7\][0-9a-f]{32}\/[0-9a-f]{16}$/;
const EVENT = redshiftEvent('pty_protect_dessn', ['CANARY 123456', null]);

const before = { ...process.env };
let fake: FakeAws;
let directory: string;
let paths: { policy: string; signingKey: string };
let written: string[];

beforeEach(async () => {
  fake = await startFakeAws();
  directory = await mkdtemp(join(tmpdir(), 'lambda-'));
  const surroundings = await deployTo(fake, directory);
  Object.assign(process.env, surroundings);
  paths = { policy: surroundings.POLICY_PATH, signingKey: surroundings.AUDIT_SIGNING_KEY_PATH };
  written = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
  jest.resetModules();
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...before };
  await fake.close();
  await rm(directory, { recursive: true });
});

/** Loads the function as Lambda does in a new execution environment. */
async function coldStart(): Promise<LambdaHandler<RedshiftEvent, RedshiftReply>> {
  return (await import('../../../functions/redshift.ts')).handler;
}

async function auditLines(): Promise<string[]> {
  const client = new CloudWatchLogsClient({ endpoint: fake.endpoint });
  const reply = await client.send(
    new GetLogEventsCommand({ logGroupName: LOG_GROUP, logStreamName: LOG_STREAM, startFromHead: true }),
  );
  client.destroy();
  return (reply.events ?? []).map(({ message }) => message ?? '');
}

describe('the Lambda function', () => {
  test('writes a chain of its own in each thread of an environment, however many requests it has at once', async () => {
    for (let thread = 0; thread < 2; thread++) {
      jest.resetModules(); // a worker thread has modules of its own, and the environment's log stream
      const handler = await coldStart();
      await Promise.all(Array.from({ length: 20 }, (_, i) => handler(EVENT, lambdaContext(`${thread}-${i}`))));
    }
    expect(await verifyTrail(await auditLines(), new Map([[SIGNING_KEY_ID, signingKey()]]))).toMatchObject({
      valid: true,
      chains: 2,
      records: 40,
      findings: [],
    });
  });

  test('writes what is only in memory to its log when a fault ends the process', async () => {
    process.env['AUDIT_MODE'] = 'buffered';
    const handler = await coldStart();
    await handler(EVENT, lambdaContext());
    const known = process.listeners('uncaughtExceptionMonitor');
    written = [];
    for (const listener of known) (listener as () => void)();
    process.removeAllListeners('uncaughtExceptionMonitor');
    const spilled = written.find((line) => line.startsWith('{"undelivered":true')) ?? '';
    const { record } = JSON.parse(spilled) as { record: object };
    expect(await verifyTrail([JSON.stringify(record)], new Map([[SIGNING_KEY_ID, signingKey()]]))).toMatchObject({
      valid: true,
      records: 1,
    });
  });

  test('protects a batch with keys from KMS, and its record is in CloudWatch Logs before the answer', async () => {
    const handler = await coldStart();
    const reply = await handler(EVENT, lambdaContext());
    expect(reply).toEqual({
      success: true,
      num_records: 2,
      results: [expect.stringMatching(/^CANARY \d{6}$/), null],
    });
    const expected = compiledPolicy().method('deSSN').protect(['CANARY 123456', null], undefined);
    expect(reply).toMatchObject({ results: expected.column });
    const lines = await auditLines();
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      {
        additional_info: { deployment_id: 'redshift-protect', request_id: 'request-1', policy_version: '7' },
        cnt: 1,
        origin: { time_utc: expect.any(Number) },
        protection: { audit_code: 6, dataelement: 'deSSN', datastore: 'TEST_STORE', policy_user: 'test_user' },
        signature: { chain_id: expect.stringMatching(CHAIN_ID), sequence: 1, key_id: SIGNING_KEY_ID.slice(0, 20) },
      },
    ]);
    expect(await verifyTrail(lines, new Map([[SIGNING_KEY_ID, signingKey()]]))).toMatchObject({ valid: true });
    expect(lines.join()).not.toContain('CANARY');
    expect(written.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({
        operation: 'Protect',
        vendor: 'aws.redshift',
        outcome: 'success',
        Batches: 1,
        Values: 1,
      }),
    ]);
    expect(written.join()).not.toContain('CANARY');
  });

  test('opens two keys with KMS and creates its stream once per execution environment', async () => {
    const handler = await coldStart();
    await handler(EVENT, lambdaContext());
    await handler(EVENT, lambdaContext());
    expect(fake.calls).toEqual(['Decrypt', 'CreateLogStream', 'Decrypt', 'PutLogEvents', 'PutLogEvents']);
    expect(await verifyTrail(await auditLines(), new Map([[SIGNING_KEY_ID, signingKey()]]))).toMatchObject({
      valid: true,
      records: 2,
      chains: 1,
    });
  });

  test('makes up the name of its log stream on a managed instance that has none', async () => {
    delete process.env['AWS_LAMBDA_LOG_STREAM_NAME'];
    process.env['AWS_LAMBDA_MAX_CONCURRENCY'] = '16';
    const handler = await coldStart();
    expect(await handler(EVENT, lambdaContext())).toMatchObject({ success: true });
    expect(fake.calls).toContain('CreateLogStream');
  });

  test.each(['AUDIT_LOG_GROUP', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_LAMBDA_FUNCTION_NAME'])(
    'refuses and names %s while it is missing, and works once it is set',
    async (name) => {
      const value = process.env[name];
      const handler = await coldStart();
      for (const absent of [undefined, '']) {
        if (absent === undefined) delete process.env[name];
        else process.env[name] = absent;
        expect(await handler(EVENT, lambdaContext())).toEqual({
          success: false,
          error_msg: `The protector is not configured: the environment variable ${name} is missing`,
        });
      }
      expect(fake.calls).not.toContain('PutLogEvents');
      process.env[name] = value;
      expect(await handler(EVENT, lambdaContext())).toMatchObject({ success: true });
    },
  );

  test.each([
    ['AUDIT_SIGNING_KEY_PATH', 'No sealed audit signing key can be read at /opt/protector/audit-signing.sealed.json'],
    ['POLICY_PATH', 'No sealed policy can be read at /opt/protector/policy.sealed.json'],
  ])('reads the file of the layer without %s', async (name, text) => {
    const handler = await coldStart();
    for (const absent of [undefined, '']) {
      if (absent === undefined) delete process.env[name];
      else process.env[name] = absent;
      const reply = await handler(EVENT, lambdaContext());
      expect(reply).toMatchObject({ success: false, error_msg: expect.stringContaining(text) });
      jest.resetModules();
    }
  });

  test('refuses without its signing key: no record leaves without a signature', async () => {
    await rm(paths.signingKey);
    const reply = await (await coldStart())(EVENT, lambdaContext());
    expect(reply).toMatchObject({ success: false, error_msg: expect.stringContaining('audit signing key') });
    expect(fake.calls).toEqual([]);
  });

  test('refuses without its policy, and signs the record of the refusal', async () => {
    await rm(paths.policy);
    const reply = await (await coldStart())(EVENT, lambdaContext());
    expect(reply).toMatchObject({
      success: false,
      error_msg: expect.stringMatching(/^The policy in shared memory is empty\. No sealed policy can be read at /),
    });
    const lines = await auditLines();
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([{ cnt: 0, protection: { audit_code: 31 } }]);
    expect(await verifyTrail(lines, new Map([[SIGNING_KEY_ID, signingKey()]]))).toMatchObject({ valid: true });
  });

  test('refuses permanently without the right on its KMS key, and retries when KMS throttles', async () => {
    const handler = await coldStart();
    fake.fail({ kind: 'deny', times: 99, operation: 'Decrypt' });
    expect(await handler(EVENT, lambdaContext())).toEqual({
      success: false,
      error_msg: 'Failed to load data encryption key: KMS Decrypt failed: AccessDeniedException',
    });
    fake.heal();
    fake.fail({ kind: 'throttle', times: 1, operation: 'Decrypt' });
    expect(await handler(EVENT, lambdaContext())).toMatchObject({ success: true });
  });

  test('refuses while its log group fails, and records later that it withheld an answer', async () => {
    const handler = await coldStart();
    fake.fail({ kind: 'deny', times: 99, operation: 'PutLogEvents' });
    expect(await handler(EVENT, lambdaContext())).toEqual({
      success: false,
      error_msg: 'Temporary failure: Failed to send logs, connection refused !',
    });
    fake.heal();
    expect(await handler(EVENT, lambdaContext('request-2'))).toMatchObject({ success: true });
    const records = (await auditLines()).map((line) => JSON.parse(line) as { protection: { audit_code: number } });
    expect(records.map(({ protection }) => protection.audit_code)).toEqual([6, 51, 6]);
    expect(written.map((line): unknown => JSON.parse(line))).toMatchObject([
      { outcome: 'fault', AuditWriteFailures: 1, Refusals: 1 },
      { level: 'ERROR', code: 'AUDIT_UNAVAILABLE', cause: [{ name: 'AuditError', code: 'AUDIT_SINK_UNAVAILABLE' }] },
      { outcome: 'success', Values: 1 },
    ]);
    expect(written.join()).not.toContain('CANARY');
  });
});

/** Loads a function as Lambda does, and waits until it is ready for an invocation. */
async function start(): Promise<LambdaHandler<RedshiftEvent, RedshiftReply>> {
  process.env['AWS_LAMBDA_RUNTIME_API'] = '127.0.0.1:9'; // asked only for a registration
  const { handler, ready } = await import('../../../functions/redshift.ts');
  await ready;
  return handler;
}

describe('before the first invocation', () => {
  test('opens its keys and creates its stream, so that the first batch makes no call but for its record', async () => {
    const handler = await start();
    expect(fake.calls.toSorted()).toEqual(['CreateLogStream', 'Decrypt', 'Decrypt']);
    fake.calls.length = 0;
    expect(await handler(EVENT, lambdaContext())).toMatchObject({ success: true });
    expect(fake.calls).toEqual(['PutLogEvents']);
    expect(written).toHaveLength(1); // the metrics of the one batch
  });

  test('leaves no record, metric or log line of its rehearsal', async () => {
    process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] = 'provisioned-concurrency';
    await start();
    expect(fake.calls.toSorted()).toEqual(['CreateLogStream', 'Decrypt', 'Decrypt']);
    expect(await auditLines()).toEqual([]);
    expect(written).toEqual([]);
  });

  test.each([
    ['rehearses where no caller waits', 'provisioned-concurrency', 1],
    ['rehearses in a managed instance', 'lambda-managed-instances', 1],
    ['does not rehearse where a caller waits', 'on-demand', 0],
    ['does not rehearse where Lambda does not say who waits', '', 0],
  ])('%s', async (_, type, times) => {
    process.env['AWS_LAMBDA_RUNTIME_API'] = '127.0.0.1:9';
    process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] = type;
    const { startProtect } = await import('../../../functions/runtime/protect/environment.ts');
    const rehearse = jest.fn(() => Promise.resolve());
    await startProtect(rehearse);
    expect(rehearse).toHaveBeenCalledTimes(times);
    expect(fake.calls.toSorted()).toEqual(['CreateLogStream', 'Decrypt', 'Decrypt']);
  });

  test('starts without the right on its KMS key and says so; the first batch is refused with the reason, and a later one answered', async () => {
    fake.fail({ kind: 'deny', times: 99, operation: 'Decrypt' });
    const handler = await start();
    const lines = written.map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({ level: 'WARN', code: 'KEY_REFUSED' }),
      expect.objectContaining({ level: 'WARN', code: 'KEY_REFUSED' }),
    ]);
    expect(await handler(EVENT, lambdaContext())).toEqual({
      success: false,
      error_msg: 'Failed to load data encryption key: KMS Decrypt failed: AccessDeniedException',
    });
    fake.heal();
    expect(await handler(EVENT, lambdaContext())).toMatchObject({ success: true });
  });

  test('starts without its log group; the first batch tries again', async () => {
    fake.fail({ kind: 'deny', times: 1, operation: 'CreateLogStream' });
    const handler = await start();
    expect(fake.calls.filter((call) => call === 'CreateLogStream')).toHaveLength(1);
    expect(await handler(EVENT, lambdaContext())).toMatchObject({ success: true });
    expect(fake.calls.filter((call) => call === 'CreateLogStream')).toHaveLength(2);
    expect(await auditLines()).toHaveLength(1);
  });

  test.each(['snowflake', 'rest'] as const)('%s opens its keys too', async (name) => {
    process.env['AWS_LAMBDA_RUNTIME_API'] = '127.0.0.1:9';
    const { ready } =
      name === 'rest' ? await import('../../../functions/rest.ts') : await import('../../../functions/snowflake.ts');
    await ready;
    expect(fake.calls.toSorted()).toEqual(['CreateLogStream', 'Decrypt', 'Decrypt']);
    expect(written).toEqual([]);
  });
});
