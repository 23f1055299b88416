// The list of who may do what: it says of each pair what a decision and an explanation of that pair alone say.
import { describe, expect, test } from '@jest/globals';
import { explain } from '../../../lib/policy/explain.ts';
import { accessRows, sizeOf } from '../../../lib/policy-tests/access-list.ts';
import { givenText, givenTo } from '../../../lib/policy-tests/outcome.ts';
import { accessTo, type Draft, grant, roleOf, testedPolicy } from '../../support/tested-policy.ts';

const NOW = Date.parse('2026-11-01');

function draft(): Draft {
  const changed = testedPolicy();
  roleOf(changed, 'auditor').members.push({ user: 'Joe', until: '2026-12-01' }, { user: 'old', until: '2026-10-01' });
  roleOf(changed, 'auditor').maxUnprotectPerDay = 1000;
  changed.roles.push({
    name: 'emergency',
    breakGlass: true,
    members: [{ user: 'fay', until: '2027-01-01' }],
    grants: [grant('deSSN', ['unprotect'])],
  });
  return changed;
}

const access = accessTo(draft(), NOW);
const all = [...accessRows(access, true)];

const rowOf = (user: string, element: string) => all.find((row) => row.user === user && row.element === element)!;

describe('a list of who may do what', () => {
  test('says of every user and element what they are given, each alone', () => {
    for (const row of all) {
      const { user, element } = row;
      const of = (operation: 'Protect' | 'Unprotect' | 'Reprotect') =>
        givenText(givenTo(access, user, { operation, element, to: operation === 'Reprotect' ? element : undefined }));
      const { roles, operations } = explain(access.policy, user, element, NOW);
      expect([user, element, row.protect, row.unprotect, row.reprotect]).toEqual([
        user,
        element,
        of('Protect'),
        of('Unprotect'),
        of('Reprotect'),
      ]);
      for (const { because } of operations) expect(row.because).toContain(because);
      const isOpen = element === 'deWatch';
      expect(row.roles).toEqual(isOpen ? [] : roles.map((each) => `${each.role} (${each.because}): ${each.says}`));
    }
  });

  test('has every user once, in order, and those that the policy does not list last', () => {
    const users = [...new Set(all.map(({ user }) => user))];
    expect(users).toEqual(['Joe', 'ada', 'ann', 'aude', 'carl', 'etl', 'fay', 'old', 'pia', 'anybody else']);
    expect(sizeOf(access)).toEqual({ users: 9, elements: 8, pairs: 80 });
    expect(all).toHaveLength(80);
  });

  test('leaves out pairs of which nothing is allowed and nothing shown, and no other ones', () => {
    const some = [...accessRows(access, false)];
    const isNothing = (row: (typeof all)[number]) =>
      !['clear', 'masked'].includes(row.unprotect.split(':')[0]!) &&
      row.protect !== 'allowed' &&
      row.reprotect !== 'allowed';
    expect(some).toEqual(all.filter((row) => !isNothing(row)));
    expect(some.length).toBeLessThan(all.length);
  });

  test('names times, budgets, break-glass roles and what is open to everyone', () => {
    expect(rowOf('Joe', 'deSSN')).toMatchObject({
      unprotect: 'clear',
      maxUnprotectPerDay: 1000,
      roles: ['auditor (a member until 2026-12-01): grants unprotect; at most 1,000 values a day'],
    });
    expect(rowOf('old', 'deSSN').roles.join()).toContain('auditor (a member until 2026-10-01, which is over): grants');
    expect(rowOf('fay', 'deSSN')).toMatchObject({ unprotect: 'clear', breakGlass: true });
    expect(rowOf('fay', 'deCCN')).toMatchObject({ unprotect: expect.stringMatching(/^masked: /), breakGlass: false });
    expect(rowOf('anybody else', 'deWatch')).toMatchObject({
      unprotect: 'clear',
      because: 'monitor elements are open to everyone, for their audit trail',
      roles: [],
    });
  });
});
