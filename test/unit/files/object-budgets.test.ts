// Jobs that unprotect objects, under a policy with budgets.
import { expect, test } from '@jest/globals';
import { LeasedBudgets } from '../../../lib/protect/budgets.ts';
import { MemoryBudgetStore } from '../../support/budget-store.ts';
import { ObjectWorldInMemory, people, SMALL } from '../../support/object-world.ts';
import { compiledPolicy, POLICY } from '../../support/policy.ts';

const KEY = 'people/x.csv';
const ROWS = 40;
const UNPROTECT = { operation: 'unprotect' };

/** A policy under which each user sees so many values a day. */
function limited(limit: number): ReturnType<typeof compiledPolicy> {
  const roles = POLICY.roles.map((role) => ({ ...role, maxUnprotectPerDay: limit }));
  return compiledPolicy({ ...POLICY, roles });
}

interface Counted {
  readonly world: ObjectWorldInMemory;
  readonly store: MemoryBudgetStore;
}

/** Another execution environment over the same store of counts. */
function environment(store: MemoryBudgetStore): LeasedBudgets {
  return new LeasedBudgets({ store, elapsedMs: () => 0, sleep: () => Promise.resolve(), random: () => 0.5 });
}

function counted(): Counted {
  const [world, store] = [new ObjectWorldInMemory(), new MemoryBudgetStore()];
  world.objects.set(KEY, people(ROWS));
  world.budgets = environment(store);
  return { world, store };
}

test('an object within the budget is unprotected, and its values are counted', async () => {
  const { world, store } = counted();
  const outcome = await world.work(UNPROTECT, limited(1000)).run(KEY);
  expect(outcome).toMatchObject({ is: 'protected', values: ROWS });
  expect(store.taken).toBeGreaterThanOrEqual(ROWS);
});

test('an object beyond the budget has no output, and the refusal is in the trail', async () => {
  const { world } = counted();
  const policy = limited(ROWS - 1);
  await expect(world.work(UNPROTECT, policy).run(KEY)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
  expect(world.outputs.size).toBe(0);
  expect(world.otherLines.map((line) => (JSON.parse(line) as { code: number }).code)).toEqual([201]);
  expect(world.lines).toEqual([]);
});

test('ranges of several environments share the budget, and the object that passes it has no output', async () => {
  const { world, store } = counted();
  const policy = limited(ROWS - 1);
  const plan = await world.work(UNPROTECT, policy, SMALL).plan(KEY);
  if (plan.is !== 'begun') throw new Error('not begun');
  const refused: unknown[] = [];
  for (let index = 0; index < plan.ranges; index++) {
    world.budgets = environment(store);
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await world
      .work(UNPROTECT, policy)
      .range(KEY, plan.tag, index)
      .catch((error: unknown) => refused.push(error));
  }
  expect(refused).toEqual([expect.objectContaining({ code: 'BUDGET_SPENT' })]);
  await expect(world.work(UNPROTECT, policy).finish(KEY, plan.tag)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
  expect([world.outputs.size, store.taken <= ROWS - 1]).toEqual([0, true]);
});

test('without a store of counts no job is carried out under such a policy', async () => {
  const { world } = counted();
  world.budgets = undefined;
  await expect(world.work(UNPROTECT, limited(1000)).run(KEY)).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
  await expect(world.work(UNPROTECT, limited(1000)).check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
  expect(world.outputs.size).toBe(0);
});
