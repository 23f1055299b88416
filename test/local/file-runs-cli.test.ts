// protector files start, status and stop, over stand-ins for Step Functions and S3.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Outcome, runProtector } from '../support/command.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import {
  type FakeStepFunctions,
  MACHINE,
  type StandInRun,
  startFakeStepFunctions,
} from '../support/fake-step-functions.ts';

const before = { ...process.env };
let cwd: string;
let service: FakeStepFunctions;
let bucket: FakeBucket;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'file-runs-'));
  [service, bucket] = await Promise.all([startFakeStepFunctions(), startFakeBucket()]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: bucket.endpoint,
    AWS_ENDPOINT_URL_SFN: service.endpoint,
    AWS_REGION: 'eu-west-3', // the Region is that of the machine
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(async () => {
  process.env = before;
  await Promise.all([service.close(), bucket.close()]);
  rmSync(cwd, { recursive: true });
});

function files(...args: string[]): Promise<Outcome> {
  return runProtector(['files', ...args, '--machine', MACHINE], { cwd });
}

/** Starts a run and returns it, to say how far it is. */
async function started(name: string): Promise<StandInRun> {
  expect((await files('start', 'people', '--run', name)).code).toBe(0);
  return service.runs.at(-1)!;
}

const execution = (outcome: object): object => ({ Status: 'SUCCEEDED', Output: JSON.stringify(outcome) });

/** Lets a run end with these outcomes of its objects, as Step Functions writes them. */
function endWith(run: StandInRun, outcomes: readonly object[]): void {
  const folder = `results/${run.name}/`;
  const file = JSON.stringify(outcomes.map(execution));
  bucket.objects.set(`${folder}SUCCEEDED_0.json`, Buffer.from(file));
  const manifest = {
    ResultFiles: { FAILED: [], PENDING: [], SUCCEEDED: [{ Key: `${folder}SUCCEEDED_0.json`, Size: file.length }] },
  };
  bucket.objects.set(`${folder}manifest.json`, Buffer.from(JSON.stringify(manifest)));
  const output = JSON.stringify({ ResultWriterDetails: { Bucket: 'files', Key: `${folder}manifest.json` } });
  const { length } = outcomes;
  const itemCounts = { pending: 0, running: 0, succeeded: length, failed: 0, timedOut: 0, aborted: 0, total: length };
  Object.assign(run, { status: 'SUCCEEDED', stopDate: run.startDate + 60, output, itemCounts });
}

test('starts a run of the day once, however often it is asked to', async () => {
  const first = await files('start', 'people');
  const again = await files('start', 'people', '--json');
  expect([first.code, again.code, service.runs.length]).toEqual([0, 0, 1]);
  const { name, input, startDate } = service.runs[0]!;
  expect([name, input]).toEqual([expect.stringMatching(/^people-20\d{6}$/), '{"job":"people"}']);
  expect(first.stdout).toContain(`${name} runs since`);
  expect(JSON.parse(again.stdout)).toEqual({ run: name, startedAt: new Date(startDate * 1000).toISOString() });
});

test('starts a run over an inventory, which is another run than one over the listing', async () => {
  const place = 's3://inventories/daily/incoming/all/2026-11-29T01-00Z/manifest.json';
  expect((await files('start', 'people', '--run', 'inventory', '--inventory', place)).code).toBe(0);
  expect(JSON.parse(service.runs.at(-1)!.input)).toEqual({
    job: 'people',
    inventory: { bucket: 'inventories', key: 'daily/incoming/all/2026-11-29T01-00Z/manifest.json' },
  });
  expect(await files('start', 'people', '--run', 'inventory')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('people-inventory goes on with another input'),
  });
});

test('does not start a run that has ended, and says how to start another', async () => {
  endWith(await started('ended'), []);
  const count = service.runs.length;
  const { code, stderr } = await files('start', 'people', '--run', 'ended');
  expect([code, service.runs.length]).toEqual([1, count]);
  expect(stderr).toContain(
    'people-ended has ended (SUCCEEDED), and nothing was started: give another one a name with --run',
  );
});

test('shows how far a run is, and once it has succeeded what became of its objects and rows', async () => {
  const run = await started('shown');
  expect((await files('status', 'people-shown')).stdout).toMatch(/^people-shown: runs, since 2026-11-30T\S+Z\n$/);
  run.itemCounts = { pending: 1200, running: 40, succeeded: 60, failed: 0, timedOut: 0, aborted: 0, total: 1300 };
  const under = await files('status', 'people-shown');
  expect([under.code, under.stdout]).toEqual([
    0,
    expect.stringContaining('Objects: 60 of 1,300 done, 40 under way, 1,200 waiting'),
  ]);
  endWith(run, [
    { is: 'protected', key: 'people/a.csv', rows: 1000, values: 2000, rejected: 0 },
    { is: 'protected', key: 'people/b.csv', rows: 500, values: 1000, rejected: 3, repeated: true },
    { is: 'absent', key: 'people/c.txt' },
  ]);
  const ended = await files('status', 'people-shown');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout.split('\n').slice(1)).toEqual([
    'Objects: 3 of 3 done',
    "Outcomes: 2 protected (1 object had ended before), 1 none of the job's",
    'Outputs: 1,500 rows, 3,000 values, 3 rejected rows',
    'Results: s3://files/results/people-shown/manifest.json',
    '',
  ]);
  expect(JSON.parse((await files('status', 'people-shown', '--json')).stdout)).toMatchObject({
    run: 'people-shown',
    status: 'SUCCEEDED',
    objects: { total: 3, succeeded: 3, failed: 0 },
    results: { protected: 2, before: 1, absent: 1, rows: 1500, values: 3000, rejected: 3, refusals: {} },
    manifest: 's3://files/results/people-shown/manifest.json',
  });
});

test.each<readonly [string, string, (run: StandInRun) => void, string]>([
  [
    'of which an object failed',
    'failed-object',
    (run) => {
      endWith(run, []);
      run.itemCounts = { total: 2, succeeded: 1, failed: 1 };
    },
    '1 of 2 done, 1 failed',
  ],
  [
    'of which an object was refused',
    'refused-object',
    (run) =>
      endWith(run, [{ is: 'refused', key: 'people/secret.csv', refusal: { code: 'FILES_DAMAGED', reason: 'x' } }]),
    '1 refused (FILES_DAMAGED: 1)',
  ],
  [
    'of which an object found its name taken',
    'taken',
    (run) => endWith(run, [{ is: 'taken', key: 'a' }]),
    '1 found their name taken',
  ],
  [
    'that failed',
    'failed',
    (run) =>
      void Object.assign(run, {
        status: 'FAILED',
        error: 'FILES_STATE',
        cause: '{"errorMessage":"There is no sealed job\\u001b[2J"}',
      }),
    'Why: FILES_STATE: There is no sealed job\\u001b[2J',
  ],
])('ends with 1 for a run %s', async (_, name, change, says) => {
  change(await started(name));
  const { code, stdout } = await files('status', `people-${name}`);
  expect([code, stdout]).toEqual([1, expect.stringContaining(says)]);
  expect(stdout).not.toContain('secret.csv');
});

test('says so where the results cannot be read, and shows the rest', async () => {
  const run = await started('unread');
  endWith(run, [{ is: 'protected', key: 'a', rows: 1, values: 1, rejected: 0 }]);
  bucket.objects.delete('results/people-unread/SUCCEEDED_0.json');
  const { code, stdout } = await files('status', 'people-unread');
  expect([code, stdout]).toEqual([0, expect.stringContaining('Rows: unknown, because the results cannot be read: ')]);
  bucket.objects.set('results/people-unread/manifest.json', Buffer.from('[]'));
  expect((await files('status', 'people-unread')).stdout).toContain(
    'The manifest of the run is not as Step Functions writes it',
  );
});

test('stops a run, twice too, and lists the newest runs', async () => {
  await started('stopped');
  expect(await files('stop', 'people-stopped')).toMatchObject({ code: 0, stderr: '' });
  expect(await files('stop', 'people-stopped', '--json')).toMatchObject({
    stdout: '{"run":"people-stopped","stopped":true}\n',
  });
  expect((await files('status', 'people-stopped')).code).toBe(1);
  const { code, stdout } = await files('status');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/people-stopped\s+was stopped/)]);
  expect(JSON.parse((await files('status', '--json')).stdout)).toEqual(
    expect.arrayContaining([expect.objectContaining({ run: 'people-stopped', status: 'ABORTED' })]),
  );
});

test.each([
  ['a job that is no name', ['start', '../x'], 'The name of a job has'],
  ['a run that is no name', ['start', 'people', '--run', 'a b'], '--run has 1 to 39'],
  [
    'an inventory that is no manifest',
    ['start', 'people', '--inventory', 's3://inventories/daily/'],
    '--inventory must be',
  ],
  ['a run that is not there', ['status', 'people-none'], 'ExecutionDoesNotExist'],
  ['a stop of what is not there', ['stop', 'people-none'], 'ExecutionDoesNotExist'],
])('refuses %s, and starts nothing', async (_, args, says) => {
  const count = service.runs.length;
  const { code, stdout, stderr } = await files(...args);
  expect([code, stdout, stderr, service.runs.length]).toEqual([2, '', expect.stringContaining(says), count]);
});

test('takes the machine from the environment, and refuses what is no ARN of one', async () => {
  const settings = { FILES_MACHINE: MACHINE };
  expect((await runProtector(['files', 'status'], { cwd, settings })).code).toBe(0);
  const { code, stderr } = await runProtector(['files', 'start', 'people', '--machine', 'protector-files'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('--machine must be the ARN of a state machine')]);
});
