import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../lib/base/secret.ts';
import { OpenKeys, SharedKey } from '../../../lib/tenants/open-keys.ts';

const secret = (): Secret => new Secret(Buffer.alloc(32, 7));
const isGone = (key: Secret): boolean => key.expose().every((byte) => byte === 0);
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a shared key', () => {
  test('is overwritten when the last user releases it, not before', async () => {
    const bytes = secret();
    let arrived!: (key: Secret) => void;
    const shared = new SharedKey(new Promise((resolve) => (arrived = resolve)), 0).hold();
    const seen = [shared.use((key) => isGone(key)), shared.use((key) => isGone(key))];
    shared.release(); // dropped from the cache while two wait
    arrived(bytes);
    expect(await Promise.all(seen)).toEqual([false, false]);
    await settle();
    expect(isGone(bytes)).toBe(true);
  });

  test.each([
    [-1, false],
    [0, true],
    [999, true],
    [1000, false],
  ])('that is %d ms old is within 1,000 ms: %p (a clock that was set back ends it)', (ageMs, expected) => {
    expect(new SharedKey(Promise.resolve(secret()), 5000).isWithin(1000, 5000 + ageMs)).toBe(expected);
  });
});

const shared = (key: Secret, sinceMs = 0): SharedKey => new SharedKey(Promise.resolve(key), sinceMs);

describe('open keys', () => {
  test('are at most the limit: the least recently used is dropped and overwritten', async () => {
    const keys = [secret(), secret(), secret()];
    const open = new OpenKeys(2);
    open.keep('a', shared(keys[0]!), 1000);
    open.keep('b', shared(keys[1]!), 1000);
    expect(open.find('a', 1000, 1)).toBeDefined();
    open.keep('c', shared(keys[2]!), 1000);
    await settle();
    expect([open.size, keys.map(isGone)]).toEqual([2, [false, true, false]]);
  });

  test('are dropped when they have expired, with and without a request', async () => {
    const keys = [secret(), secret(), secret()];
    const open = new OpenKeys(10);
    open.keep('asked', shared(keys[0]!), 1000);
    open.keep('forgotten', shared(keys[1]!), 1000);
    open.keep('young', shared(keys[2]!, 900), 1000);
    expect(open.find('asked', 1000, 1000)).toBeUndefined();
    await settle();
    expect(keys.map(isGone)).toEqual([true, false, false]);
    open.sweep(1000);
    await settle();
    expect(keys.map(isGone)).toEqual([true, true, false]);
  });

  test('are replaced by a key of the same name', async () => {
    const [first, second] = [secret(), secret()];
    const open = new OpenKeys(10);
    open.keep('a', shared(first), 1000);
    open.keep('a', shared(second), 1000);
    await settle();
    expect([open.size, isGone(first), isGone(second)]).toEqual([1, true, false]);
  });
});
