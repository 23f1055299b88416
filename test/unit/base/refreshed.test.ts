import { beforeEach, describe, expect, test } from '@jest/globals';
import { Refreshed } from '../../../lib/base/refreshed.ts';

const FRESHNESS = { freshMs: 100, usableMs: 1000, pauseMs: 20, retryMs: 5 };

let now: number;
let loads: number;
/** What the next loads give; the number of the load when nothing is left. */
let next: (() => Promise<number>)[];
let kept: Refreshed<number>;

beforeEach(() => {
  now = 1_000_000;
  loads = 0;
  next = [];
  kept = new Refreshed(
    () => {
      loads++;
      return next.shift()?.() ?? Promise.resolve(loads);
    },
    FRESHNESS,
    () => now,
  );
});

const fails = (): Promise<number> => Promise.reject(new Error(`load ${loads} failed`));

describe('a refreshed value', () => {
  test('is loaded once, and again when it is no longer fresh', async () => {
    expect(await kept.current()).toBe(1);
    now += 99;
    expect(await kept.current()).toBe(1);
    now += 1;
    expect(await kept.current()).toBe(2);
    expect(loads).toBe(2);
  });

  test('is shared by calls during a load', async () => {
    expect(await Promise.all([kept.current(), kept.current(), kept.current()])).toEqual([1, 1, 1]);
    now += 50;
    expect(await Promise.all([kept.newerThan(1), kept.newerThan(1)])).toEqual([2, 2]);
    expect(loads).toBe(2);
  });

  test('serves while it cannot be loaded again, with a pause between attempts, and no longer than is set', async () => {
    await kept.current();
    next = Array.from({ length: 50 }, () => fails);
    now += 100;
    expect(await kept.current()).toBe(1);
    now += 19;
    expect(await kept.current()).toBe(1);
    expect(loads).toBe(2);
    now += 1;
    expect(await kept.current()).toBe(1);
    expect(loads).toBe(3);
    now += 879;
    expect(await kept.current()).toBe(1);
    now += 1;
    await expect(kept.current()).rejects.toThrow('load 4 failed');
  });

  test('that was never loaded is tried again after a shorter pause, and the failure is repeated meanwhile', async () => {
    next = [fails, fails];
    await expect(kept.current()).rejects.toThrow('load 1 failed');
    now += 4;
    await expect(kept.current()).rejects.toThrow('load 1 failed');
    now += 1;
    await expect(kept.current()).rejects.toThrow('load 2 failed');
    now += 5;
    expect(await kept.current()).toBe(3);
  });

  test('is loaded again for a caller whom it does not serve, at most once in the pause', async () => {
    const first = await kept.current();
    now += 19;
    expect(await kept.newerThan(first)).toBeUndefined();
    now += 1;
    expect(await kept.newerThan(first)).toBe(2);
    expect(await kept.newerThan(first)).toBe(2);
    expect(await kept.newerThan(2)).toBeUndefined();
    expect(loads).toBe(2);
    now += 20;
    next = [fails];
    expect(await kept.newerThan(2)).toBeUndefined();
    expect(await kept.current()).toBe(2);
    expect(loads).toBe(3);
  });

  test('is old when the clock was set back', async () => {
    await kept.current();
    now -= 1;
    expect(await kept.current()).toBe(2);
  });
});
