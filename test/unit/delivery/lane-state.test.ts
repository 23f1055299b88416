// The state of a lane is one object that others can write: whatever is in it, the lane goes on.
import { describe, expect, test } from '@jest/globals';
import { LaneStates } from '../../../lib/delivery/lane-state.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const CIRCUIT = { failures: 2, kind: 'retry', reason: '503', waitingSinceMs: 5, nextTryMs: 9 };
const CLAIM = { by: 'one', untilMs: 20 };

async function statesWith(body: string): Promise<LaneStates> {
  const store = new MemoryStore();
  await store.put('lanes/a.json', Buffer.from(body));
  return new LaneStates(store, 'lanes/');
}

describe('the state of a lane', () => {
  test('is its failure and who holds it', async () => {
    const states = await statesWith(JSON.stringify({ circuit: CIRCUIT, claim: CLAIM }));
    expect(await states.read('a')).toEqual({ circuit: CIRCUIT, claim: CLAIM });
    expect(await states.claim('a', { by: 'two', untilMs: 30 }, 10)).toBe(false);
  });

  test.each([
    '',
    'null',
    '7',
    '[]',
    '{',
    '{"claim":null,"circuit":null}',
    '{"claim":{"by":7,"untilMs":99}}',
    '{"claim":{"by":"one","untilMs":"99"}}',
    '{"circuit":{"failures":"2"}}',
    '{"slow":{"times":"2","untilMs":1}}',
    '{"circuit":{"failures":2,"kind":"other","reason":"r","waitingSinceMs":1,"nextTryMs":1}}',
  ])('is none where the object holds %j, so that a drainer can claim the lane', async (body) => {
    const states = await statesWith(body);
    expect(await states.read('a')).toEqual({});
    expect(await states.claim('a', { by: 'two', untilMs: 30 }, 10)).toBe(true);
    await states.release('a', 'two', (state) => state);
    expect(await states.read('a')).toEqual({});
  });
});
