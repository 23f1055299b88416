// Runs of a state machine, over the stand-in and over the AWS emulator, whose runs go on until they are stopped.
import { randomUUID } from 'node:crypto';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stepFunctionsClient } from '../../lib/adapters/step-functions/client.ts';
import { parseMachine, type Runs, stepFunctionsRuns } from '../../lib/adapters/step-functions/runs.ts';
import { objectMap } from '../../infra/object-map.ts';
import { type FakeStepFunctions, MACHINE, startFakeStepFunctions } from '../support/fake-step-functions.ts';
import { MOTO_MISSING, motoAws } from '../support/moto.ts';

const aws = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const INPUT = '{"job":"people"}';

interface UnderTest {
  readonly runs: Runs;
  dispose(): Promise<void>;
}

function contract(kind: string, create: () => Promise<UnderTest>, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`runs of ${kind}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: UnderTest;
    beforeAll(async () => {
      under = await create();
    });
    afterAll(() => under.dispose());

    test('a repeated start is the same run, and with another input it is refused', async () => {
      const name = randomUUID();
      const startedAt = await under.runs.start(name, INPUT);
      expect(await under.runs.start(name, INPUT)).toEqual(startedAt);
      await expect(under.runs.start(name, '{"job":"other"}')).rejects.toMatchObject({ code: 'RUN_EXISTS' });
      expect(await under.runs.describe(name)).toMatchObject({ name, status: 'RUNNING', startedAt, input: INPUT });
      expect((await under.runs.recent(1)).map((run) => run.name)).toEqual([name]);
    });

    test('a run that was stopped stays so, and its name is not started again', async () => {
      const name = randomUUID();
      await under.runs.start(name, INPUT);
      await under.runs.stop(name);
      await under.runs.stop(name);
      expect(await under.runs.describe(name)).toMatchObject({ status: 'ABORTED', endedAt: expect.any(Date) });
      await expect(under.runs.start(name, INPUT)).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    });

    test('a run that is not there is absent', async () => {
      await expect(under.runs.describe('nothing')).rejects.toMatchObject({ code: 'RUN_ABSENT' });
      await expect(under.runs.stop('nothing')).rejects.toMatchObject({ code: 'RUN_ABSENT' });
    });
  });
}

contract('the stand-in', async () => {
  const fake = await startFakeStepFunctions();
  const client = stepFunctionsClient({ ...aws, endpoint: fake.endpoint });
  return {
    runs: stepFunctionsRuns({ client, machine: parseMachine(MACHINE)! }),
    dispose: async () => {
      client.destroy();
      await fake.close();
    },
  };
});

contract(
  'the AWS emulator',
  async () => {
    const client = stepFunctionsClient(motoAws);
    const { stateMachineArn = '' } = await client.send(
      new CreateStateMachineCommand({
        name: `files-${randomUUID()}`,
        roleArn: 'arn:aws:iam::123456789012:role/files',
        definition: JSON.stringify(
          objectMap({
            functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:protector-file-protector',
            concurrency: 40,
            resultBucket: 'files',
            resultPrefix: 'results/',
          }),
        ),
      }),
    );
    return {
      runs: stepFunctionsRuns({ client, machine: parseMachine(stateMachineArn)! }),
      dispose: () => Promise.resolve(client.destroy()),
    };
  },
  MOTO_MISSING,
);

describe('a run', () => {
  let fake: FakeStepFunctions;
  let runs: Runs;
  beforeAll(async () => {
    fake = await startFakeStepFunctions();
    const client = stepFunctionsClient({ ...aws, endpoint: fake.endpoint });
    runs = stepFunctionsRuns({ client, machine: parseMachine(MACHINE)! });
  });
  afterAll(() => fake.close());

  test('tells the counts of its map once that has begun, and where its results lie', async () => {
    await runs.start('counted', INPUT);
    expect((await runs.describe('counted')).items).toBeUndefined();
    const counts = { pending: 3, running: 2, succeeded: 90, failed: 1, timedOut: 2, aborted: 3, total: 101 };
    const output = JSON.stringify({ ResultWriterDetails: { Bucket: 'files', Key: 'results/x/manifest.json' } });
    Object.assign(fake.runs.at(-1)!, { itemCounts: counts, status: 'SUCCEEDED', output });
    expect(await runs.describe('counted')).toMatchObject({
      items: { total: 101, succeeded: 90, failed: 6, running: 2, pending: 3 },
      results: { bucket: 'files', key: 'results/x/manifest.json' },
    });
  });

  test('says why it failed as the function said it', async () => {
    await runs.start('failed', INPUT);
    const cause = JSON.stringify({ errorType: 'FILES_STATE', errorMessage: 'There is no sealed job of this name' });
    Object.assign(fake.runs.at(-1)!, { status: 'FAILED', error: 'FILES_STATE', cause });
    expect(await runs.describe('failed')).toMatchObject({
      error: 'FILES_STATE',
      cause: 'There is no sealed job of this name',
    });
  });

  test('is started once where the first answer is lost', async () => {
    const count = fake.runs.length;
    fake.fail({ kind: 'drop', times: 1, operation: 'StartExecution' });
    await runs.start('lost', INPUT);
    expect(fake.runs).toHaveLength(count + 1);
    expect(fake.unusedFaults()).toEqual([]);
  });

  test.each([
    ['a refusal', 'deny', 1, 'RUN_REFUSED', 'AccessDeniedException'],
    ['an answer without what it must say', 'malformed', 1, 'RUN_REFUSED', 'StartExecution'],
    ['a service that fails', 'status500', 4, 'RUN_UNAVAILABLE', 'InternalFailure'],
  ] as const)('keeps %s apart, without an ARN', async (_, kind, times, code, says) => {
    fake.fail({ kind, times, operation: 'StartExecution' });
    const failure = await runs.start(`fails-${kind}`, INPUT).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(String(failure)).not.toContain('123456789012');
    expect(fake.unusedFaults()).toEqual([]);
  });

  test.each(['', 'protector-files', 'arn:aws:states:us-east-1:123456789012:execution:a:b', `${MACHINE}:1`])(
    'is of no machine that "%s" names',
    (text) => expect(parseMachine(text)).toBeUndefined(),
  );
});
