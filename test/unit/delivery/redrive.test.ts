import { beforeEach, describe, expect, test } from '@jest/globals';
import { DeadLetters } from '../../../lib/delivery/dead-letters.ts';
import type { Undelivered } from '../../../lib/delivery/deliver.ts';
import { redrive } from '../../../lib/delivery/redrive.ts';
import { MemorySink } from '../../support/memory-sink.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { stillClock } from '../../support/virtual-time.ts';

let store: MemoryStore;
let letters: DeadLetters;
let sink: MemorySink;
beforeEach(() => {
  store = new MemoryStore();
  letters = new DeadLetters(store, 'dead-letters/');
  sink = new MemorySink(10);
});

const letter = (id: string, timeMs: number): Undelivered => ({
  parcel: { id, timeMs, body: `{"id":"${id}"}` },
  kind: 'data',
  reason: 'refused',
  attempts: 1,
});
const run = (name?: string) => {
  const clock = stillClock();
  const options = { ...clock, deadlineMs: clock.nowMs() + 60_000, ...(name !== undefined && { name }) };
  return redrive(letters, sink, options);
};
const keys = (): readonly string[] => [...store.objects.keys()].toSorted();

async function kept(name?: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const lane of name === undefined ? await letters.lanes() : [name]) {
    for await (const bundle of letters.of(lane)) found.push(...(bundle.letters ?? [bundle.key]));
  }
  return found;
}

const idsOf = async (name?: string) => (await kept(name)).map((one) => (one as Undelivered).parcel.id);

describe('dead letters', () => {
  test('keep each parcel with its reason, its sink and the time of giving up', async () => {
    await letters.keep('memory', [letter('a', 5), letter('b', 3)], 99);
    expect(await kept()).toEqual([
      { ...letter('a', 5), sink: 'memory', timeMs: 99 },
      { ...letter('b', 3), sink: 'memory', timeMs: 99 },
    ]);
    expect(keys()).toEqual([expect.stringMatching(/^dead-letters\/memory\/0000000000000003-[0-9a-f]{32}\.jsonl$/)]);
  });

  test('replace the same letters of the same sink, and write nothing for none', async () => {
    await letters.keep('memory', [], 1);
    expect(keys()).toEqual([]);
    await letters.keep('memory', [letter('a', 5)], 1);
    await letters.keep('memory', [letter('a', 5)], 2);
    await letters.keep('other', [letter('a', 5)], 2);
    expect(keys()).toHaveLength(2);
  });

  test('are read oldest first, of one sink or of all', async () => {
    await letters.keep('memory', [letter('late', 1_000)], 1);
    await letters.keep('memory', [letter('early', 20)], 1);
    await letters.keep('other', [letter('other', 1)], 1);
    expect(await idsOf('memory')).toEqual(['early', 'late']);
    expect(await idsOf()).toEqual(['early', 'late', 'other']);
  });
});

describe('a redrive', () => {
  test('delivers the letters, oldest first, and removes them', async () => {
    await letters.keep('memory', [letter('b', 20)], 1);
    await letters.keep('memory', [letter('a', 10)], 1);
    expect(await run()).toEqual({ delivered: 2, left: {}, unreadable: [] });
    expect(sink.received).toEqual(['a', 'b']);
    expect(keys()).toEqual([]);
  });

  test('keeps anew the letters that the sink still refuses, and counts them by reason', async () => {
    await letters.keep('memory', [letter('a', 10), letter('b', 11), letter('c', 12)], 1);
    sink.refuses = (id) => id !== 'b';
    expect(await run()).toEqual({ delivered: 1, left: { refused: 2 }, unreadable: [] });
    expect(await idsOf()).toEqual(['a', 'c']);
  });

  test('leaves an object of which nothing was delivered as it is, and goes on', async () => {
    await letters.keep('memory', [letter('a', 10)], 1);
    await letters.keep('memory', [letter('b', 20)], 1);
    const [first] = keys();
    sink.refuses = (id) => id === 'a';
    expect(await run()).toEqual({ delivered: 1, left: { refused: 1 }, unreadable: [] });
    expect(keys()).toEqual([first]);
    expect(await kept()).toMatchObject([{ timeMs: 1 }]);
  });

  test('ends at the first object when the sink does not work', async () => {
    await letters.keep('memory', [letter('a', 10)], 1);
    await letters.keep('memory', [letter('b', 20)], 1);
    sink.mood = () => ({ takes: 0, says: 'config' });
    expect(await run()).toEqual({ delivered: 0, left: { config: 1 }, unreadable: [] });
    expect(sink.calls).toBe(1);
    expect(keys()).toHaveLength(2);
  });

  test.each(['{', '{}\n', '[]\n', '{"parcel":{"id":1,"body":"","timeMs":0}}\n', '{"parcel":{"id":"a","timeMs":0}}\n'])(
    'names an object that holds %j instead of letters, leaves it, and goes on',
    async (body) => {
      await store.put('dead-letters/memory/0-x.jsonl', Buffer.from(body));
      await letters.keep('memory', [letter('a', 10)], 1);
      const unreadable = ['dead-letters/memory/0-x.jsonl'];
      expect(await run()).toEqual({ delivered: 1, left: {}, unreadable });
      expect(keys()).toEqual(unreadable);
    },
  );

  test('takes the letters kept under another name', async () => {
    await letters.keep('memory', [letter('a', 10)], 1);
    await letters.keep('acme@siem', [letter('b', 10)], 1);
    expect(await run('acme@siem')).toMatchObject({ delivered: 1 });
    expect(sink.received).toEqual(['b']);
  });
});
