// `cdk deploy --revert-drift`: CloudFormation points the alias at the version that the template names, the first one,
// which has no policy.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { ALIAS, TestCloud } from '../../support/publication/world.ts';

let cloud: TestCloud;
let live: string[];
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.author(smallPolicy('first'));
  await (await cloud.agent()).run();
  live = versions();
});

const versions = (): string[] => cloud.functions.map((name) => cloud.aliasVersion(name));

/** As CloudFormation repairs drift. */
function revert(): void {
  for (const name of cloud.functions) cloud.model.updateAlias(name, ALIAS, { version: '1', description: '' });
}

/** Runs an agent; resolves to its outcome and its calls that change or ask functions. */
async function run(): Promise<{ outcome: unknown; calls: string[] }> {
  const calls: string[] = [];
  const agent = await cloud.agent({}, { before: (call) => void calls.push(call) });
  const outcome = await agent.run();
  return { outcome, calls: calls.filter((call) => /publish|invoke|move|setLayers/.test(call)) };
}

describe('an alias at the version of the template', () => {
  test('answers no request: the first version refuses, because it has no policy', async () => {
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
    revert();
    cloud.model.getFunctionConfiguration('redshift-a', '1'); // its start ends
    expect(await cloud.ask('redshift-a')).not.toMatchObject({ success: true });
  });

  test('returns to the live version with the next run, without a new version', async () => {
    revert();
    expect(await run()).toEqual({
      outcome: { kind: 'unchanged', live: 1 },
      calls: ['aliases.move', 'aliases.move'],
    });
    expect(versions()).toEqual(live);
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
    expect((await run()).calls).toEqual([]);
  });

  test('returns although the last upload has failed', async () => {
    await cloud.author(smallPolicy('breaks', 1, ['dePoisonBreaks']));
    expect((await run()).outcome).toMatchObject({ kind: 'undone', live: 1 });
    revert();
    await run();
    expect(versions()).toEqual(live);
  });

  test('returns before there is a policy to the version with the audit signing key', async () => {
    cloud = new TestCloud();
    await run();
    const prepared = versions();
    revert();
    await run();
    expect(versions()).toEqual(prepared);
    expect(prepared).not.toContain('1');
  });

  test('of a function that was made anew does not return to a version of the same number: it gets a new one', async () => {
    cloud.deploy('redshift-a');
    const { model } = cloud;
    model.updateCode('redshift-a', 'code-2');
    model.publishVersion('redshift-a', undefined, 'not ours');
    expect(live[0]).toBe('2');
    expect((await run()).outcome).toMatchObject({ kind: 'redeployed' });
    expect(versions()).toEqual(['3', '2']);
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
  });
});

test('an alias that another party moved to a version with a policy stays', async () => {
  await cloud.author(smallPolicy('second'));
  await run();
  const [first, second] = [live, versions()];
  cloud.model.updateAlias('redshift-a', ALIAS, { version: first[0]!, description: 'by hand' });
  expect((await run()).calls).toEqual([]);
  expect(versions()).toEqual([first[0], second[1]]);
});

test('an agent that was overtaken returns no alias', async () => {
  const agent = await cloud.agent(
    {},
    {
      after: async (call) => {
        if (call !== 'functions.configuration' || versions()[0] !== '1') return;
        // Another agent has published meanwhile; CloudFormation then pointed the alias at the first version.
        await cloud.author(smallPolicy('second'));
        await (await cloud.agent()).run();
      },
    },
  );
  revert();
  await agent.run();
  expect((await cloud.journal()).live).toBe(2);
  expect(versions()).not.toContain(live[0]);
});
