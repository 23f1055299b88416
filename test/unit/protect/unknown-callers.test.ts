import { describe, expect, test } from '@jest/globals';
import { UnknownCallers } from '../../../lib/protect/unknown-callers.ts';

describe('an unknown caller', () => {
  test('is recorded once in half a minute, by its address, and again after it', () => {
    const callers = new UnknownCallers();
    expect([0, 1, 29_999].map((nowMs) => callers.isFirst('192.0.2.1', nowMs))).toEqual([true, false, false]);
    expect(callers.isFirst('192.0.2.2', 29_999)).toBe(true);
    expect(callers.isFirst('192.0.2.1', 30_000)).toBe(true);
  });

  test('without an address is one caller', () => {
    const callers = new UnknownCallers();
    expect([1, 2].map((nowMs) => callers.isFirst(undefined, nowMs))).toEqual([true, false]);
  });

  test('is recorded after the clock was set back', () => {
    const callers = new UnknownCallers();
    expect([1_000_000, 1].map((nowMs) => callers.isFirst('192.0.2.1', nowMs))).toEqual([true, true]);
  });

  test('with another address each time gets twenty records in half a minute, and no more memory', () => {
    const callers = new UnknownCallers();
    const first = Array.from({ length: 10_000 }, (_, i) => callers.isFirst(`2001:db8::${i.toString(16)}`, 5));
    expect(first.filter(Boolean)).toHaveLength(20);
  });
});
