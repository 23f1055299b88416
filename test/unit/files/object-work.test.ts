import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { ObjectOutcome } from '../../../lib/files/objects/object-work.ts';
import { ObjectWorldInMemory, people, SMALL } from '../../support/object-world.ts';
import { compiledPolicy } from '../../support/policy.ts';

const KEY = 'people/2026/x.csv';
/** One range, however large. */
const WHOLE = { ...SMALL, rangeBytes: 1e9 };

/** Protects one object in one task. */
async function whole(
  body: Buffer,
  change: object = {},
  key = KEY,
): Promise<{ world: ObjectWorldInMemory; outcome: ObjectOutcome }> {
  const world = new ObjectWorldInMemory();
  world.objects.set(key, body);
  return { world, outcome: await world.work(change, undefined, WHOLE).run(key) };
}

/** Protects one object in ranges, each by a task of its own, the last one first. */
async function inRanges(
  body: Buffer,
  change: object = {},
  sizes = SMALL,
): Promise<{ world: ObjectWorldInMemory; outcome: ObjectOutcome; ranges: number }> {
  const world = new ObjectWorldInMemory();
  world.objects.set(KEY, body);
  const plan = await world.work(change, undefined, sizes).plan(KEY);
  if (plan.is !== 'begun') return { world, outcome: plan.outcome, ranges: 0 };
  for (let index = plan.ranges - 1; index >= 0; index--) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await world.work(change, undefined, sizes).range(KEY, plan.tag, index);
  }
  return {
    world,
    outcome: await world.work(change, undefined, sizes).finish(KEY, plan.tag),
    ranges: plan.ranges,
  };
}

const expected = async (body: Buffer, change: object = {}): Promise<[string | undefined, unknown]> => {
  const { world, outcome } = await whole(body, change);
  return [world.output(KEY), [outcome.rows, outcome.values, outcome.rejected]];
};
const found = async (body: Buffer, change: object = {}): Promise<[string | undefined, unknown]> => {
  const { world, outcome, ranges } = await inRanges(body, change);
  expect(ranges).toBeGreaterThan(1);
  expect(world.uploads.size).toBe(0);
  return [world.output(KEY), [outcome.rows, outcome.values, outcome.rejected]];
};
const long = 'y'.repeat(300);
const json = (rows: number): Buffer =>
  Buffer.from(Array.from({ length: rows }, (_, i) => `{"a":{"ssn":"${100_000_000 + i}"},"n":${i}}\n`).join(''));

describe('the work on an object', () => {
  test('protects its column, leaves the rest as it is, and names the output once it is recorded', async () => {
    const { world, outcome } = await whole(people(20));
    expect(outcome).toMatchObject({ is: 'protected', rows: 20, values: 20, rejected: 0, repeated: false });
    const out = world.output(KEY)!;
    expect(out).toMatch(/^id,ssn,note\n0,\d{9},x0\n1,\d{9},x1\n/);
    expect(out).not.toContain('100000000');
    expect(world.records()).toMatchObject([
      {
        cnt: 20,
        additional_info: { request_id: outcome.work },
        correlationid: 'file:x.csv:ssn',
        signature: { chain_id: `files/people/${outcome.work}`, sequence: 1 },
      },
    ]);
    expect(world.calls.indexOf('append')).toBeLessThan(world.calls.indexOf('name'));
    expect(world.uploads.size).toBe(0);
  });

  test('is not done twice: a repeated task reads the state and changes nothing', async () => {
    const { world, outcome } = await whole(people(20));
    const [before, lines] = [world.calls.length, world.lines.length];
    expect(await world.work({}, undefined, WHOLE).run(KEY)).toEqual({ ...outcome, repeated: true });
    expect(world.calls.slice(before)).toEqual(['find', 'get']);
    expect(world.lines).toHaveLength(lines);
  });

  test.each([
    ['people', 'a folder'],
    ['people/', 'a folder'],
    ['other/x.csv', 'another prefix'],
    ['people/absent.csv', 'no object'],
  ])('leaves %s alone: %s', async (key) => {
    const world = new ObjectWorldInMemory();
    world.objects.set('people/', Buffer.from(''));
    world.objects.set('other/x.csv', people(3));
    expect(await world.work().run(key)).toEqual({ is: 'absent', key });
    expect([world.outputs.size, world.uploads.size, world.documents.size]).toEqual([0, 0, 0]);
  });

  test('takes only keys with the endings of the job', async () => {
    const { world, outcome } = await whole(people(3), { endings: ['.tsv'] });
    expect([outcome.is, world.outputs.size]).toEqual(['absent', 0]);
  });

  test('never writes over an object that is there', async () => {
    const world = new ObjectWorldInMemory();
    world.objects.set(KEY, people(3));
    world.outputs.set(KEY, { body: Buffer.from('theirs'), work: '' });
    expect(await world.work().run(KEY)).toMatchObject({ is: 'taken' });
    expect([world.output(KEY), world.lines.length, world.uploads.size]).toEqual(['theirs', 0, 0]);
  });

  test('leaves an object alone that comes between the beginning and the name', async () => {
    const world = new ObjectWorldInMemory();
    world.objects.set(KEY, people(3));
    world.trouble = (call, when) => {
      if (call === 'append' && when === 'after') world.outputs.set(KEY, { body: Buffer.from('theirs'), work: '' });
    };
    expect(await world.work().run(KEY)).toMatchObject({ is: 'taken' });
    expect([world.output(KEY), world.uploads.size]).toEqual(['theirs', 0]);
    expect(await world.work().run(KEY)).toMatchObject({ is: 'taken', repeated: true });
  });

  test('refuses an object with a bad row, records the refusal once, and leaves nothing of it', async () => {
    const bad = people(20, (row) => (row === 13 ? '12' : String(100_000_000 + row)));
    const { world, outcome } = await whole(bad);
    const refusal = { code: 'INPUT_TOO_SHORT', row: 13, column: 'ssn' };
    expect(outcome).toMatchObject({ is: 'refused', refusal, repeated: false });
    expect(await world.work({}, undefined, WHOLE).run(KEY)).toMatchObject({
      is: 'refused',
      refusal,
      repeated: true,
    });
    expect(world.records()).toMatchObject([{ cnt: 1, protection: { audit_code: 22 } }]);
    expect([world.outputs.size, world.uploads.size]).toEqual([0, 0]);
  });

  test('lists rejected rows without their values', async () => {
    const bad = people(20, (row) => (row % 7 === 3 ? '12' : String(100_000_000 + row)));
    for (const run of [whole, inRanges]) {
      // oxlint-disable-next-line no-await-in-loop -- two
      const { world, outcome } = await run(bad, { rejects: 'list' });
      expect(outcome).toMatchObject({ is: 'protected', rows: 20, values: 17, rejected: 3 });
      expect(world.documents.get(`rejects/people/${outcome.work}.csv`)?.body.toString()).toMatch(
        /^object,row,column,code,reason\npeople\/2026\/x\.csv,4,ssn,INPUT_TOO_SHORT,[^\n]+\npeople\/2026\/x\.csv,11,[^\n]+\npeople\/2026\/x\.csv,18,[^\n]+\n$/,
      );
      expect(world.output(KEY)!.split('\n')).toHaveLength(19);
    }
  });

  test.each([
    ['a column that is not there', people(3), { columns: { nothing: 'deSSN' } }, 'FILES_LAYOUT'],
    ['bytes that are cut off', gzipSync(people(500)).subarray(0, 40), {}, 'FILES_DAMAGED'],
    [
      'a path without a value',
      Buffer.from('{"a":"100000000"}\n'),
      { format: 'jsonl', columns: { '$.b': 'deSSN' } },
      'FILES_LAYOUT',
    ],
  ])('refuses %s', async (_, body, change, code) => {
    const { world, outcome } = await whole(body, change);
    expect(outcome).toMatchObject({ is: 'refused', refusal: { code } });
    expect([world.outputs.size, world.uploads.size, world.lines.length]).toEqual([0, 0, 0]);
  });

  test('asks the policy before it reads anything: a user without the right leaves a record of the refusal', async () => {
    const world = new ObjectWorldInMemory();
    world.objects.set(KEY, people(3));
    await expect(world.work({ user: 'outsider' }).run(KEY)).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    expect(world.otherLines).toHaveLength(1);
    expect([world.documents.size, world.uploads.size, world.calls.includes('read')]).toEqual([0, 0, false]);
  });

  test('unpacks what is packed, and packs the output as its name says', async () => {
    const plain = await whole(people(50));
    const { world } = await whole(gzipSync(people(50)), {}, `${KEY}.gz`);
    expect(gunzipSync(world.outputs.get(`${KEY}.gz`)!.body).toString()).toBe(plain.world.output(KEY));
  });

  test('protects an empty object into an empty object', async () => {
    const { world, outcome } = await whole(Buffer.from(''), { format: 'jsonl', columns: { '$.a': 'deSSN' } });
    expect([outcome.is, world.output(KEY)]).toEqual(['protected', '']);
  });

  test('unprotects what it has protected', async () => {
    const { world } = await whole(people(30));
    const back = new ObjectWorldInMemory();
    back.objects.set(KEY, world.outputs.get(KEY)!.body);
    await back.work({ operation: 'unprotect' }).run(KEY);
    expect(back.output(KEY)).toBe(people(30).toString());
  });

  test('begins anew under another policy version, and an output is never of two', async () => {
    const world = new ObjectWorldInMemory();
    world.objects.set(KEY, people(40));
    const plan = await world.work().plan(KEY);
    if (plan.is !== 'begun') throw new Error('not begun');
    await world.work().range(KEY, plan.tag, 0);
    const newer = compiledPolicy(undefined, {}, '8');
    await expect(world.work({}, newer).range(KEY, plan.tag, 1)).rejects.toMatchObject({ code: 'FILES_OVERTAKEN' });
    await expect(world.work({}, newer).finish(KEY, plan.tag)).rejects.toMatchObject({ code: 'FILES_OVERTAKEN' });
    expect(await world.work({}, newer).run(KEY)).toMatchObject({ is: 'protected', rows: 40 });
    expect(new Set(world.records().map(({ additional_info: { policy_version: version } }) => version))).toEqual(
      new Set(['8']),
    );
    expect(world.uploads.size).toBe(0);
  });

  test('leaves an object alone that was replaced while it was read; the new one is work of its own', async () => {
    const world = new ObjectWorldInMemory();
    world.objects.set(KEY, people(40));
    const plan = await world.work().plan(KEY);
    if (plan.is !== 'begun') throw new Error('not begun');
    world.objects.set(KEY, people(41));
    expect(await world.work().finish(KEY, plan.tag)).toMatchObject({ is: 'absent' });
    expect([world.outputs.size, world.uploads.size, world.lines.length]).toEqual([0, 0, 0]);
    expect(await world.work().run(KEY, plan.tag)).toMatchObject({ is: 'absent' });
    expect(await world.work().run(KEY)).toMatchObject({ is: 'protected', rows: 41 });
  });

  test('uploads again what is gone, before and after the records, and records once', async () => {
    for (const at of ['put part', 'append']) {
      const world = new ObjectWorldInMemory();
      world.objects.set(KEY, people(40));
      let lost = 0;
      world.trouble = (call, when) => {
        if (call === at && when === 'before' && lost++ === 0) world.uploads.clear();
      };
      // oxlint-disable-next-line no-await-in-loop -- two
      expect(await world.work().run(KEY)).toMatchObject({ is: 'protected', rows: 40, values: 40 });
      expect([world.lines.length, world.uploads.size]).toEqual([1, 0]);
    }
  });
});

describe('ranges', () => {
  test.each([
    ['rows of one line', people(60), {}],
    ['a last row without a line end', people(60).subarray(0, -1), {}],
    ['line ends of two bytes', Buffer.from(people(60).toString().replaceAll('\n', '\r\n')), {}],
    ['line ends of carriage returns alone', Buffer.from(people(60).toString().replaceAll('\n', '\r')), {}],
    [
      'line feeds inside quotes',
      Buffer.from(
        people(60)
          .toString()
          .replaceAll(/x(\d+)/g, '"a\nb\n""c"",$1\n"'),
      ),
      {},
    ],
    [
      'quotes that look like rows',
      Buffer.from(
        people(60)
          .toString()
          .replaceAll(/x(\d+)/g, '"\n9,123456789,x\n"'),
      ),
      {},
    ],
    ['a row that is longer than a range', Buffer.from(people(30).toString().replace('x7\n', `${long}${long}\n`)), {}],
    [
      'blank lines and comments',
      Buffer.from(people(60).toString().replaceAll('\n', '\n\n#c\n')),
      { csv: { comment: '#', skip: 0 } },
    ],
    ['JSON lines', json(40), { format: 'jsonl', columns: { '$.a.ssn': 'deSSN' } }],
  ])('of %s make the output of one task', async (_, body, change) => {
    const header = body.toString().includes('\n#c\n') ? Buffer.from(body.toString().slice(body.indexOf('id'))) : body;
    for (const rejects of ['fail', 'list']) {
      const job = { ...change, rejects };
      // oxlint-disable-next-line no-await-in-loop -- two
      expect(await found(header, job)).toEqual(await expected(header, job));
    }
  });

  test('of every size make the output of one task', async () => {
    const body = Buffer.from(
      people(12)
        .toString()
        .replaceAll(/x(\d+)/g, '"a\n,""$1\n"'),
    );
    const job = { rejects: 'list' };
    const undivided = await expected(body, job);
    for (let rangeBytes = 20; rangeBytes < 90; rangeBytes++) {
      const sizes = { ...SMALL, rangeBytes, pieceBytes: 16, partBytes: 8, minPartBytes: 0 };
      const world = new ObjectWorldInMemory();
      world.objects.set(KEY, body);
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const plan = await world.work(job, undefined, sizes).plan(KEY);
      if (plan.is !== 'begun') throw new Error('not begun');
      for (let index = 0; index < plan.ranges; index++) {
        // oxlint-disable-next-line no-await-in-loop -- one after another
        await world.work(job, undefined, sizes).range(KEY, plan.tag, index);
      }
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const outcome = await world.work(job, undefined, sizes).finish(KEY, plan.tag);
      expect([rangeBytes, world.output(KEY), [outcome.rows, outcome.values, outcome.rejected]]).toEqual([
        rangeBytes,
        ...undivided,
      ]);
      expect(world.lines).toHaveLength(1);
    }
  });

  test('say where a refused row is', async () => {
    const bad = people(60, (row) => (row === 40 ? '12' : String(100_000_000 + row)));
    const { outcome, world } = await inRanges(bad);
    expect(outcome).toMatchObject({ is: 'refused', refusal: { code: 'INPUT_TOO_SHORT', from: expect.any(Number) } });
    const { row = 0, from = 0 } = outcome.refusal!;
    expect(bad.subarray(from).toString().split('\n')[row]).toBe('40,12,x40');
    expect(world.records()).toHaveLength(1);
  });

  test('that hold no more than a stub of a part are refused, because S3 joins none', async () => {
    const bad = people(60, (row) => (row > 8 ? '12' : String(100_000_000 + row)));
    const { outcome } = await inRanges(bad, { rejects: 'list' });
    expect(outcome).toMatchObject({ is: 'protected', rejected: 51 });
    const stub = people(60, (row) => (row > 8 && row !== 20 ? '12' : String(100_000_000 + row)));
    const one = await inRanges(stub, { rejects: 'list' }, { ...SMALL, minPartBytes: 24 });
    expect(one.outcome).toMatchObject({ is: 'refused', refusal: { code: 'FILES_LAYOUT' } });
  });

  test('are not made of what is packed: one task reads it from its beginning', async () => {
    const world = new ObjectWorldInMemory();
    world.objects.set(KEY, gzipSync(people(200)));
    expect(await world.work().plan(KEY)).toMatchObject({ is: 'begun', ranges: 1 });
  });
});
