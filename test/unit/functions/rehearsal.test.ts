import { describe, expect, test } from '@jest/globals';
import type { ApplicationLog } from '../../../functions/runtime/application-log.ts';
import type { LambdaHandler } from '../../../functions/runtime/invocation.ts';
import type { Environment } from '../../../functions/runtime/protect/pipeline.ts';
import { redshiftHandler, rehearsedRedshiftEvent } from '../../../functions/runtime/protect/redshift.ts';
import {
  type RehearsedBatch,
  rehearsal,
  rehearsalContent,
  rehearsedBatches,
} from '../../../functions/runtime/protect/rehearsal.ts';
import { rehearsedRestEvent, restHandler } from '../../../functions/runtime/protect/rest.ts';
import { rehearsedSnowflakeEvent, snowflakeHandler } from '../../../functions/runtime/protect/snowflake.ts';
import type { FrontEnd } from '../../../lib/contract/front-ends.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';

/** Rehearses a front end and returns its replies. */
async function repliesOf<Event>(
  handlerOf: (environment: () => Promise<Environment>, log: ApplicationLog) => LambdaHandler<Event, unknown>,
  ask: (batch: RehearsedBatch) => Event,
): Promise<unknown[]> {
  const replies: unknown[] = [];
  const watched: typeof handlerOf = (environment, log) => {
    const handler = handlerOf(environment, log);
    return async (event, context) => {
      const reply = await handler(event, context);
      replies.push(reply);
      return reply;
    };
  };
  await rehearsal(watched, ask)();
  return replies;
}

const REHEARSALS = {
  redshift: () => repliesOf(redshiftHandler, rehearsedRedshiftEvent),
  snowflake: () => repliesOf(snowflakeHandler, rehearsedSnowflakeEvent),
  rest: () => repliesOf((environment, log) => restHandler(environment, {}, log), rehearsedRestEvent),
} satisfies Record<FrontEnd, () => Promise<unknown[]>>;

describe('the rehearsal', () => {
  test.each(Object.entries(REHEARSALS))('of %s answers every batch', async (name, rehearse) => {
    const replies = await rehearse();
    expect(replies).toHaveLength([...rehearsedBatches()].length);
    for (const reply of replies) {
      expect(reply).toMatchObject(name === 'redshift' ? { success: true, num_records: 200 } : { statusCode: 200 });
    }
  });

  test('has a policy that a published one could be', () => {
    const { policy } = rehearsalContent();
    expect(parsePolicy(policy)).toEqual(policy);
  });

  test('has new keys each time', () => {
    expect(rehearsalContent().keyring).not.toEqual(rehearsalContent().keyring);
  });
});
