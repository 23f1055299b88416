// How many values a user may see a day, with environments that share a count, race for it, and are killed.
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { type Claim, LeasedBudgets, type LeasedBudgetsOptions } from '../../../lib/protect/budgets.ts';
import { MemoryBudgetStore } from '../../support/budget-store.ts';

const NOON = Date.parse('2026-11-29T12:00:00Z');
const claim = (count: number, change: Partial<Claim> = {}): Claim => ({
  dataStore: 'D',
  user: 'ann',
  limit: 1000,
  count,
  nowMs: NOON,
  ...change,
});

let store: MemoryBudgetStore;
let elapsedMs: number;
beforeEach(() => {
  store = new MemoryBudgetStore();
  elapsedMs = 0;
});

const environment = (change: Partial<LeasedBudgetsOptions> = {}): LeasedBudgets =>
  new LeasedBudgets({
    store,
    elapsedMs: () => elapsedMs,
    sleep: (ms) => {
      elapsedMs += ms;
      return Promise.resolve();
    },
    random: () => 0.5,
    ...change,
  });

const outcome = (work: Promise<void>): Promise<string> =>
  work.then(
    () => 'taken',
    (error: unknown) => (error instanceof ProtectorError ? error.code : String(error)),
  );

describe('a budget', () => {
  test('is spent to the last value, and no further, until the next day in UTC', async () => {
    const one = environment();
    expect(await outcome(one.take(claim(999)))).toBe('taken');
    expect(await outcome(one.take(claim(2)))).toBe('BUDGET_SPENT');
    expect(await outcome(one.take(claim(1)))).toBe('taken');
    expect(await outcome(one.take(claim(1, { nowMs: Date.parse('2026-11-29T23:59:59.999Z') })))).toBe('BUDGET_SPENT');
    expect(await outcome(one.take(claim(1000, { nowMs: Date.parse('2026-11-30') })))).toBe('taken');
  });

  test('says the limit, what is left, what was asked, and when the count begins again', async () => {
    const one = environment();
    await one.take(claim(960));
    await expect(one.take(claim(1200, { limit: 2000 }))).rejects.toThrow(
      'the policy lets the user see 2,000 values a day (left: 1,040), and this batch has 1,200; the count begins again at 2026-11-30T00:00:00Z',
    );
  });

  test('is counted for each user and data store apart', async () => {
    const one = environment();
    await one.take(claim(1000));
    expect(await outcome(one.take(claim(1, { user: 'joe' })))).toBe('taken');
    expect(await outcome(one.take(claim(1, { dataStore: 'E' })))).toBe('taken');
    expect([...store.objects.keys()].every((key) => /^2026-11-29\/[0-9a-f]{64}\.json$/.test(key))).toBe(true);
    expect(store.objects.size).toBe(3);
  });

  test('goes on where another environment stopped, also one that was killed', async () => {
    await environment().take(claim(700));
    expect(await outcome(environment().take(claim(400)))).toBe('BUDGET_SPENT');
  });

  test('takes ahead at most one in 64 of the rest and four times the request, so that few calls reach the store', async () => {
    const one = environment();
    await one.take(claim(10, { limit: 100_000 }));
    expect(store.taken).toBe(50);
    for (let i = 0; i < 4; i++) await one.take(claim(10, { limit: 100_000 })); // oxlint-disable-line no-await-in-loop -- in turn
    expect(store.writes).toBe(1);
    await environment().take(claim(10, { limit: 694 }));
    expect(store.taken).toBe(50 + 10 + 9);
  });

  test('returns an unspent lease at the end, once, and what was given back', async () => {
    const one = environment();
    await one.take(claim(600));
    one.giveBack(claim(100));
    await one.close();
    expect(store.taken).toBe(500);
    await one.close();
    expect(store.taken).toBe(500);
  });

  test('returns a lease once although the reply to the return is lost', async () => {
    const one = environment();
    await one.take(claim(10, { limit: 100_000 }));
    store.reply = () => Promise.reject(new ProtectorError('STORE_CONFLICT', 'lost'));
    await one.close();
    expect(store.taken).toBe(10);
    expect(store.writes).toBe(2);
  });

  test('a lower limit ends a lease that lies beyond it', async () => {
    const one = environment();
    await one.take(claim(100, { limit: 100_000 }));
    expect(store.taken).toBe(500);
    expect(await outcome(one.take(claim(1, { limit: 400 })))).toBe('BUDGET_SPENT');
    expect(await outcome(one.take(claim(400, { limit: 100_000 })))).toBe('taken');
  });
});

describe('a store that fails', () => {
  test.each(['pause', 'reply'] as const)('shows no value when %s rejects, and counts again later', async (when) => {
    const one = environment();
    store[when] = () => Promise.reject(new ProtectorError('STORE_UNAVAILABLE', 'down'));
    expect(await outcome(one.take(claim(10)))).toBe('BUDGET_UNAVAILABLE');
    expect(elapsedMs).toBe(0);
    store[when] = () => Promise.resolve();
    expect(await outcome(one.take(claim(10)))).toBe('taken');
  });

  test.each(['', '{}', '{"taken":-1}\n', '{"taken":1e3}\n', '{"taken":1}\n\n'])(
    'shows no value for the count %j',
    async (text) => {
      const one = environment();
      await one.take(claim(1));
      const [object] = store.objects.values();
      object!.body = Buffer.from(text);
      expect(await outcome(environment().take(claim(1)))).toBe('BUDGET_UNAVAILABLE');
    },
  );

  test('is given up within the time that a request may wait for others', async () => {
    let others = 0;
    store.pause = async () => {
      for (const object of store.objects.values()) object.tag = `other ${others++}`;
    };
    await environment().take(claim(1));
    expect(await outcome(environment({ patienceMs: 1000 }).take(claim(1)))).toBe('BUDGET_UNAVAILABLE');
    expect(elapsedMs).toBeGreaterThan(0);
    expect(elapsedMs).toBeLessThanOrEqual(1000);
  });
});

/** A source of numbers that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('50 environments that race, are killed, shut down and lose replies never show more than the limit', async () => {
  const seen = { taken: 0, spent: 0, unavailable: 0, killed: 0, exhausted: 0 };
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 5000 }), async (seed, limit) => {
      const random = randomOf(seed);
      store = new MemoryBudgetStore();
      const turns = async (): Promise<void> => {
        for (let n = Math.floor(random() * 4); n > 0; n--) await Promise.resolve(); // oxlint-disable-line no-await-in-loop -- it waits
      };
      store.pause = async () => {
        await turns();
        if (random() < 0.01) throw new ProtectorError('STORE_UNAVAILABLE', 'down');
      };
      store.reply = async () => {
        await turns();
        if (random() < 0.02) throw new ProtectorError(random() < 0.5 ? 'STORE_CONFLICT' : 'STORE_UNAVAILABLE', 'lost');
      };
      const make = (): LeasedBudgets =>
        environment({ random, patienceMs: Number.POSITIVE_INFINITY, sleep: () => turns() });
      let shown = 0;
      const run = async (): Promise<void> => {
        let budgets = make();
        for (let i = 0; i < 12; i++) {
          const asked = claim(1 + Math.floor(random() * 40), { limit });
          // oxlint-disable-next-line no-await-in-loop -- an environment has one request at a time
          const how = await outcome(budgets.take(asked));
          if (how === 'taken' && random() < 0.9) shown += asked.count;
          else if (how === 'taken') budgets.giveBack(asked);
          seen[how === 'taken' ? 'taken' : how === 'BUDGET_SPENT' ? 'spent' : 'unavailable']++;
          const fate = random();
          if (fate < 0.1) {
            seen.killed++;
            budgets = make();
          } else if (fate < 0.2) {
            await budgets.close(); // oxlint-disable-line no-await-in-loop -- as above
            budgets = make();
          }
          if (store.taken > limit) throw new RangeError(`counted ${store.taken} of ${limit}`);
        }
      };
      await Promise.all(Array.from({ length: 50 }, run));
      if (shown > limit) throw new RangeError(`shown ${shown} of ${limit}`);
      if (shown > store.taken) throw new RangeError(`shown ${shown}, counted ${store.taken}`);
      if (store.taken === limit) seen.exhausted++;
    }),
    { numRuns: 60 },
  );
  expect(Object.values(seen).every((count) => count > 0)).toBe(true);
});

test('without kills and lost replies, 50 environments that shut down leave exactly what they have shown', async () => {
  const random = randomOf(7);
  store.pause = async () => {
    for (let n = Math.floor(random() * 4); n > 0; n--) await Promise.resolve(); // oxlint-disable-line no-await-in-loop -- it waits
  };
  const environments = Array.from({ length: 50 }, () => environment({ random, patienceMs: Number.POSITIVE_INFINITY }));
  let shown = 0;
  await Promise.all(
    environments.map(async (one) => {
      for (let i = 0; i < 5; i++) {
        const asked = claim(7, { limit: 100_000 });
        await one.take(asked); // oxlint-disable-line no-await-in-loop -- an environment has one request at a time
        shown += asked.count;
      }
    }),
  );
  for (const one of environments) await one.close(); // oxlint-disable-line no-await-in-loop -- returns that race are lost
  expect(shown).toBe(1750);
  expect(store.taken).toBe(shown);
});
