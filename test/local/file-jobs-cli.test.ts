// protector files seal, over stand-ins for KMS and S3.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { parseFileJob } from '../../lib/files/objects/job.ts';
import { openFileJob } from '../../lib/files/objects/sealed-job.ts';
import { type Outcome, runProtector } from '../support/command.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import { JOB } from '../support/object-world.ts';

const before = { ...process.env };
let cwd: string;
let aws: FakeAws;
let bucket: FakeBucket;
let key: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'file-jobs-'));
  [aws, bucket] = await Promise.all([startFakeAws(), startFakeBucket()]);
  key = aws.createKey();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  writeFileSync(join(cwd, 'people.json'), JSON.stringify(JOB));
});
afterAll(async () => {
  process.env = before;
  await Promise.all([aws.close(), bucket.close()]);
  rmSync(cwd, { recursive: true });
});

function seal(file: string, to = 's3://files/protector', ...more: string[]): Promise<Outcome> {
  return runProtector(['files', 'seal', file, '--to', to, '--kms', key, ...more], { cwd });
}

test('seals a job where the file protector reads it', async () => {
  const { code, stdout } = await seal('people.json');
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining(
      's3://files/protector/jobs/people.sealed.json: protect of 1 column, from s3://incoming/people/',
    ),
  ]);
  const sealed: unknown = JSON.parse(bucket.objects.get('protector/jobs/people.sealed.json')!.toString());
  expect(await openFileJob(kmsKeyService({ client: kmsClient() }), sealed, 'people')).toEqual(parseFileJob(JOB));
});

test('prints JSON, and takes YAML', async () => {
  writeFileSync(
    join(cwd, 'yaml.yaml'),
    'name: yaml\nsource: s3://incoming/a/\ntarget: s3://outgoing/a/\ncolumns: { ssn: deSSN }\nuser: loader\nformat: jsonl\n',
  );
  const { code, stdout } = await seal('yaml.yaml', 's3://files', '--json');
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    { job: 'yaml', place: 's3://files/jobs/yaml.sealed.json', operation: 'protect', columns: 1 },
  ]);
});

test.each([
  ['a job with a misspelt member', { ...JOB, sourcee: 's3://x/' }, 's3://files', 1, 'sourcee: unknown member'],
  ['a place that is not in S3', JOB, '/tmp', 2, 's3://bucket/prefix'],
])('refuses %s, and writes nothing', async (_, job, to, code, message) => {
  writeFileSync(join(cwd, 'bad.json'), JSON.stringify(job));
  const count = bucket.objects.size;
  const outcome = await seal('bad.json', to);
  expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(message)]);
  expect(bucket.objects.size).toBe(count);
});

test('writes nothing where KMS refuses', async () => {
  aws.disableKey(key);
  const count = bucket.calls.length;
  const { code, stderr } = await seal('people.json');
  expect([code, bucket.calls.length]).toEqual([2, count]);
  expect(stderr).toContain('KMS');
});
