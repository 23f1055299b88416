// Tests and statements about members and grants that count for a time, and about users with a budget.
import { expect, test } from '@jest/globals';
import { grantOf, roleOf, runOn, testedPolicy } from '../../support/tested-policy.ts';

const draft = testedPolicy();
roleOf(draft, 'auditor').members = [{ user: 'aude', until: '2026-12-01' }];
roleOf(draft, 'auditor').maxUnprotectPerDay = 1;
Object.assign(grantOf(draft, 'analyst', 'deCity'), { from: '2026-12-01' });

const passes = async (time: string, document: object): Promise<boolean[]> =>
  (await runOn(draft, document, Date.parse(time))).map(({ failure }) => failure === undefined);

test.each([
  ['2026-11-30T23:59:59Z', [true, false, false]],
  ['2026-12-01', [false, true, true]],
])('at %s a test and a statement are decided as requests are then', async (time, expected) => {
  const tests = ['aude unprotects deSSN: clear', 'ann unprotects deCity: clear'];
  const statements = ['nobody but admin sees deSSN in clear'];
  expect(await passes(time, { tests, statements: [] })).toEqual(expected.slice(0, 2));
  expect(await passes(time, { tests: [], statements })).toEqual(expected.slice(2));
});

test('a value of a user with a budget goes through the engine, as often as tests ask', async () => {
  const tests = Array.from({ length: 3 }, () => ({
    user: 'aude',
    unprotect: 'deSSN',
    value: '944-07-4214',
    gives: '944-07-4214',
  }));
  expect(await passes('2026-11-30', { tests })).toEqual([true, true, true]);
});
