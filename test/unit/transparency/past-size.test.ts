import { describe, expect, test } from '@jest/globals';
import { checkpointPath, NEWEST_CHECKPOINT } from '../../../lib/transparency/layout.ts';
import { readNewest, sizeBefore } from '../../../lib/transparency/past-size.ts';
import { fixedLog } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const START_S = 1_800_000_000;

/** A log with one entry a commit; commit `i` is of `START_S + 100 * i`. */
async function logOf(commits: number): Promise<MemoryTileStore> {
  const store = new MemoryTileStore();
  let now = START_S - 100;
  const log = fixedLog(store, { nowMs: () => (now += 100) * 1000 });
  let head = await log.open();
  for (let i = 0; i < commits; i++) {
    // oxlint-disable-next-line no-await-in-loop -- one commit after another
    ({ head } = await log.commit(head, [Buffer.from(`entry ${i}`)]));
  }
  return store;
}

describe('the size of a log before a time', () => {
  test.each([0, 1, 2, 3, 7, 8])('is that of the last checkpoint before it, in a log of %i checkpoints', async (n) => {
    const store = await logOf(n);
    const newest = await readNewest(store);
    expect(newest?.size).toBe(n === 0 ? undefined : n);
    if (newest === undefined) return;
    for (let i = 0; i <= n; i++) {
      const at = START_S + 100 * i;
      // oxlint-disable-next-line no-await-in-loop -- a handful
      expect([await sizeBefore(store, newest, at), await sizeBefore(store, newest, at + 1)]).toEqual([
        i,
        Math.min(n, i + 1),
      ]);
    }
    expect(await sizeBefore(store, newest, Number.NEGATIVE_INFINITY)).toBe(0);
  });

  test('is no guess when a checkpoint is gone', async () => {
    const store = await logOf(8);
    const newest = await readNewest(store);
    await store.remove(checkpointPath(3));
    await expect(sizeBefore(store, newest!, START_S + 500)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });
});

test('the newest checkpoint is found behind an outdated one', async () => {
  const store = await logOf(3);
  await store.replace(NEWEST_CHECKPOINT, store.objects.get(checkpointPath(0))!);
  expect(await readNewest(store)).toMatchObject({ number: 2, size: 3 });
});
