import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Aggregate } from '../../../lib/audit/aggregate.ts';
import type { TrailEntry } from '../../../lib/audit/entry.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { entry } from '../../support/audit.ts';

function aggregate<Entry extends TrailEntry>(entries: readonly Entry[]): readonly Entry[] {
  const merged = new Aggregate();
  for (const one of entries) merged.add(one);
  return merged.drain() as readonly Entry[];
}

const sum = (all: readonly AuditEntry[]) => all.reduce((total, { count }) => total + count, 0);

describe('an aggregate', () => {
  test('sums counts and weak counts of equal entries and keeps first-seen order', () => {
    const merged = aggregate([
      entry({ user: 'b', count: 1 }),
      entry({ user: 'a', count: 2, weakCount: 1 }),
      entry({ user: 'b', count: 3, weakCount: 2 }),
      entry({ user: 'a', count: 4, weakCount: 5 }),
    ]);
    expect(merged).toEqual([
      entry({ user: 'b', count: 4, weakCount: 2 }),
      entry({ user: 'a', count: 6, weakCount: 6 }),
    ]);
  });

  const other: readonly Partial<AuditEntry>[] = [
    { user: 'other' },
    { operation: 'Unprotect' },
    { element: 'other' },
    { oldElement: 'other' },
    { code: 8 },
    { substituted: true },
    { row: 0 },
    { mask: 'X' },
    { vendor: 'aws.redshift' },
    { queryId: 'other' },
    { requestId: 'other' },
    { cluster: 'other' },
    { clientIp: '10.0.0.1' },
    { dataStore: 'OTHER' },
    { policyVersion: '2' },
    { breakGlass: true },
    { lapse: 'ended 2026-12-31T00:00:00Z' },
  ];
  test.each(other)('does not merge entries that differ in %j', (change) => {
    expect(aggregate([entry({ code: 3 }), entry({ code: 3, ...change })])).toHaveLength(2);
  });

  test('across requests keeps the uses of a break-glass role apart, and merges the others', () => {
    const merged = new Aggregate({ acrossRequests: true });
    for (const requestId of ['r1', 'r2', 'r2']) {
      merged.add(entry({ requestId, count: 1 }));
      merged.add(entry({ requestId, count: 1, breakGlass: true }));
    }
    expect(merged.drain().map((one) => [(one as AuditEntry).breakGlass, one.requestId, one.count])).toEqual([
      [undefined, undefined, 3],
      [true, 'r1', 1],
      [true, 'r2', 2],
    ]);
  });

  test('does not confuse an absent text with the text null', () => {
    expect(aggregate([entry(), entry({ queryId: 'null' })])).toHaveLength(2);
  });

  test('is empty once drained', () => {
    const merged = new Aggregate();
    merged.add(entry());
    expect(merged.size).toBe(1);
    merged.drain();
    expect(merged.size).toBe(0);
    expect(merged.drain()).toEqual([]);
  });

  test('never loses or invents a value', () => {
    const users = fc.constantFrom('a', 'b', 'c');
    const entries = fc.array(fc.tuple(users, fc.nat(1000)).map(([user, count]) => entry({ user, count })));
    fc.assert(
      fc.property(entries, (list) => {
        const merged = aggregate(list);
        expect(sum(merged)).toBe(sum(list));
        expect(new Set(merged.map(({ user }) => user)).size).toBe(merged.length);
      }),
    );
  });
});
