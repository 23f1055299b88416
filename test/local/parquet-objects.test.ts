// Parquet objects of buckets, by DuckDB over a bucket in memory.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fileProtectorHandler } from '../../functions/runtime/files/file-protector.ts';
import { objectMap } from '../../infra/object-map.ts';
import { ObjectError } from '../../lib/files/errors.ts';
import { parquetFiles } from '../../lib/local/files/parquet-object.ts';
import { sql } from '../support/duckdb.ts';
import { parseFileJob } from '../../lib/files/objects/job.ts';
import type { ObjectSizes } from '../../lib/files/objects/world.ts';
import { JOB, ObjectWorldInMemory } from '../support/object-world.ts';
import { runStateMachine } from '../support/state-machine.ts';
import { compiledPolicy, lambdaContext } from '../support/policy.ts';

const POLICY = compiledPolicy();
const directory = mkdtempSync(join(tmpdir(), 'parquet-objects-'));
const scratch = join(directory, 'scratch');
const KEY = 'people/x.parquet';
const PARQUET = { format: 'parquet' };
const ROWS = 5000;
/** Each of the three row groups is a range of several parts. */
const RANGES: ObjectSizes = { rangeBytes: 1000, pieceBytes: 700, partBytes: 2000, minPartBytes: 500, groupBytes: 1e5 };
/** The object is one range. */
const WHOLE: ObjectSizes = { ...RANGES, rangeBytes: 1e9 };

afterAll(() => rmSync(directory, { recursive: true }));

/** A Parquet file of three row groups; `ssn` is an expression over the number of the row, `i`. */
async function peopleParquet(ssn = 'CAST(100000000 + i AS VARCHAR)'): Promise<Buffer> {
  const path = join(directory, 'made.parquet');
  const rows = `SELECT i AS id, ${ssn} AS ssn, 'note ' || i AS note, i % 7 AS small FROM range(${ROWS}) t(i)`;
  await sql(`COPY (${rows}) TO '${path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)`);
  return readFileSync(path);
}

async function rowsIn(bytes: Uint8Array, select = '*'): Promise<unknown[][]> {
  const path = join(directory, 'read.parquet');
  writeFileSync(path, bytes);
  return sql(`SELECT ${select} FROM read_parquet('${path}')`);
}

describe.each([
  ['of one range', WHOLE],
  ['of three ranges', RANGES],
])('a Parquet object %s', (_name, sizes) => {
  let world: ObjectWorldInMemory;
  beforeEach(() => {
    world = new ObjectWorldInMemory();
    world.parquet = parquetFiles(scratch);
  });
  const output = (): Buffer => world.outputs.get(KEY)!.body;

  test('has the tokens of the command line, and its other columns as they were', async () => {
    const source = await peopleParquet();
    world.objects.set(KEY, source);
    expect(await world.work(PARQUET, POLICY, sizes).run(KEY)).toMatchObject({
      is: 'protected',
      rows: ROWS,
      values: ROWS,
      rejected: 0,
    });
    expect(world.records().map(({ cnt }) => cnt)).toEqual([ROWS]);
    expect(await rowsIn(output(), 'id, note, small')).toEqual(await rowsIn(source, 'id, note, small'));
    const groups = await rowsIn(output(), 'count(*)');
    expect(groups).toEqual([[String(ROWS)]]);
    // The same work on a CSV object has the same tokens.
    world.objects.set(
      'people/x.csv',
      Buffer.from(`ssn\n${(await rowsIn(source, 'ssn')).map(([ssn]) => `${ssn as string}\n`).join('')}`),
    );
    await world.work({}, POLICY, WHOLE).run('people/x.csv');
    const tokens = world.output('people/x.csv')!.trimEnd().split('\n').slice(1);
    expect((await rowsIn(output(), 'ssn')).map(([ssn]) => ssn)).toEqual(tokens);
    expect(tokens).not.toContain('100000000');
  });

  test('comes back clear', async () => {
    const source = await peopleParquet();
    world.objects.set(KEY, source);
    await world.work(PARQUET, POLICY, sizes).run(KEY);
    world.objects.set('tokens/x.parquet', output());
    const back = {
      ...PARQUET,
      name: 'back',
      operation: 'unprotect',
      source: 's3://outgoing/tokens/',
      target: 's3://clear/c/',
    };
    expect(await world.work(back, POLICY, sizes).run('tokens/x.parquet')).toMatchObject({
      is: 'protected',
      values: ROWS,
    });
    expect(await rowsIn(world.outputs.get('c/x.parquet')!.body)).toEqual(await rowsIn(source));
  });

  test('is the same byte for byte when a task is repeated, and leaves nothing on the disk', async () => {
    world.objects.set(KEY, await peopleParquet());
    await world.work(PARQUET, POLICY, sizes).run(KEY);
    const first = output();
    for (const died of ['put part', 'name', 'append', 'read'] as const) {
      const other = new ObjectWorldInMemory();
      other.parquet = parquetFiles(scratch);
      other.objects.set(KEY, world.objects.get(KEY)!);
      let left = 3;
      other.trouble = (call, when) => {
        if (call === died && when === 'after' && --left === 0) throw new ObjectError('FILES_UNAVAILABLE', 'died');
      };
      // oxlint-disable no-await-in-loop -- attempts
      await other
        .work(PARQUET, POLICY, sizes)
        .run(KEY)
        .catch(() => {});
      expect(await other.work(PARQUET, POLICY, sizes).run(KEY)).toMatchObject({ is: 'protected', rows: ROWS });
      // oxlint-enable no-await-in-loop
      expect(other.outputs.get(KEY)!.body.equals(first)).toBe(true);
      expect(other.records().map(({ cnt }) => cnt)).toEqual([ROWS]);
    }
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('leaves out rows that are rejected, and lists them', async () => {
    world.objects.set(
      KEY,
      await peopleParquet("CASE WHEN i IN (3, 4000) THEN '12' ELSE CAST(100000000 + i AS VARCHAR) END"),
    );
    const job = { ...PARQUET, rejects: 'list' };
    expect(await world.work(job, POLICY, sizes).run(KEY)).toMatchObject({
      is: 'protected',
      rejected: 2,
      values: ROWS - 2,
    });
    expect(await rowsIn(output(), 'count(*), count(*) FILTER (id IN (3, 4000))')).toEqual([[String(ROWS - 2), '0']]);
    const list = [...world.documents].find(([place]) => place.startsWith('rejects/'))![1].body.toString();
    expect(
      list
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split(',')[1]),
    ).toEqual(['4', '4001']);
    expect(list).not.toContain(',12,');
  });

  test.each([
    [
      'with a bad value, where none is left out',
      PARQUET,
      "CASE i WHEN 3000 THEN '12' ELSE '100000000' END",
      { row: 3000, column: 'ssn' },
    ],
    ['without the column', { ...PARQUET, columns: { none: 'deSSN' } }, undefined, { code: 'FILES_LAYOUT' }],
  ])('%s is refused, and no output is left', async (_, job, ssn, refusal) => {
    world.objects.set(KEY, await peopleParquet(ssn));
    expect(await world.work(job, POLICY, sizes).run(KEY)).toMatchObject({ is: 'refused', refusal });
    expect([world.outputs.size, world.uploads.size, readdirSync(scratch)]).toEqual([0, 0, []]);
  });

  test('with a row group that is too large is refused with the limit and what to do', async () => {
    world.objects.set(KEY, await peopleParquet());
    expect(await world.work(PARQUET, POLICY, { ...sizes, groupBytes: 1000 }).run(KEY)).toMatchObject({
      is: 'refused',
      refusal: { code: 'FILES_LAYOUT', reason: expect.stringContaining('a row group of a Parquet object has at most') },
    });
  });

  test('is refused by a deployment that reads none, and a text under its name is damaged', async () => {
    world.objects.set(KEY, Buffer.from('id,ssn\n1,100000001\n'));
    expect(await world.work(PARQUET, POLICY, sizes).run(KEY)).toMatchObject({
      is: 'refused',
      refusal: { code: 'FILES_DAMAGED' },
    });
    world.parquet = undefined;
    world.objects.set(KEY, await peopleParquet());
    expect(await world.work(PARQUET, POLICY, sizes).run(KEY)).toMatchObject({
      is: 'refused',
      refusal: { code: 'FILES_LAYOUT' },
    });
  });
});

test('ranges of a Parquet object are protected by tasks of their own, whose joined output is that of one task', async () => {
  const source = await peopleParquet();
  const [one, world] = [new ObjectWorldInMemory(), new ObjectWorldInMemory()];
  for (const each of [one, world]) {
    each.parquet = parquetFiles(scratch);
    each.objects.set(KEY, source);
  }
  await one.work(PARQUET, POLICY, WHOLE).run(KEY);
  const plan = await world.work(PARQUET, POLICY, RANGES).plan(KEY);
  if (plan.is !== 'begun') throw new Error('not begun');
  expect(plan.ranges).toBe(3);
  for (const index of [2, 1, 0, 1]) {
    // oxlint-disable-next-line no-await-in-loop -- one after another, and one of them twice
    await world.work(PARQUET, POLICY, RANGES).range(KEY, plan.tag, index);
  }
  const ranges = [...world.documents.keys()].filter((place) => place.startsWith('ranges/'));
  expect(ranges).toHaveLength(2);
  const reads = world.calls.length;
  expect(await world.work(PARQUET, POLICY, RANGES).finish(KEY, plan.tag)).toMatchObject({
    is: 'protected',
    rows: ROWS,
  });
  expect(world.calls.slice(reads).filter((call) => call === 'put part').length).toBeLessThan(20);
  expect(world.outputs.get(KEY)!.body.equals(one.outputs.get(KEY)!.body)).toBe(true);
});

test('the state machine maps the row groups of an object, and tasks that are delivered twice change nothing', async () => {
  const world = new ObjectWorldInMemory();
  world.parquet = parquetFiles(scratch);
  world.objects.set(KEY, await peopleParquet());
  const job = { ...JOB, ...PARQUET };
  const handler = fileProtectorHandler(
    () =>
      Promise.resolve({
        job: () => Promise.resolve(parseFileJob(job)),
        jobs: async function* () {},
        work: () => Promise.resolve(world.work(job, POLICY, RANGES)),
      }),
    () => {},
    () => {},
  );
  const definition = objectMap({ functionArn: 'arn', concurrency: 4, resultBucket: 'files', resultPrefix: 'results/' });
  const tasks: string[] = [];
  const results = await runStateMachine(
    definition,
    { job: 'people' },
    {
      invoke: async (_, payload) => {
        tasks.push((payload as { readonly task: string }).task);
        const call = (): Promise<unknown> => handler(payload, lambdaContext());
        const [first] = await Promise.allSettled([call(), call()]);
        if (first.status === 'rejected') throw first.reason;
        return first.value;
      },
      list: () => [KEY],
    },
  );
  expect(results).toMatchObject([{ is: 'protected', rows: ROWS, values: ROWS }]);
  expect(new Set(tasks)).toEqual(new Set(['job', 'plan', 'range', 'finish']));
  expect(world.records().map(({ cnt }) => cnt)).toEqual([ROWS]);
  expect(await rowsIn(world.outputs.get(KEY)!.body, 'count(*)')).toEqual([[String(ROWS)]]);
});
