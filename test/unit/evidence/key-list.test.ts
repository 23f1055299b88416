// The list of keys that signed a trail: what it says comes back, and what is no list is refused with the member.
import { describe, expect, test } from '@jest/globals';
import { formatKeyList, type KeyList, parseKeyList, recordKeyOutsideUse } from '../../../lib/evidence/key-list.ts';
import { fixedKeys, ORIGIN } from '../../support/log.ts';

const KEY = fixedKeys().checkpointKeys[0]!.key;
const TEXT = {
  origin: ORIGIN,
  checkpoint_keys: [{ key: KEY.verifierKey, from: '2026-01-01T00:00:00Z' }],
  record_keys: [{ key_id: 'key-1', until: '2026-06-01T00:00:00.999Z' }],
};

const list = (change: object): string => JSON.stringify({ ...TEXT, ...change });

test('comes back from its text, times to the second', () => {
  const keys: KeyList = parseKeyList(list({ checkpoint_every_s: 300 }));
  expect(keys.recordKeys).toEqual([{ keyId: 'key-1', from: undefined, until: Date.UTC(2026, 5, 1) / 1000 }]);
  expect(keys.checkpointEveryS).toBe(300);
  expect(parseKeyList(formatKeyList(keys))).toEqual(keys);
});

test.each([
  ['text that is not JSON', '{', 'it is not JSON'],
  ['a list', '[]', 'list must be an object'],
  ['no origin', list({ origin: '' }), 'origin must be a non-empty text'],
  ['a checkpoint key of another log', list({ origin: 'other' }), 'the name of a checkpoint key must be the origin'],
  ['one key in place of an array', list({ record_keys: {} }), 'record_keys must be an array'],
  ['a key that is null', list({ record_keys: [TEXT.record_keys[0], null] }), 'record_keys[1] must be an object'],
  ['a time of no calendar', list({ record_keys: [{ key_id: 'a', from: 'soon' }] }), 'from must be an ISO 8601 time'],
  ['no time between checkpoints', list({ checkpoint_every_s: 0 }), 'checkpoint_every_s must be a whole number'],
  ['parts of a second', list({ checkpoint_every_s: 1.5 }), 'checkpoint_every_s must be a whole number'],
])('%s is refused', (_, text, why) => {
  expect(() => parseKeyList(text)).toThrow(
    expect.objectContaining({ code: 'LOG_MALFORMED', message: expect.stringContaining(`Not a key list: ${why}`) }),
  );
});

describe('a record key', () => {
  const keys: KeyList = {
    ...fixedKeys(),
    recordKeys: [
      { keyId: 'a key of more than twenty letters', from: 1000, until: 2000 },
      { keyId: 'a key of more than twenty letters', from: 3000 },
    ],
  };
  const outsideUse = (keyId: string, time: number): string | undefined => recordKeyOutsideUse(keys, keyId, time);

  test('is known by its first 20 letters, and may be in use at several times, ends included', () => {
    const times = [999, 1000, 2000, 2001, 2999, 3000, 9e9];
    const inUse = times.filter((time) => outsideUse('a key of more than t', time) === undefined);
    expect(inUse).toEqual([1000, 2000, 3000, 9e9]);
    expect(outsideUse('a key of more than t', 2001)).toMatch(/^The key was in use until/);
  });

  test('that the list lacks is named by its first 40 letters', () => {
    expect(outsideUse('x'.repeat(5000), 1500)).toBe(`The key list does not know key id "${'x'.repeat(40)}"`);
  });

  test('is excluded by no list, nor by a list without record keys', () => {
    expect([undefined, fixedKeys()].map((none) => recordKeyOutsideUse(none, 'any', 1))).toEqual([undefined, undefined]);
  });
});
