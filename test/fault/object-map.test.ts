// The state machine over 500 objects, by a local driver of its definition: tasks fail before they do anything, with their answers lost, or are
// delivered twice at the same time, as Step Functions and Lambda may do it. Outputs and trail are those of an undisturbed run.
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { fileProtectorHandler } from '../../functions/runtime/files/file-protector.ts';
import { parseFileJob } from '../../lib/files/objects/job.ts';
import { objectMap } from '../../infra/object-map.ts';
import { seeded } from '../support/discovery/seeded.ts';
import { Died, JOB, ObjectWorldInMemory, people } from '../support/object-world.ts';
import { lambdaContext } from '../support/policy.ts';
import { runStateMachine } from '../support/state-machine.ts';

const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:protector-file-protector';
const DEFINITION = objectMap({
  functionArn: FUNCTION,
  concurrency: 40,
  resultBucket: 'files',
  resultPrefix: 'results/',
});
const OBJECTS = 500;
const JOB_HERE = { ...JOB, rejects: 'list' };

/** Objects of one range, every tenth of several, and every 50th with rows that are rejected. */
function filledWorld(): ObjectWorldInMemory {
  const world = new ObjectWorldInMemory();
  for (let i = 0; i < OBJECTS; i++) {
    const ssn = (row: number): string => (i % 50 === 7 && row === 1 ? '12' : String(100_000_000 + 1000 * i + row));
    world.objects.set(`people/${i % 7}/${i}.csv`, people(i % 10 === 0 ? 30 : 4, ssn));
  }
  return world;
}

async function runMap(
  world: ObjectWorldInMemory,
  disturb: (call: () => Promise<unknown>) => Promise<unknown>,
  inventory?: ReadonlyMap<string, Buffer>,
): Promise<unknown[]> {
  const handler = fileProtectorHandler(
    () =>
      Promise.resolve({
        job: () => Promise.resolve(parseFileJob(JOB_HERE)),
        jobs: async function* () {},
        work: () => Promise.resolve(world.work(JOB_HERE)),
      }),
    () => {},
    () => {},
  );
  const manifest = { bucket: 'inventories', key: 'daily/manifest.json' };
  const input = { job: 'people', ...(inventory !== undefined && { inventory: manifest }) };
  const results = await runStateMachine(DEFINITION, input, {
    invoke: (arn, payload) => {
      expect(arn).toBe(FUNCTION);
      // What the function answers goes through JSON.
      return disturb(async () => JSON.parse(JSON.stringify(await handler(payload, lambdaContext()))) as unknown);
    },
    get: (bucket, key) => (bucket === 'inventories' ? inventory?.get(key) : undefined) ?? Buffer.from(''),
    list: (bucket, prefix) =>
      [...world.objects.keys()].filter((key) => bucket === 'incoming' && key.startsWith(prefix)).toSorted(),
  });
  return results as unknown[];
}

interface Left {
  readonly outputs: readonly (readonly [string, string])[];
  readonly records: readonly string[];
}

function left(world: ObjectWorldInMemory): Left {
  return {
    outputs: [...world.outputs]
      .map(([key, { body }]) => [key, body.toString()] as const)
      .toSorted(([a], [b]) => a.localeCompare(b)),
    records: world
      .records()
      .map(({ cnt, correlationid, protection, signature }) =>
        [cnt, correlationid, protection.audit_code, signature.chain_id, signature.sequence].join(' '),
      )
      .toSorted(),
  };
}

test('protects 500 objects once each, whatever fails and is repeated', async () => {
  const calm = filledWorld();
  const replies = await runMap(calm, (call) => call());
  expect(replies).toHaveLength(OBJECTS);
  expect(replies.filter((reply) => (reply as { is?: string }).is !== 'protected')).toEqual([]);
  const wanted = left(calm);
  expect([wanted.outputs.length, wanted.records.length, calm.uploads.size]).toEqual([OBJECTS, OBJECTS + 10, 0]);

  const below = seeded(7);
  const world = filledWorld();
  world.trouble = () => {
    if (below(200) === 0) throw new Died('DIED', 'the task died');
  };
  let [failed, lost, twice] = [0, 0, 0];
  const disturbed = await runMap(world, async (call) => {
    const dice = below(20);
    if (dice === 0) {
      failed++;
      throw Object.assign(new Error('throttled'), { name: 'Lambda.TooManyRequestsException' });
    }
    if (dice === 1) {
      lost++;
      await call();
      throw Object.assign(new Error('timed out'), { name: 'States.Timeout' });
    }
    if (dice === 2) {
      twice++;
      const [first, second] = await Promise.allSettled([call(), call()]);
      if (first.status === 'rejected') throw first.reason;
      void second;
      return first.value;
    }
    return call();
  });
  expect(Math.min(failed, lost, twice)).toBeGreaterThan(10);
  const unmended = disturbed.filter((reply) => (reply as { is?: string }).is !== 'protected');
  // What failed seven times in a row is left to the next run, which does nothing else.
  world.trouble = () => {};
  const again = await runMap(world, (call) => call());
  expect(unmended.length).toBeLessThan(OBJECTS / 10);
  expect(again.filter((reply) => (reply as { is?: string }).is !== 'protected')).toEqual([]);
  expect(again.filter((reply) => (reply as { repeated?: boolean }).repeated !== true).length).toBeLessThanOrEqual(
    unmended.length,
  );
  expect(left(world)).toEqual(wanted);
  // An attempt that dies between the beginning of an upload and its first document leaves an empty one, which a rule of the bucket removes.
  expect([...world.uploads.values()].filter(({ parts }) => parts.size > 0)).toEqual([]);
});

/** An S3 Inventory of these objects of a bucket, in two lists. `encoded`: how it spells their keys. */
function inventoryOf(
  objects: readonly (readonly [bucket: string, key: string])[],
  encoded: (key: string) => string,
): ReadonlyMap<string, Buffer> {
  const lines = objects.map(([bucket, key]) => `"${bucket}","${encoded(key)}","17","2026-11-29T00:00:00.000Z"\n`);
  const lists = [lines.slice(0, 3), lines.slice(3)].map(
    (part, i) => [`daily/data/${i}.csv.gz`, gzipSync(part.join(''))] as const,
  );
  const manifest = {
    sourceBucket: 'incoming',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size, LastModifiedDate',
    files: lists.map(([key]) => ({ key })),
  };
  return new Map([...lists, ['daily/manifest.json', Buffer.from(JSON.stringify(manifest))]]);
}

const blanksAsPlus = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');

test.each([
  ['%20', (key: string) => encodeURI(key)],
  ['+', blanksAsPlus],
  ['no encoding, because the service has decoded it', (key: string) => key],
])('over an inventory that spells a blank as %s it protects what it does over the listing', async (_, encoded) => {
  const keys = ['people/1.csv', 'people/a b/2.csv', 'people/ä+b & c.csv', 'people/50%.csv', 'people/large one.csv'];
  const worldOf = (): ObjectWorldInMemory => {
    const world = new ObjectWorldInMemory();
    for (const [i, key] of keys.entries()) world.objects.set(key, people(key.includes('large') ? 30 : 3 + i));
    return world;
  };
  const listed = worldOf();
  await runMap(listed, (call) => call());
  const world = worldOf();
  const others = [
    ['incoming', 'people/deleted since.csv'],
    ['incoming', 'elsewhere/1.csv'],
    ['another', 'people/1.csv'],
  ] as const;
  const own = keys.map((key) => ['incoming', key] as const);
  const replies = await runMap(world, (call) => call(), inventoryOf([...others, ...own], encoded));
  expect(replies.map((reply) => (reply as { is?: string }).is)).toEqual([
    'absent',
    'absent',
    'absent',
    ...keys.map(() => 'protected'),
  ]);
  expect(left(world)).toEqual(left(listed));
});

test('refuses a key of an inventory that fits two objects, and protects the others', async () => {
  const world = new ObjectWorldInMemory();
  for (const key of ['people/a b.csv', 'people/a+b.csv', 'people/c.csv']) world.objects.set(key, people(3));
  const listed = ['people/a b.csv', 'people/c.csv'].map((key) => ['incoming', key] as const);
  const replies = await runMap(world, (call) => call(), inventoryOf(listed, blanksAsPlus));
  expect(replies).toMatchObject([{ is: 'refused', refusal: { code: 'FILES_LAYOUT' } }, { is: 'protected' }]);
  expect([...world.outputs.keys()]).toEqual(['people/c.csv']);
});

test('fails once, and calls for no object, where the job is not there', async () => {
  const invoked: unknown[] = [];
  const run = runStateMachine(
    DEFINITION,
    { job: 'nothing' },
    {
      invoke: (_, payload) => {
        invoked.push(payload);
        return Promise.reject(Object.assign(new Error('There is no sealed job of this name'), { name: 'FILES_STATE' }));
      },
      list: () => ['people/a.csv'],
    },
  );
  await expect(run).rejects.toMatchObject({ name: 'FILES_STATE' });
  expect(invoked).toEqual([{ task: 'job', job: 'nothing' }]);
});
