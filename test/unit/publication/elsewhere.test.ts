// A deployment that adopts the documents of another one, of a lost Region or before a tear down: the journal names layers and
// function versions that it does not have.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';

let there: TestCloud;
beforeEach(async () => {
  const first = new TestCloud();
  for (const name of ['one', 'two']) {
    // oxlint-disable no-await-in-loop -- one version after another
    await first.author(smallPolicy(name));
    await (await first.agent()).run();
    // oxlint-enable no-await-in-loop
  }
  there = new TestCloud({ keys: first.keys, documents: first.documents });
});

const run = async (...request: Parameters<Awaited<ReturnType<TestCloud['agent']>>['run']>) =>
  (await there.agent()).run(...request);

describe('a deployment with the documents of another one', () => {
  test('serves the live policy without an author, with the layer that it makes of the documents', async () => {
    expect(await run()).toEqual({ kind: 'redeployed', live: 2 });
    expect(await there.ask('redshift-a')).toMatchObject({ success: true });
    expect(await run()).toEqual({ kind: 'unchanged', live: 2 });
  });

  test('rolls back to a policy that was live in the other one, and plans no version that it lacks', async () => {
    await run();
    const { functions } = await (await there.agent()).planRollback();
    expect(functions.filter((one) => one.to !== undefined)).toEqual([]);
    expect(await run({ kind: 'rollback' })).toEqual({ kind: 'rolled-back', live: 1 });
    expect(await there.ask('redshift-a')).toMatchObject({ success: true });
  });
});
