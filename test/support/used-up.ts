// The assertion that a test's faults have all happened.
import { expect } from '@jest/globals';
import type { Faulty, PlannedFault } from './faults.ts';

/** Fails the test unless every planned fault has happened. */
export function expectUsedUp(...servers: readonly Pick<Faulty<PlannedFault>, 'unusedFaults'>[]): void {
  expect(servers.flatMap(({ unusedFaults }) => unusedFaults())).toEqual([]);
}
