// The table of `npm run bench -- --worst`, with tiny inputs: no time is asserted.
import { describe, expect, test } from '@jest/globals';
import { ProtectorError } from '../../lib/base/errors.ts';
import { WORST_DOORS } from '../bench/worst/table.ts';

const settled = async (run: () => unknown): Promise<unknown> => {
  try {
    return await run();
  } catch (error) {
    return error;
  }
};

/** What a handler answers: refused with a status or by `success`, or taken. */
function isTaken(outcome: unknown): boolean {
  if (outcome instanceof Error) return false;
  const { statusCode, success, taken } = Object(outcome) as Record<string, unknown>;
  return (statusCode === undefined || statusCode === 200) && success !== false && taken !== false;
}

describe('the worst inputs', () => {
  test.each(WORST_DOORS.map((door) => [door.name, door] as const))(
    'of %s are taken or refused, and the usual one is taken',
    async (_, door) => {
      const { usual, worst } = await door.open(200);
      expect(worst.length).toBeGreaterThanOrEqual(3);
      expect(new Set(worst.map(({ name }) => name)).size).toBe(worst.length);
      expect(isTaken(await settled(usual.run))).toBe(true);
      for (const { bytes, run } of worst) {
        expect(bytes).toBeGreaterThan(0);
        // oxlint-disable-next-line no-await-in-loop -- a door has one caller at a time
        const outcome = await settled(run);
        expect(outcome instanceof Error && !(outcome instanceof ProtectorError)).toBe(false);
      }
    },
  );

  test('are those of every front end, and of more than a hundred doors', () => {
    expect(new Set(WORST_DOORS.map(({ name }) => name)).size).toBe(WORST_DOORS.length);
    expect(WORST_DOORS.length).toBeGreaterThan(100);
    expect(WORST_DOORS.filter(({ isFrontEnd }) => isFrontEnd).length).toBeGreaterThanOrEqual(7);
  });
});
