// What was live when, and the policies of then.
import { describe, expect, test } from '@jest/globals';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';

const DAY_MS = 86_400_000;

/** Publishes three policies a day apart, and goes back to the second on the fourth day. */
async function deployment() {
  const cloud = new TestCloud();
  const startMs = cloud.nowMs;
  for (const role of ['one', 'two', 'three']) {
    // oxlint-disable no-await-in-loop -- one after another
    await cloud.author({ ...(smallPolicy(role) as object), users: ['test_user'] });
    await (await cloud.agent()).run();
    // oxlint-enable no-await-in-loop
    cloud.nowMs += DAY_MS;
  }
  await (await cloud.agent()).run({ kind: 'rollback' });
  return { cloud, agent: await cloud.agent(), startMs };
}

describe('the history of a deployment', () => {
  test('says which version was live from when until when', async () => {
    const { agent, startMs } = await deployment();
    const spans = (await agent.history()).map(({ version, fromMs, untilMs }) => [
      version,
      (fromMs - startMs) / DAY_MS,
      untilMs === undefined ? undefined : (untilMs - startMs) / DAY_MS,
    ]);
    expect(spans).toEqual([
      [1, 0, 1],
      [2, 1, 2],
      [3, 2, 3],
      [2, 3, undefined],
    ]);
  });

  test.each([
    ['now', {}, 'two', 3],
    ['the time of the first day', { atDays: 0.5 }, 'one', 0],
    ['the moment of a change', { atDays: 2 }, 'three', 2],
    ['a version', { version: 3 }, 'three', 2],
    ['a version that was live twice', { version: 2 }, 'two', 3],
    ['a version before it was rolled back', { version: 2, atDays: 1.5 }, 'two', 1],
  ] as const)('gives the policy of %s as it was authored', async (_, which, role, fromDays) => {
    const { agent, startMs } = await deployment();
    const atMs = 'atDays' in which ? startMs + which.atDays * DAY_MS : undefined;
    const found = await agent.policyLived({ version: 'version' in which ? which.version : undefined, atMs });
    expect(found.policy).toEqual(parsePolicy({ ...(smallPolicy(role) as object), users: ['test_user'] }));
    expect((found.fromMs - startMs) / DAY_MS).toBe(fromDays);
  });

  test.each([
    ['of a time before the first', { atMs: 5 }],
    ['of a version that never was', { version: 9 }],
  ])('has no policy %s', async (_, which) => {
    const { agent } = await deployment();
    await expect(agent.policyLived(which)).rejects.toMatchObject({ code: 'PUBLICATION_REFUSED' });
  });

  test('does not grow by a new build of the functions', async () => {
    const { cloud, agent } = await deployment();
    cloud.model.updateCode('redshift-a', 'a build of today');
    expect(await agent.run()).toEqual({ kind: 'redeployed', live: 2 });
    expect(await agent.history()).toHaveLength(4);
  });

  test('begins empty in the journal of an earlier release', async () => {
    const { cloud } = await deployment();
    const { history: _, ...before } = await cloud.journal();
    const documents = cloud.documents as unknown as { put(name: string, text: string): void };
    documents.put('publication/journal.json', JSON.stringify(before));
    expect(await (await cloud.agent()).history()).toEqual([]);
  });
});
