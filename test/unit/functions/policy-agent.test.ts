import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { policyAgentHandler } from '../../../functions/runtime/publish/policy-agent.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';

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
