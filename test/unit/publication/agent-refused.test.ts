// What it costs when AWS refuses a call of the policy agent for good: no permission, a quota, code signing, a service control
// policy; or throttles it for ever. The agent runs every five minutes, as its schedule has it.
import { describe, expect, test } from '@jest/globals';
import { PublicationError } from '../../../lib/publication/errors.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Every five minutes for an hour, then every hour: an attempt is due after 0, 1, 3, 7 and 15 hours. */
const SCHEDULE = [
  ...Array.from({ length: 12 }, (_, i) => 5 * i * MINUTE_MS),
  ...Array.from({ length: 16 }, (_, i) => (i + 1) * HOUR_MS),
];

const KINDS = {
  refused: () => new PublicationError('PUBLICATION_REFUSED', 'Lambda refused: AccessDeniedException'),
  throttled: () => new PublicationError('PUBLICATION_UNAVAILABLE', 'Lambda failed: TooManyRequestsException'),
};

/** Policy versions, audit records, writes of the journal, and runs that ended with an error. */
type Cost = readonly [versions: number, records: number, writes: number, errors: number];

/** Has a second policy published while one call of the agent is refused, over sixteen hours. */
async function costOf(refusedCall: string, kind: keyof typeof KINDS): Promise<{ cost: Cost; asked: number }> {
  const cloud = new TestCloud({ instances: refusedCall.startsWith('capacity.') });
  await cloud.author(smallPolicy('first'));
  await (await cloud.agent()).run();
  await cloud.author(smallPolicy('second'));
  const before = { version: (await cloud.journal()).lastVersion, events: cloud.events.length };
  const { revision } = await cloud.journal();
  const startMs = cloud.nowMs;
  let asked = 0;
  let errors = 0;
  for (const afterMs of SCHEDULE) {
    cloud.nowMs = startMs + afterMs;
    const refuse = (call: string): void => {
      if (call !== refusedCall) return;
      asked++;
      throw KINDS[kind]();
    };
    // oxlint-disable-next-line no-await-in-loop -- one run after another, as scheduled
    const agent = await cloud.agent({}, { before: refuse });
    // oxlint-disable-next-line no-await-in-loop -- see above
    await agent.run().catch(() => void errors++);
  }
  const after = await cloud.journal();
  const cost = [
    after.lastVersion - before.version,
    cloud.events.length - before.events,
    after.revision - revision,
    errors,
  ] as const;
  expect(asked).toBeGreaterThan(0);
  return { cost, asked };
}

/** What each call costs. Five attempts are due; each takes a version, a record of its failure, and the writes of its steps. */
const REFUSED: Readonly<Record<string, Cost>> = {
  'layers.publish': [5, 5, 20, 0],
  'layers.list': [5, 5, 20, 0],
  // Two more records an attempt: the layers of the functions could not be restored.
  'functions.configuration': [5, 15, 25, 0],
  'functions.setLayers': [5, 5, 25, 0],
  'functions.publish': [5, 5, 25, 0],
  'aliases.get': [5, 5, 35, 0],
  // Each attempt has begun to move aliases, which is on record too.
  'aliases.move': [5, 15, 45, 0],
  'invoker.invoke': [5, 5, 35, 0],
  'capacity.start': [5, 5, 35, 0],
  // Published all the same: environments of versions that nobody calls stay.
  'capacity.running': [1, 3, 9, 0],
  'capacity.stop': [1, 3, 9, 0],
};

/** Nothing but the errors of the runs: they stay at the step that they came to. */
const THROTTLED: Readonly<Record<string, Cost>> = {
  'layers.publish': [1, 0, 1, 28],
  'layers.list': [1, 0, 1, 28],
  'functions.configuration': [0, 0, 0, 28],
  'functions.setLayers': [1, 0, 2, 28],
  'functions.publish': [1, 0, 2, 28],
  'aliases.get': [1, 0, 4, 28],
  // The publication has begun to move aliases, which is on record.
  'aliases.move': [1, 2, 6, 28],
  'invoker.invoke': [1, 0, 4, 28],
  'capacity.start': [1, 0, 4, 28],
  'capacity.running': [1, 3, 9, 27],
  'capacity.stop': [1, 3, 9, 27],
};

function refuseLayers(call: string): void {
  if (call === 'layers.publish') throw KINDS.refused();
}

describe('an agent that is refused for good', () => {
  test.each(Object.entries(REFUSED))(
    '%s: tries at once, and after one, two, four and eight hours',
    async (call, cost) => {
      expect(await costOf(call, 'refused')).toEqual({ cost, asked: expect.any(Number) });
    },
  );

  test('says why, and when it tries again, once an attempt', async () => {
    const cloud = new TestCloud();
    await cloud.author(smallPolicy('first'));
    const agent = await cloud.agent({}, { before: refuseLayers });
    expect(await agent.run()).toMatchObject({ kind: 'undone', reason: 'Lambda refused: AccessDeniedException' });
    expect(await agent.run()).toMatchObject({ kind: 'unchanged' });
    const said = cloud.events.filter(({ code }) => code === 80).map(({ detail }) => detail);
    const next = new Date(cloud.nowMs + HOUR_MS).toISOString();
    expect(said).toEqual([`Lambda refused: AccessDeniedException; the next try is not before ${next}`]);
  });

  test('tries a new upload at once, and a success ends the waiting', async () => {
    const cloud = new TestCloud();
    let allowed = false;
    const refuse = (call: string): void => {
      if (!allowed) refuseLayers(call);
    };
    const agent = await cloud.agent({}, { before: refuse });
    for (const name of ['first', 'second']) {
      // oxlint-disable no-await-in-loop -- one upload after another
      await cloud.author(smallPolicy(name));
      expect(await agent.run()).toMatchObject({ kind: 'undone' });
      expect((await cloud.journal()).refusals).toEqual({ count: 1, nextTryMs: cloud.nowMs + HOUR_MS });
      // oxlint-enable no-await-in-loop
    }
    allowed = true;
    expect(await agent.run()).toMatchObject({ kind: 'unchanged' });
    cloud.nowMs += HOUR_MS;
    expect(await agent.run()).toMatchObject({ kind: 'published' });
    expect((await cloud.journal()).refusals).toBeUndefined();
  });
});

describe('an agent that is throttled for ever', () => {
  test.each(Object.entries(THROTTLED))('%s: stays at its step', async (call, cost) => {
    expect(await costOf(call, 'throttled')).toEqual({ cost, asked: expect.any(Number) });
  });
});
