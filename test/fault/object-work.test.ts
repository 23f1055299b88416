// Tasks on objects that die at every call, before it has happened or with its answer lost, that are repeated, and that run at the same time:
// the output is that of an undisturbed task, and the trail says the same of it, once.
import { describe, expect, test } from '@jest/globals';
import { Died, ObjectWorldInMemory, people } from '../support/object-world.ts';

const KEY = 'people/x.csv';
const BODY = people(30, (row) => (row === 17 ? '12' : String(100_000_000 + row)));

interface Left {
  readonly output: string | undefined;
  readonly rejects: string | undefined;
  readonly records: readonly unknown[];
  /** Stage and outcome of each work. */
  readonly stages: readonly string[];
}

function worldWith(body = BODY): ObjectWorldInMemory {
  const world = new ObjectWorldInMemory();
  world.objects.set(KEY, body);
  return world;
}

function left(world: ObjectWorldInMemory): Left {
  const documents = [...world.documents].map(([key, { body }]) => [key, body.toString()] as const);
  return {
    output: world.output(KEY),
    rejects: documents.find(([key]) => key.startsWith('rejects/'))?.[1],
    // What a record says, without its place in time.
    records: world.records().map(({ cnt, correlationid, protection, signature: { chain_id: chain, sequence } }) => {
      return [cnt, correlationid, protection.audit_code, chain, sequence];
    }),
    stages: documents
      .filter(([key]) => key.startsWith('work/'))
      .map(([, text]) => JSON.parse(text) as { stage: string; outcome: string })
      .map(({ stage, outcome }) => `${stage} ${outcome}`),
  };
}

/** Runs tasks until one ends, as a service that repeats them does. */
async function untilDone(world: ObjectWorldInMemory, change: object): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- attempts follow one another
      await world.work(change).run(KEY);
      return attempt;
    } catch (error) {
      // What a task may be repeated for.
      const { code } = error as { code?: string };
      if (!['DIED', 'FILES_OVERTAKEN'].includes(String(code)) || attempt === 5) throw error;
    }
  }
}

/** Lets call number `at` fail, once. */
function dieAt(world: ObjectWorldInMemory, at: number, when: 'before' | 'after'): void {
  let call = 0;
  world.trouble = (_, now) => {
    if (now === when && call++ === at) throw new Died('DIED', 'the task died');
  };
}

describe.each([
  ['a job that lists bad rows', { rejects: 'list' }],
  ['a job that is refused', {}],
])('%s', (_, change) => {
  test.each(['before', 'after'] as const)('is repeated, having died %s any of its calls', async (when) => {
    const calm = worldWith();
    await calm.work(change).run(KEY);
    const calls = calm.calls.length;
    expect(calls).toBeGreaterThan(15);
    for (let at = 0; at < calls; at++) {
      const world = worldWith();
      dieAt(world, at, when);
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect([calm.calls[at], await untilDone(world, change)]).toEqual([calm.calls[at], expect.any(Number)]);
      expect([calm.calls[at], left(world)]).toEqual([calm.calls[at], left(calm)]);
    }
  });

  test('runs twice at the same time, at every distance', async () => {
    const calm = worldWith();
    await calm.work(change).run(KEY);
    for (let at = 0; at < calm.calls.length; at++) {
      const world = worldWith();
      let call = 0;
      let second: Promise<number> | undefined;
      world.trouble = (__, when) => {
        if (when !== 'before' || call++ !== at) return;
        second = untilDone(world, change);
        second.catch(() => {});
      };
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await untilDone(world, change);
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await second;
      expect([at, left(world)]).toEqual([at, left(calm)]);
    }
  });
});

test('the same line may be written twice, and is then the same byte for byte', async () => {
  const world = worldWith();
  let lost = 0;
  world.trouble = (call, when) => {
    if (call === 'append' && when === 'after' && lost++ === 0) throw new Died('DIED', 'the answer is lost');
  };
  await untilDone(world, { rejects: 'list' });
  expect(world.lines).toHaveLength(2 * world.records().length);
});

test('nothing of an upload stays behind a task that was repeated', async () => {
  const world = worldWith();
  dieAt(world, 15, 'after');
  await untilDone(world, { rejects: 'list' });
  expect(world.uploads.size).toBe(0);
});
