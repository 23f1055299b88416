import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { policyAgentHandler } from '../../../functions/runtime/publish/policy-agent.ts';
import { PublicationError } from '../../../lib/publication/errors.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { type Hooks, TestCloud } from '../../support/publication/world.ts';

describe('the policy agent counts', () => {
  let cloud: TestCloud;
  let metrics: Record<string, unknown>[];

  beforeEach(() => {
    cloud = new TestCloud();
    metrics = [];
  });

  const wake = (event: unknown = {}): Promise<unknown> => {
    const handler = policyAgentHandler(
      () => cloud.environment(),
      () => {},
      (line) => metrics.push(JSON.parse(line)),
    );
    return handler(event, { awsRequestId: 'request-1' } as Context);
  };

  test('a refused policy', async () => {
    await cloud.author({ name: 'no policy' });
    expect(await wake()).toMatchObject({ kind: 'refused' });
    expect(metrics).toMatchObject([{ PublicationsFailed: 1 }]);
  });

  test('a policy that it undoes', async () => {
    await cloud.author(smallPolicy('one'));
    cloud.model.functions.get('redshift-b')!.environments.set('2', () => Promise.reject(new RangeError('broken')));
    expect(await wake()).toMatchObject({ kind: 'undone' });
    expect(metrics).toMatchObject([{ PublicationsFailed: 1 }]);
  });

  test('neither a live policy, nor an impossible rollback', async () => {
    await cloud.author(smallPolicy('one'));
    expect(await wake()).toMatchObject({ kind: 'published' });
    expect(await wake({ action: 'rollback' })).toMatchObject({ kind: 'impossible' });
    expect(metrics).toEqual([]);
  });
});

describe('the policy agent asks the functions as callers reach them', () => {
  let cloud: TestCloud;
  let metrics: Record<string, unknown>[];
  let errors: string[];

  beforeEach(() => {
    cloud = new TestCloud();
    metrics = [];
    errors = [];
  });

  const wake = (event: unknown = {}, asksCanary = true, hooks: Hooks = {}): Promise<unknown> => {
    const handler = policyAgentHandler(
      () => cloud.environment(hooks, asksCanary),
      ({ level, message }) => {
        if (level === 'ERROR') errors.push(message);
      },
      (line) => metrics.push(JSON.parse(line)),
    );
    return handler(event, { awsRequestId: 'request-1' } as Context);
  };

  const breakLive = (name: string): void => {
    cloud.model.functions
      .get(name)!
      .environments.set(cloud.aliasVersion(name), () => Promise.reject(new RangeError('broken')));
  };

  test('and counts none that fails before the first policy and while all give the known answers', async () => {
    await wake();
    await cloud.author(smallPolicy('one'));
    await wake();
    await wake();
    expect(metrics).toMatchObject([{ CanaryFailures: 0 }, { CanaryFailures: 0 }, { CanaryFailures: 0 }]);
    expect(errors).toEqual([]);
  });

  test('and counts and names each that gives other answers, until it gives the known ones', async () => {
    await cloud.author(smallPolicy('one'));
    await wake();
    breakLive('redshift-b');
    await wake();
    expect(metrics.at(-1)).toMatchObject({ CanaryFailures: 1 });
    expect(errors).toEqual([
      expect.stringMatching(/^The canary failed: redshift-b version \d+: protect broke it: RangeError/),
    ]);
    breakLive('redshift-a');
    await wake();
    expect(metrics.at(-1)).toMatchObject({ CanaryFailures: 2 });
    await cloud.author(smallPolicy('two'));
    expect(await wake()).toMatchObject({ kind: 'published' });
    expect(metrics.at(-1)).toMatchObject({ CanaryFailures: 0 });
  });

  test('and counts one whose alias cannot be read', async () => {
    await cloud.author(smallPolicy('one'));
    await wake();
    const refused = new PublicationError('PUBLICATION_REFUSED', 'No right to read the alias');
    let reads = 0;
    const before = (call: string): void => {
      if (call === 'aliases.get') reads++;
    };
    // The run itself reads aliases too, to mend them.
    await wake({}, false, { before });
    let left = reads;
    await wake({}, true, {
      before: (call) => {
        if (call === 'aliases.get' && --left < 0) throw refused;
      },
    });
    expect(metrics.at(-1)).toMatchObject({ CanaryFailures: 2 });
    expect(errors[0]).toBe('The canary failed: No right to read the alias');
  });

  test('and says nothing when another agent published meanwhile', async () => {
    await cloud.author(smallPolicy('one'));
    await wake();
    breakLive('redshift-a');
    metrics.length = 0;
    let published = false;
    await wake({}, true, {
      before: async (call) => {
        if (call !== 'invoker.invoke' || published) return;
        published = true;
        await cloud.author(smallPolicy('two'));
        await (await cloud.agent()).run();
      },
    });
    expect(published).toBe(true);
    expect(metrics).toEqual([]);
  });

  test('neither for a command, nor where the setting is off', async () => {
    await cloud.author(smallPolicy('one'));
    await wake({}, false);
    await wake({ action: 'history' });
    await wake({ action: 'rollback' });
    expect(metrics).toEqual([]);
  });
});
