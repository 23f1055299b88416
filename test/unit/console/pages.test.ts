// What the pages of the console add up, over rows of records.
import { describe, expect, test } from '@jest/globals';
import { type PlainRecord, toRow } from '../../../lib/audit/columns.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { filterParameters, matcherOf, readFilter, type TrailFilter } from '../../../lib/console/filter.ts';
import { usageOf } from '../../../lib/console/overview.ts';
import { readersOf } from '../../../lib/console/readers.ts';
import { effectOf, type RecordRow, recordRow, type TrailRow, trailRow } from '../../../lib/console/trail-row.ts';
import { toAuditRecord } from '../../../lib/audit/record.ts';
import { entry, HOST } from '../../support/audit.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);

function row(change: Partial<AuditEntry>, day = 0): RecordRow {
  const record = toAuditRecord(entry(change), HOST, START_MS + day * DAY_MS);
  return recordRow(toRow(record as unknown as PlainRecord));
}

const seen = (user: string, element: string, count: number, day: number): RecordRow =>
  row({ user, element, operation: 'Unprotect', code: 8, count }, day);

describe('the list of records', () => {
  test.each([
    ['a protect', { operation: 'Protect', code: 6 }, 'protected'],
    ['a protect that left everything clear', { operation: 'Protect', code: 200 }, 'protected'],
    ['an unprotect', { operation: 'Unprotect', code: 8 }, 'unprotected'],
    ['an unprotect with an old key', { operation: 'Unprotect', code: 11 }, 'unprotected'],
    ['a reprotect', { operation: 'Reprotect', code: 50 }, 'reprotected'],
    ['a check', { operation: 'Check', code: 10 }, 'checked'],
    ['a refusal', { operation: 'Unprotect', code: 3 }, 'refused'],
    ['a refusal with a substitute', { operation: 'Unprotect', code: 3, substituted: true }, 'refused'],
    ['an answer that was withheld', { operation: 'Unprotect', code: 51 }, 'withheld'],
  ] as const)('says what became of %s', (_, change, effect) => {
    expect(effectOf(row(change))).toBe(effect);
  });

  test('names both elements of a reprotect', () => {
    const reprotect = row({ operation: 'Reprotect', code: 50, element: 'deNew', oldElement: 'deOld' });
    expect(trailRow(reprotect, 7, 'verified')).toMatchObject({ line: 7, element: 'deOld → deNew', state: 'verified' });
  });

  const listed: readonly TrailRow[] = [
    trailRow(row({ user: 'Ann', element: 'deSSN', queryId: 'Q-1' }), 1, 'verified'),
    trailRow(row({ user: 'bob', element: 'deName', operation: 'Unprotect', code: 3, queryId: 'Q-2' }), 2, 'bad'),
    trailRow(row({ user: 'joanna', element: 'deName', operation: 'Unprotect', code: 8 }), 3, 'unverified'),
  ];

  test.each([
    [{ user: 'ann' }, [1, 3]],
    [{ element: 'NAME' }, [2, 3]],
    [{ query: 'q-' }, [1, 2]],
    [{ code: 3 }, [2]],
    [{ effect: 'protected' }, [1]],
    [{ isBad: true }, [2, 3]],
    [{ user: 'ann', element: 'dename' }, [3]],
    [{}, [1, 2, 3]],
  ] as readonly (readonly [TrailFilter, readonly number[]])[])('with the filter %j shows lines %j', (filter, lines) => {
    expect(listed.filter(matcherOf(filter)).map(({ line }) => line)).toEqual(lines);
    const again = readFilter(filterParameters(filter));
    expect(listed.filter(matcherOf(again)).map(({ line }) => line)).toEqual(lines);
  });

  test('takes parameters that are no filter for none', () => {
    const parameters = new URLSearchParams('code=-1&effect=broken&user=%20&bad=yes');
    expect(filterParameters(readFilter(parameters)).toString()).toBe('');
  });
});

describe('the overview', () => {
  const rows = [
    row({ user: 'etl', count: 100, clearCount: 4 }),
    row({ user: 'ann', operation: 'Unprotect', code: 8, count: 30 }, 2),
    row({ user: 'ann', operation: 'Unprotect', code: 51, count: 30 }, 2),
    row({ user: 'ann', operation: 'Unprotect', code: 8, count: 7 }, 3),
    row({ user: 'bob', operation: 'Unprotect', code: 3, count: 5 }, 3),
  ];

  test('adds up values by element and by user, and takes back what was withheld', () => {
    const { report, elements, users } = usageOf(rows);
    expect(report.values).toMatchObject({ Protect: 100, Unprotect: 7 });
    expect(elements).toEqual([{ name: 'deAddress', protected: 100, unprotected: 7, refused: 5, clear: 4 }]);
    expect(users.map(({ name, unprotected }) => [name, unprotected])).toEqual([
      ['etl', 0],
      ['ann', 7],
      ['bob', 0],
    ]);
  });

  test('has equal steps of time that hold every value once', () => {
    const { series } = usageOf(rows);
    const { startMs, stepMs, steps } = series!;
    expect(startMs).toBeLessThanOrEqual(START_MS);
    expect(startMs + steps.length * stepMs).toBeGreaterThan(START_MS + 3 * DAY_MS);
    expect(steps.reduce((sum, step) => sum + step.protected, 0)).toBe(100);
    expect(steps.reduce((sum, step) => sum + step.unprotected, 0)).toBe(7);
    expect(steps.length).toBeLessThanOrEqual(97);
  });

  test.each([0, 1, 40, 4000, 40_000])('has at most 97 steps for %d days', (days) => {
    const { series } = usageOf([row({}), row({}, days)]);
    expect(series!.steps.length).toBeLessThanOrEqual(97);
    expect(series!.steps.reduce((sum, step) => sum + step.protected, 0)).toBe(8000);
  });

  test('of no records has no time', () => {
    expect(usageOf([])).toMatchObject({ series: undefined, elements: [], users: [], elementCount: 0 });
  });
});

describe('who saw what', () => {
  test('compares the period before the newest record with the one before', () => {
    const rows = [seen('ann', 'deSSN', 50, 0), seen('ann', 'deSSN', 10, 8), seen('ann', 'deSSN', 30, 15), row({}, 16)];
    const readers = readersOf(rows, 7)!;
    expect(readers.readers).toEqual([{ user: 'ann', values: [30], now: 30, before: 10 }]);
    expect(readers.elements).toEqual(['deSSN']);
    expect([readers.from, readers.to].map((time) => time.slice(0, 10))).toEqual(['2026-01-10', '2026-01-17']);
  });

  test('names who saw an element for the first time', () => {
    const rows = [seen('ann', 'deSSN', 5, 0), seen('bob', 'deSSN', 3, 19), seen('ann', 'deSSN', 5, 20)];
    expect(readersOf(rows, 7)).toMatchObject({
      isYoung: false,
      firstSights: [{ user: 'bob', element: 'deSSN', values: 3 }],
    });
  });

  test('calls no one new where the trail is younger than the period', () => {
    expect(readersOf([seen('ann', 'deSSN', 5, 0), seen('bob', 'deSSN', 3, 1)], 7)).toMatchObject({
      isYoung: true,
      firstSights: [],
    });
  });

  test('takes back what was withheld', () => {
    const withheld = row({ user: 'ann', element: 'deSSN', operation: 'Unprotect', code: 51, count: 5 }, 20);
    const { readers } = readersOf([seen('bob', 'deSSN', 1, 0), seen('ann', 'deSSN', 5, 20), withheld], 7)!;
    expect(readers).toEqual([]);
  });

  test('is nothing without a record', () => {
    expect(readersOf([], 7)).toBeUndefined();
  });
});
