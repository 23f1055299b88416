// The policy agent as Lambda runs it: settings from the environment, S3, KMS and CloudWatch Logs of the emulator, and Lambda's
// API over HTTP.
import { randomUUID } from 'node:crypto';
import { CloudWatchLogsClient, CreateLogGroupCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3Documents } from '../../lib/adapters/s3/documents.ts';
import { openSigningKey } from '../../lib/audit/sealed-signing-key.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { SIGNATURE_FILE } from '../../lib/contract/policy-agent.ts';
import { SIGNING_KEY } from '../../lib/publication/durable-keys.ts';
import { approvalStatement, NAMESPACES, releaseStatement } from '../../lib/publication/gate.ts';
import { describeOverMoto, motoAws, motoEnvironment } from '../support/moto.ts';
import { MemorySink, redshiftEvent } from '../support/policy.ts';
import { startLambdaService } from '../support/publication/lambda-http.ts';
import { LambdaModel } from '../support/publication/lambda-model.ts';
import { protectCode } from '../support/publication/protect-code.ts';
import { smallPolicy, VALUE } from '../support/publication/small-policy.ts';
import { sshKey } from '../support/ssh-keys.ts';

// A function is busy for a moment after each change, and that is waited for.
const NAME = 'protector-redshift';
const PUT = {
  Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { object: { key: 'policy.json' } } }],
};

/** Invokes the function in a new execution environment. */
async function wake(event: unknown): Promise<unknown> {
  const { handler } = await import('../../functions/policy-agent.ts');
  return handler(event, { awsRequestId: 'request-1' } as Context);
}

describeOverMoto('the policy agent function', () => {
  const before = { ...process.env };
  const id = randomUUID();
  const model = new LambdaModel();
  const s3 = s3Client({ ...motoAws, forcePathStyle: true });
  const kms = kmsClient(motoAws);
  const logs = new CloudWatchLogsClient(motoAws);
  const keys = kmsKeyService({ client: kms });
  const settings: Record<string, string> = {
    ...motoEnvironment,
    AWS_LAMBDA_FUNCTION_NAME: 'protector-policy-agent',
    AWS_LAMBDA_LOG_STREAM_NAME: `2026/11/24/[1]${id}`,
    AUDIT_LOG_GROUP: `/protector/audit/${id}`,
    AUTHORING_BUCKET: `authoring-${id}`,
    PUBLICATION_BUCKET: `publication-${id}`,
    SEALING_KEY: '', // made below
    POLICY_LAYER: 'protector-policy',
    PROTECT_FUNCTIONS: `redshift:${NAME}`,
  };
  let service: { endpoint: string; close(): Promise<void> };
  let written: string[];

  beforeAll(async () => {
    service = await startLambdaService(model);
    const key = await kms.send(new CreateKeyCommand({}));
    Object.assign(settings, { AWS_ENDPOINT_URL_LAMBDA: service.endpoint, SEALING_KEY: key.KeyMetadata!.Arn! });
    await logs.send(new CreateLogGroupCommand({ logGroupName: settings['AUDIT_LOG_GROUP']! }));
    for (const Bucket of [settings['AUTHORING_BUCKET']!, settings['PUBLICATION_BUCKET']!]) {
      // oxlint-disable-next-line no-await-in-loop -- two buckets
      await s3.send(new CreateBucketCommand({ Bucket }));
    }
    model.createFunction(NAME, protectCode('redshift', keys, new MemorySink()));
    model.publishVersion(NAME, undefined, 'first');
    model.createAlias(NAME, 'Production', '1');
  });
  afterAll(async () => {
    process.env = before;
    jest.restoreAllMocks();
    await service.close();
    for (const client of [s3, kms, logs]) client.destroy();
  });
  beforeEach(() => {
    process.env = { ...before, ...settings };
    written = [];
    jest.restoreAllMocks();
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
    jest.resetModules();
  });

  const author = async (policy: unknown, Key = 'policy.json'): Promise<void> => {
    const Body = typeof policy === 'string' ? policy : JSON.stringify(policy);
    await s3.send(new PutObjectCommand({ Bucket: settings['AUTHORING_BUCKET']!, Key, Body }));
  };

  async function recordLines(): Promise<string[]> {
    const page = await logs.send(
      new GetLogEventsCommand({
        logGroupName: settings['AUDIT_LOG_GROUP']!,
        logStreamName: settings['AWS_LAMBDA_LOG_STREAM_NAME']!,
        startFromHead: true,
      }),
    );
    return (page.events ?? []).map(({ message }) => message ?? '');
  }

  test('the agent publishes the policy of the authoring bucket, and leaves signed records of it', async () => {
    await author(smallPolicy('one'));
    expect(await wake(PUT)).toEqual({ kind: 'published', live: 1 });
    const outcome = await model.invoke(NAME, 'Production', redshiftEvent('pty_protect_dessn', [VALUE]));
    expect(outcome).toMatchObject({ reply: { success: true } });
    expect(written.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'INFO', message: 'Policy version 1 is live: published', requestId: 'request-1' },
    ]);
    const lines = await recordLines();
    const documents = s3Documents({ client: s3, bucket: settings['PUBLICATION_BUCKET']! });
    const { keyId, key } = await openSigningKey(keys, JSON.parse((await documents.read(SIGNING_KEY))!.text));
    expect(await verifyTrail(lines, new Map([[keyId, key]]))).toMatchObject({ valid: true, chains: 1 });
    const records = lines.map((line) => JSON.parse(line) as { logtype: string; policy: { audit_code: number } });
    expect(new Set(records.map(({ logtype }) => logtype))).toEqual(new Set(['Policy']));
    expect(records.map(({ policy }) => policy.audit_code)).toEqual([78, 78, 50, 56, 71]);
  });

  test('the agent refuses an invalid policy with all its problems in the application log, and an impossible rollback', async () => {
    await author('{"name": "X"}');
    expect(await wake({ source: 'aws.events' })).toMatchObject({ kind: 'refused', live: 1 });
    expect(written.join('')).toMatch(/The policy was refused: \$\.dataStore: .*; \$\.elements: .*; \$\.roles: /);
    expect(await wake({ action: 'rollback' })).toEqual({
      kind: 'impossible',
      reason: 'The policy cannot be rolled back: no earlier version is kept to roll back to',
    });
  });

  test('the agent publishes nothing that fails its tests, and the reason is in log, metric and record', async () => {
    const { live } = (await wake({ action: 'release' })) as { live: number };
    await author(smallPolicy('tested'));
    await author({ statements: ['nobody sees deSSN in clear'] }, 'policy.tests.json');
    const message = expect.stringContaining(
      'does not hold: nobody sees deSSN in clear: test_user may see deSSN in clear',
    );
    expect(await wake(PUT)).toMatchObject({ kind: 'refused', live, problems: [{ path: '$.statements[0]', message }] });
    expect(written.join('')).toMatch(/The policy was refused: \$\.statements\[0\]: does not hold/);
    expect(written.join('')).toContain('"PublicationsFailed":1');
    expect((await recordLines()).at(-1)).toContain('POLICY_TESTS_FAILED, problems: 1');
    await s3.send(new DeleteObjectCommand({ Bucket: settings['AUTHORING_BUCKET']!, Key: 'policy.tests.json' }));
  });

  test('the agent of a deployment that demands an approval publishes what two people agreed to, and nothing else', async () => {
    const [alice, bob] = [sshKey(), sshKey()];
    process.env['RELEASE_REQUIRES'] = 'approval';
    process.env['RELEASE_SIGNERS'] = `alice ${alice.fingerprint} author,bob ${bob.fingerprint} approve`;
    const { live } = (await wake({ action: 'release' })) as { live: number };
    const policy = JSON.stringify(smallPolicy('two'));
    await author(policy);
    expect(await wake(PUT)).toEqual({ kind: 'waiting', live, why: 'The release is not signed by an author' });
    await author(alice.sign(NAMESPACES.author, releaseStatement({ policy: '{}' })), SIGNATURE_FILE);
    const wrong = { message: 'The signature of the release is by alice, but not of these files' };
    expect(await wake(PUT)).toMatchObject({ kind: 'refused', live, problems: [wrong] });
    await author(alice.sign(NAMESPACES.author, releaseStatement({ policy })), SIGNATURE_FILE);
    const why = 'The release waits for the approval of a second person';
    expect(await wake({ action: 'release' })).toMatchObject({
      kind: 'release',
      live,
      answer: { kind: 'waiting', why },
    });
    expect(await wake(PUT)).toEqual({ kind: 'waiting', live, why });
    const approval = bob.sign(NAMESPACES.approve, approvalStatement({ policy }, settings['AUTHORING_BUCKET']!, live));
    expect(await wake({ action: 'approve', approval })).toEqual({ kind: 'published', live: live + 1 });
    await s3.send(new DeleteObjectCommand({ Bucket: settings['AUTHORING_BUCKET']!, Key: SIGNATURE_FILE }));
  });

  test.each(Object.keys(settings).filter((name) => !/^AWS_(ENDPOINT|REGION|ACCESS|SECRET)/.test(name)))(
    'the agent fails and names %s when it is missing',
    async (name) => {
      delete process.env[name];
      await expect(wake(PUT)).rejects.toThrow(`the environment variable ${name} is missing`);
      expect(written.join('')).toContain(name);
    },
  );

  test.each([
    ['PROTECT_FUNCTIONS', 'oracle:x', 'must be like redshift:protector-redshift,rest:protector-rest'],
    ['KEPT_POLICY_VERSIONS', '1', 'must be a whole number from 2'],
    ['KEPT_POLICY_VERSIONS', 'many', 'must be a whole number from 2'],
    ['EXECUTION_ENVIRONMENTS', '30-3', 'must be the least and the most environments, such as 3-30'],
    ['EXECUTION_ENVIRONMENTS', '0-3', 'must be the least and the most environments, such as 3-30'],
    ['RELEASE_REQUIRES', 'signature,luck', 'must be of signature, approval, tests, separated by commas'],
    ['RELEASE_SIGNERS', 'alice ssh-ed25519 AAAA', 'must be like alice SHA256:… author approve, bob SHA256:… approve'],
  ])('the agent refuses %s=%s', async (name, value, why) => {
    process.env[name] = value;
    process.env['CAPACITY_PROVIDER'] = 'protector-1a2b3c4d';
    await expect(wake(PUT)).rejects.toThrow(`the environment variable ${name} ${why}`);
  });

  test('the agent fails, and publishes nothing, when the journal cannot be read', async () => {
    process.env['PUBLICATION_BUCKET'] = 'absent';
    await expect(wake(PUT)).rejects.toMatchObject({ code: 'PUBLICATION_REFUSED' });
  });
});
