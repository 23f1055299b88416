import { expect, test } from '@jest/globals';
import { SharedRuns } from '../../../lib/base/shared-runs.ts';

/** Runs that end when they are told to. */
function controlled() {
  const ends: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  let running = 0;
  let most = 0;
  const runs = new SharedRuns(async () => {
    most = Math.max(most, ++running);
    try {
      await new Promise<void>((resolve, reject) => ends.push({ resolve, reject }));
    } finally {
      running -= 1;
    }
  });
  return { runs, ends, most: () => most };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('calls during a run share the next one, and no two runs overlap', async () => {
  const { runs, ends, most } = controlled();
  const first = runs.next();
  const shared = [runs.next(), runs.next()];
  expect(runs.last()).toBe(shared[0]);
  expect(ends).toHaveLength(1);
  ends[0]!.resolve();
  await first;
  await turn();
  ends[1]!.resolve();
  await Promise.all(shared);
  expect([ends.length, most(), runs.idle]).toEqual([2, 1, true]);
});

test('a failure affects its own run only', async () => {
  const { runs, ends } = controlled();
  const [first, second] = [runs.next(), runs.next()];
  ends[0]!.reject(new Error('first'));
  await expect(first).rejects.toThrow('first');
  await turn();
  ends[1]!.resolve();
  await second;
});

test('a call between two runs joins the one that is about to begin', async () => {
  const { runs, ends, most } = controlled();
  const first = runs.next();
  const second = runs.next();
  const seen: boolean[] = [];
  // At every turn of the queue while one run gives way to the other.
  const watched = (async () => {
    for (let i = 0; i < 10; i++) {
      await Promise.resolve();
      if (ends.length < 2) seen.push(runs.idle, runs.next() === second);
    }
  })();
  ends[0]!.resolve();
  await first;
  await watched;
  await turn();
  ends[1]!.resolve();
  await second;
  expect(new Set(seen.filter((_, i) => i % 2 === 0))).toEqual(new Set([false]));
  expect(most()).toBe(1);
});

test('the last run is the current one if none waits, and a new one if none is running', async () => {
  const { runs, ends } = controlled();
  const first = runs.last();
  expect(runs.last()).toBe(first);
  ends[0]!.resolve();
  await first;
  expect(ends).toHaveLength(1);
});
