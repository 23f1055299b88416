import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { splitForPutLogEvents } from '../../../lib/adapters/cloudwatch-logs/split.ts';

const DAY_MS = 86_400_000;
const at = (timeMs: number) => ({ timeMs, line: 'x' });
const bytesOf = (call: readonly { readonly message: string }[]) =>
  call.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);

describe('PutLogEvents calls', () => {
  test('carry 10,000 events and not one more', () => {
    const lines = Array.from({ length: 10_001 }, () => ({ timeMs: 1, line: 'x' }));
    expect(splitForPutLogEvents(lines).map((call) => call.length)).toEqual([10_000, 1]);
  });

  test('carry 1,048,576 bytes and not one more, counted in UTF-8 with 26 per event', () => {
    const half = { timeMs: 1, line: 'é'.repeat((524_288 - 26) / 2) };
    expect(splitForPutLogEvents([half, half])).toHaveLength(1);
    expect(splitForPutLogEvents([half, { timeMs: 1, line: `${half.line}x` }])).toHaveLength(2);
  });

  test('span less than 24 hours', () => {
    expect(splitForPutLogEvents([at(0), at(DAY_MS - 1)])).toHaveLength(1);
    expect(splitForPutLogEvents([at(0), at(DAY_MS)])).toHaveLength(2);
  });

  test('lift a time that runs backwards to the one before', () => {
    const times = [5, 3, 4, 7, 6].map((timeMs) => ({ timeMs, line: 'x' }));
    expect(
      splitForPutLogEvents(times)
        .flat()
        .map(({ timestamp }) => timestamp),
    ).toEqual([5, 5, 5, 7, 7]);
  });

  test('are none for no lines', () => {
    expect(splitForPutLogEvents([])).toEqual([]);
  });

  test('keep the order of any lines and every quota', () => {
    const lines = fc.array(
      fc.record({ timeMs: fc.nat(3 * DAY_MS), size: fc.nat(300_000), letter: fc.constantFrom('x', 'é', '😀') }),
    );
    fc.assert(
      fc.property(lines, (sizes) => {
        const given = sizes.map(({ timeMs, size, letter }) => ({ timeMs, line: letter.repeat(size / 4) }));
        const calls = splitForPutLogEvents(given);
        expect(calls.flat().map(({ message }) => message)).toEqual(given.map(({ line }) => line));
        for (const call of calls) {
          const times = call.map(({ timestamp }) => timestamp);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(DAY_MS);
          expect(bytesOf(call)).toBeLessThanOrEqual(1_048_576);
        }
      }),
      { numRuns: 30 },
    );
  });
});
