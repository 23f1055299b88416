import { describe, expect, test } from '@jest/globals';
import {
  type FileProtectorEnvironment,
  fileProtectorHandler,
} from '../../../functions/runtime/files/file-protector.ts';
import { FilesError, ObjectError } from '../../../lib/files/errors.ts';
import { parseFileJob } from '../../../lib/files/objects/job.ts';
import { JOB, ObjectWorldInMemory, people } from '../../support/object-world.ts';
import { lambdaContext } from '../../support/policy.ts';

const KEY = 'people/x.csv';

function handlerOver(world: ObjectWorldInMemory, jobs: readonly object[] = [JOB]) {
  const log: object[] = [];
  /** Objects counted: protected, refused. */
  const counted: [number, number][] = [];
  const parsed = jobs.map((job) => parseFileJob(job));
  const environment: FileProtectorEnvironment = {
    job: (name) => {
      const job = parsed.find((one) => one.name === name);
      if (job === undefined)
        return Promise.reject(new FilesError('FILES_STATE', 'There is no sealed job of this name'));
      return Promise.resolve(job);
    },
    jobs: async function* () {
      await Promise.resolve();
      yield* parsed;
    },
    work: (job) => Promise.resolve(world.work(job)),
  };
  const handler = fileProtectorHandler(
    () => Promise.resolve(environment),
    (entry) => void log.push(entry),
    (line) => {
      const metrics = JSON.parse(line) as { readonly ObjectsProtected: number; readonly ObjectsRefused: number };
      counted.push([metrics.ObjectsProtected, metrics.ObjectsRefused]);
    },
  );
  return { log, counted, send: (event: unknown) => handler(event, lambdaContext()) };
}

function worldWith(body: Buffer): ObjectWorldInMemory {
  const world = new ObjectWorldInMemory();
  world.objects.set(KEY, body);
  return world;
}

const created = (bucket: string, key: string): object => ({
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key, size: 5, etag: 'x', sequencer: '0' }, reason: 'PutObject' },
});

describe('the file protector', () => {
  test('plans, protects ranges and finishes, as a state machine asks it to', async () => {
    const world = worldWith(people(40));
    const { send, log } = handlerOver(world);
    const plan = await send({ task: 'plan', job: 'people', key: KEY });
    expect(plan).toMatchObject({ is: 'begun', key: KEY, ranges: [0, 1, 2, 3] });
    const { tag, ranges } = plan as unknown as { tag: string; ranges: number[] };
    for (const range of ranges) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(await send({ task: 'range', job: 'people', key: KEY, tag, range })).toEqual({
        is: 'ranged',
        key: KEY,
        range,
      });
    }
    const reads = world.calls.filter((call) => call === 'read').length;
    expect(await send({ task: 'finish', job: 'people', key: KEY, tag })).toMatchObject({ is: 'protected', rows: 40 });
    expect(world.calls.filter((call) => call === 'read')).toHaveLength(reads);
    expect(log).toEqual([
      expect.objectContaining({ level: 'INFO', message: 'A task on an object ended', rows: 40, values: 40 }),
    ]);
    expect(JSON.stringify(log)).not.toContain('x.csv');
  });

  test('tells where the objects of a job lie, and fails a job that the policy refuses', async () => {
    const { send, log, counted } = handlerOver(worldWith(people(3)), [
      JOB,
      { ...JOB, name: 'unknown', columns: { ssn: 'deNothing' } },
      { ...JOB, name: 'stranger', user: 'nobody' },
    ]);
    expect(await send({ task: 'job', job: 'people' })).toEqual({ is: 'job', bucket: 'incoming', prefix: 'people/' });
    expect([log, counted]).toEqual([[], []]);
    await expect(send({ task: 'job', job: 'unknown' })).rejects.toMatchObject({ name: 'ELEMENT_UNKNOWN' });
    await expect(send({ task: 'job', job: 'stranger' })).rejects.toMatchObject({ name: 'USER_UNKNOWN' });
  });

  test('protects an object of one range when it plans it', async () => {
    const { send } = handlerOver(worldWith(people(3)));
    expect(await send({ task: 'plan', job: 'people', key: KEY })).toMatchObject({ is: 'protected', rows: 3 });
  });

  test('protects an object that arrives, for each job that takes new objects of its place', async () => {
    const world = worldWith(people(3));
    const { send } = handlerOver(world, [
      { ...JOB, name: 'asleep' },
      { ...JOB, name: 'awake', onUpload: true },
      { ...JOB, name: 'elsewhere', source: 's3://incoming/other/', onUpload: true },
      { ...JOB, name: 'other-bucket', source: 's3://another/people/', onUpload: true },
    ]);
    const replies = await send(created('incoming', KEY));
    expect(replies).toMatchObject([{ is: 'protected', rows: 3 }]);
    expect([...world.documents.keys()]).toEqual([expect.stringMatching(/^work\/awake\//)]);
    expect(await send(created('incoming', KEY))).toMatchObject([{ is: 'protected', repeated: true }]);
    expect(await send(created('elsewhere', KEY))).toEqual([]);
  });

  test('counts an object once, when its work ends, and a refused one apart: alarms are about these', async () => {
    const { send, counted } = handlerOver(worldWith(people(40)), [
      JOB,
      { ...JOB, name: 'bad', columns: { no: 'deSSN' } },
    ]);
    const plan = (await send({ task: 'plan', job: 'people', key: KEY })) as unknown as { tag: string };
    await send({ task: 'range', job: 'people', key: KEY, tag: plan.tag, range: 0 });
    expect(counted).toEqual([]);
    for (const { job } of [{ job: 'people' }, { job: 'people' }, { job: 'bad' }]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await send({ task: 'object', job, key: KEY });
    }
    expect(counted).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(await send({ task: 'object', job: 'people', key: 'people/absent.csv' })).toMatchObject({ is: 'absent' });
    expect(counted).toHaveLength(2);
  });

  test('answers what no repetition mends', async () => {
    const { send, log } = handlerOver(worldWith(people(3)), [{ ...JOB, columns: { nothing: 'deSSN' } }]);
    const reply = await send({ task: 'object', job: 'people', key: KEY });
    expect(reply).toMatchObject({ is: 'refused', refusal: { code: 'FILES_LAYOUT' } });
    expect(log).toEqual([expect.objectContaining({ level: 'WARN', code: 'FILES_LAYOUT' })]);
  });

  test.each([
    ['a store that fails', 'FILES_UNAVAILABLE', { task: 'object', job: 'people', key: KEY }],
    ['a job that is not there', 'FILES_STATE', { task: 'object', job: 'nothing', key: KEY }],
    ['an event of another kind', 'EVENT_MALFORMED', { ...created('incoming', KEY), 'detail-type': 'Object Deleted' }],
    ['an unknown task', 'EVENT_MALFORMED', { task: 'drop', job: 'people', key: KEY }],
    ['an unknown member', 'EVENT_MALFORMED', { task: 'object', job: 'people', key: KEY, target: 's3://mine/' }],
  ])('rejects %s under its code, by which the caller decides whether to repeat', async (_, name, event) => {
    const world = worldWith(people(3));
    world.trouble = () => {
      throw new ObjectError('FILES_UNAVAILABLE', 'S3 HeadObject failed: SlowDown');
    };
    const { send, log } = handlerOver(world);
    await expect(send(event)).rejects.toMatchObject({ name, code: name });
    expect(log).toEqual([expect.objectContaining({ level: 'ERROR' })]);
  });
});
