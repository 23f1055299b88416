// Functions on Lambda Managed Instances: a version answers only while it has environments, which cost whether it is called or not.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentOutcome, AgentRequest } from '../../../lib/publication/agent.ts';
import { PublicationError } from '../../../lib/publication/errors.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { ALIAS, ENVIRONMENTS, type Hooks, TestCloud } from '../../support/publication/world.ts';

let cloud: TestCloud;
beforeEach(() => {
  cloud = new TestCloud({ instances: true });
});

const run = async (request?: AgentRequest, hooks: Hooks = {}): Promise<AgentOutcome> =>
  (await cloud.agent({}, hooks)).run(request);
const NONE = { least: 0, most: 0 };
/** Version → its environments, of one function. */
const scaling = (name = 'redshift-a'): unknown =>
  Object.fromEntries([...cloud.model.functions.get(name)!.versions].map(([version, one]) => [version, one.scaling]));

async function publish(name: string): Promise<AgentOutcome> {
  await cloud.author(smallPolicy(name));
  return run();
}

describe('a publication', () => {
  test('starts the environments of its versions before it asks them, and callers never reach a version without any', async () => {
    const hooks = { before: (call: string) => void (call === 'invoker.invoke' && order.push('asked')) };
    const order: string[] = [];
    await cloud.author(smallPolicy('first'));
    expect(await run(undefined, hooks)).toEqual({ kind: 'published', live: 1 });
    expect(order).toContain('asked');
    for (const name of cloud.functions) {
      expect(scaling(name)).toEqual({ 1: NONE, 2: ENVIRONMENTS });
      expect(await cloud.ask(name)).toMatchObject({ success: true });
    }
  });

  test('leaves the last live version running for requests under way; the next run stops it', async () => {
    await publish('first');
    await publish('second');
    expect(scaling()).toEqual({ 1: NONE, 2: ENVIRONMENTS, 3: ENVIRONMENTS });
    await run();
    expect(scaling()).toEqual({ 1: NONE, 2: NONE, 3: ENVIRONMENTS });
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
  });

  test('waits for minutes until the instances are there', async () => {
    cloud.model.startReads = 300;
    expect(await publish('first')).toEqual({ kind: 'published', live: 1 });
  });

  test('that is taken back leaves nothing running after the next run but the live version', async () => {
    await publish('first');
    await cloud.author(smallPolicy('breaks', 1, ['dePoisonBreaks']));
    expect(await run()).toMatchObject({ kind: 'undone', live: 1 });
    await run();
    expect(scaling()).toEqual({ 1: NONE, 2: ENVIRONMENTS, 3: NONE });
  });
});

describe('a rollback', () => {
  test('starts the version that was stopped, and moves the alias when it runs', async () => {
    await publish('first');
    await publish('second');
    await run();
    expect(await run({ kind: 'rollback' })).toEqual({ kind: 'rolled-back', live: 1 });
    expect(cloud.aliasVersion('redshift-a')).toBe('2');
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
    await run();
    expect(scaling()).toEqual({ 1: NONE, 2: ENVIRONMENTS, 3: NONE });
  });
});

describe('a run without anything to publish', () => {
  test('gives the live version its environments when it lost them, or when others are configured', async () => {
    await publish('first');
    for (const lost of [NONE, { least: 9, most: 9 }]) {
      cloud.model.putScaling('redshift-a', '2', lost);
      cloud.model.getFunctionConfiguration('redshift-a', '2'); // the change ends
      await run(); // oxlint-disable-line no-await-in-loop -- one after another
      expect(scaling()).toMatchObject({ 2: ENVIRONMENTS });
      cloud.model.getFunctionConfiguration('redshift-a', '2');
    }
  });

  test('changes nothing when all is well', async () => {
    await publish('first');
    await run();
    const before = scaling();
    cloud.model.putScaling = () => {
      throw new Error('changed');
    };
    expect(await run()).toEqual({ kind: 'unchanged', live: 1 });
    expect(scaling()).toEqual(before);
  });

  test('leaves a version running that another party points the alias at', async () => {
    await publish('first');
    await publish('second');
    cloud.model.updateAlias('redshift-a', ALIAS, { version: '2', description: 'by hand' });
    await run();
    expect(scaling()).toMatchObject({ 2: ENVIRONMENTS, 3: ENVIRONMENTS });
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
  });

  test('stops no version once another agent has begun to publish', async () => {
    await publish('first');
    await publish('second');
    // After both aliases were read, a rollback makes the idle version live.
    let asked: number | undefined;
    await run(undefined, {
      after: async (call) => {
        if (call === 'capacity.running') asked = 0;
        if (call !== 'aliases.get' || asked === undefined || ++asked !== 2) return;
        await run({ kind: 'rollback' });
      },
    });
    expect(asked).toBeGreaterThanOrEqual(2);
    expect(cloud.aliasVersion('redshift-a')).toBe('2');
    expect(scaling()).toMatchObject({ 2: ENVIRONMENTS });
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
  });
});

const refuse = (method: string): Hooks => ({
  before: (call) => {
    if (call === `capacity.${method}`) throw new PublicationError('PUBLICATION_REFUSED', 'Lambda failed: AccessDenied');
  },
});

describe('an agent that is refused', () => {
  test('to start environments undoes the publication, and says so once', async () => {
    await publish('first');
    await cloud.author(smallPolicy('second'));
    expect(await run(undefined, refuse('start'))).toMatchObject({
      kind: 'undone',
      live: 1,
      reason: 'Lambda failed: AccessDenied',
    });
    const published = [...cloud.model.functions.get('redshift-a')!.versions].length;
    await run(undefined, refuse('start'));
    expect(cloud.model.functions.get('redshift-a')!.versions.size).toBe(published);
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
  });

  test.each(['running', 'stop'])('%s leaves old versions running, and publishes all the same', async (method) => {
    await publish('first');
    await cloud.author(smallPolicy('second'));
    expect(await run(undefined, refuse(method))).toEqual({ kind: 'published', live: 2 });
    expect(await run(undefined, refuse(method))).toEqual({ kind: 'unchanged', live: 2 });
    expect(scaling()).toMatchObject({ 2: ENVIRONMENTS, 3: ENVIRONMENTS });
  });
});
