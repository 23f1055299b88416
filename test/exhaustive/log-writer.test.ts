// Writers of a log that die anywhere, and writers at the same time.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { append, batchOf, entriesOf, faultsOf, text } from '../support/log-writing.ts';
import { fixedLog } from '../support/log.ts';
import { diesAt, MemoryTileStore, watched } from '../support/memory-tile-store.ts';

/** The calls of the store that one commit of this many entries behind these makes. */
async function callsOf(before: number, count: number): Promise<number> {
  const memory = new MemoryTileStore();
  await append(fixedLog(memory), batchOf('before', before));
  let calls = 0;
  const store = watched(memory, (_, __, number) => {
    calls = number;
  });
  await append(fixedLog(store), batchOf('x', count));
  return calls;
}

describe('a crash', () => {
  const CASES = [
    [0, 1],
    [250, 300],
    [255, 1],
    [3, 0],
  ] as const;

  test.each(CASES)(
    'before or after any call of the store, %i entries there and %i to come: the next run goes on, nothing forks',
    async (before, count) => {
      const calls = await callsOf(before, count);
      expect(calls).toBeGreaterThan(8);
      for (let at = 1; at <= calls; at++) {
        for (const happens of [false, true]) {
          const memory = new MemoryTileStore();
          await append(fixedLog(memory), batchOf('before', before));
          const store = happens ? watched(memory, diesAt(at + 1), diesAt(at)) : watched(memory, diesAt(at));
          await expect(append(fixedLog(store), batchOf('x', count))).rejects.toMatchObject({
            code: 'LOG_STORE_UNAVAILABLE',
          });
          // The next run has something else to add.
          await append(fixedLog(memory), batchOf('y', 2));
          const entries = await entriesOf(memory);
          const lost = [...batchOf('before', before), ...batchOf('y', 2)].map(text);
          const whole = [...batchOf('before', before), ...batchOf('x', count), ...batchOf('y', 2)].map(text);
          expect([lost, whole]).toContainEqual(entries);
          expect(await faultsOf(memory)).toEqual([]);
          expect([...memory.objects.keys()].filter((path) => path.startsWith('pending/'))).toEqual([]);
        }
      }
    },
    60_000,
  );
});

describe('writers at the same time', () => {
  test('add everything once in any order of their calls, and the log does not fork', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, writers) => {
        const memory = new MemoryTileStore();
        await append(fixedLog(memory), batchOf('before', 254));
        const store = watched(memory, (call, path) => scheduler.schedule(Promise.resolve(), `${call} ${path}`));
        const all = Array.from({ length: writers }, (_, w) => append(fixedLog(store), batchOf(`w${w}/`, 3)));
        await scheduler.waitFor(Promise.all(all));
        const names = await entriesOf(memory);
        expect(names.slice(0, 254)).toEqual(batchOf('before', 254).map(text));
        const added = names.slice(254);
        expect(added.toSorted()).toEqual(
          Array.from({ length: writers }, (_, w) => batchOf(`w${w}/`, 3).map(text)).flat(),
        );
        for (let w = 0; w < writers; w++) {
          expect(added.filter((name) => name.startsWith(`w${w}/`))).toEqual(batchOf(`w${w}/`, 3).map(text));
        }
        expect(await faultsOf(memory)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
