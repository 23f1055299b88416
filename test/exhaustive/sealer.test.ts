// The sealer under crashes, other writers and long files.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { LogError } from '../../lib/transparency/errors.ts';
import { chainLines } from '../support/chain-lines.ts';
import { diesAt, MemoryTileStore, watched } from '../support/memory-tile-store.ts';
import { findings, leavesOf, sealerOf } from '../support/sealing.ts';

describe('the sealer', () => {
  test('gives up after another writer came first a hundred times', async () => {
    const memory = new MemoryTileStore();
    const [line = ''] = await chainLines('a', 1);
    let others = 0;
    const contended = watched(memory, async (call, path) => {
      if (call !== 'create' || !path.startsWith('pending/')) return;
      others += 1;
      await sealerOf(memory).seal(await chainLines(`other-${others}`, 1));
    });
    await expect(sealerOf(contended).seal([line])).rejects.toMatchObject({ code: 'LOG_CONTENDED' });
    expect(others).toBe(100);
    expect(await leavesOf(memory)).not.toContain(line);
  }, 60_000);

  test('cuts a long file into several checkpoints', async () => {
    const store = new MemoryTileStore();
    const lines = await chainLines('a', 17_000);
    expect(await sealerOf(store).seal(lines)).toMatchObject({
      sealed: 17_000,
      checkpoint: { number: 1, size: 17_000 },
    });
  });

  test('continues after a crash before or after any call of the store: every record once, no fork', async () => {
    const lines = [...(await chainLines('a', 260)), ...(await chainLines('b', 4))];
    const prepared = new MemoryTileStore();
    await sealerOf(prepared).seal(lines.slice(0, 250));
    let calls = 0;
    const counting = watched(new MemoryTileStore(prepared.objects), (_, __, number) => {
      calls = number;
    });
    await sealerOf(counting).seal(lines);
    expect(calls).toBeGreaterThan(12);
    for (let at = 1; at <= calls; at++) {
      for (const happens of [false, true]) {
        const memory = new MemoryTileStore(prepared.objects);
        const store = happens ? watched(memory, diesAt(at + 1), diesAt(at)) : watched(memory, diesAt(at));
        const outcome: unknown = await sealerOf(store)
          .seal(lines)
          .catch((error: LogError) => error.code);
        expect([expect.objectContaining({ sealed: 14 }), 'LOG_STORE_UNAVAILABLE']).toContainEqual(outcome);
        await sealerOf(memory).seal(lines);
        expect([at, happens, await leavesOf(memory)]).toEqual([at, happens, lines]);
        expect(await findings(memory, lines)).toEqual([]);
      }
    }
  }, 60_000);

  test('seals every record once when two run concurrently, in any order of their calls', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((chain) => chainLines(chain, 4)));
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const memory = new MemoryTileStore();
        const store = watched(memory, (call, path) => scheduler.schedule(Promise.resolve(), `${call} ${path}`));
        const work = [sealerOf(store).seal([...a!, ...b!]), sealerOf(store).seal([...b!, ...c!])];
        await scheduler.waitFor(Promise.all(work));
        expect((await leavesOf(memory)).toSorted()).toEqual([...a!, ...b!, ...c!].toSorted());
        expect(await findings(memory)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
