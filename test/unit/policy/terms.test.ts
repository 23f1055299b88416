// Members and grants that count for a time: how they are decided, explained, compared and warned about.
// oxlint-disable typescript/no-explicit-any -- a changed policy has no type yet
import { describe, expect, test } from '@jest/globals';
import { type Decision, PolicyDecider } from '../../../lib/policy/decide.ts';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { explain } from '../../../lib/policy/explain.ts';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import { Membership, rolesAt } from '../../../lib/policy/membership.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import type { Member } from '../../../lib/policy/schema.ts';

const at = (text: string): number => Date.parse(text);
const NUMERIC = { method: 'tokenization', type: 'numeric', shortData: 'error', otherCharacters: 'refuse' };

const POLICY = {
  name: 'P',
  dataStore: 'D',
  elements: [
    { id: '00000000-0000-4000-8000-000000000001', name: 'deSSN', ...NUMERIC },
    { id: '00000000-0000-4000-8000-000000000002', name: 'dePlan', ...NUMERIC },
  ],
  groups: [{ name: 'staff', members: ['joe', { user: 'ann', until: '2026-12-31T18:00:00Z' }] }],
  roles: [
    {
      name: 'reader',
      members: [{ group: 'staff', from: '2026-11-01' }, 'eva'],
      grants: [
        { element: 'deSSN', permissions: ['unprotect'] },
        { element: 'dePlan', permissions: ['unprotect'], noAccess: 'exception', until: '2026-12-01' },
      ],
    },
    {
      name: 'emergency',
      breakGlass: true,
      members: [{ user: 'eva', until: '2027-01-01' }],
      grants: [
        { element: 'deSSN', permissions: ['protect', 'unprotect'] },
        { element: 'dePlan', permissions: ['protect'], noAccess: 'exception' },
      ],
    },
  ],
};

function changed(change: (policy: any) => void): unknown {
  const copy = structuredClone(POLICY);
  change(copy);
  return copy;
}

const decide = (
  user: string,
  operation: 'Protect' | 'Unprotect',
  element: string,
  time: string,
  document: unknown = POLICY,
) => new PolicyDecider(parsePolicy(document)).decide({ user, operation, element }, at(time));

/** Says a decision in words. */
function word(decision: Decision): string {
  const { kind, lapse, breakGlass } = decision;
  const answer = kind === 'refuse' ? `code ${decision.code}` : kind;
  const why = lapse === undefined ? '' : `, ${lapse.is} ${new Date(lapse.atMs).toISOString().replace('.000', '')}`;
  return `${answer}${why}${breakGlass === true ? ', break-glass' : ''}`;
}

describe('a decision', () => {
  test.each([
    ['ann', 'deSSN', '2026-10-31T23:59:59.999Z', 'code 1, not begun 2026-11-01T00:00:00Z', 'before the group begins'],
    ['ann', 'deSSN', '2026-11-01T00:00:00Z', 'allow', 'at its first moment'],
    ['ann', 'deSSN', '2026-12-31T17:59:59.999Z', 'allow', 'a moment before the end'],
    ['ann', 'deSSN', '2026-12-31T18:00:00Z', 'code 1, ended 2026-12-31T18:00:00Z', 'at the end'],
    ['joe', 'deSSN', '2099-01-01', 'allow', 'a member without an end'],
    ['joe', 'dePlan', '2026-11-30T23:59:59Z', 'allow', 'before the grant ends'],
    ['joe', 'dePlan', '2026-12-01', 'code 3, ended 2026-12-01T00:00:00Z', 'once the grant has ended'],
    ['ann', 'dePlan', '2027-01-01', 'code 1, ended 2026-12-01T00:00:00Z', 'the grant ended before the member did'],
    ['ANN', 'deSSN', '2026-12-31T18:00:00Z', 'code 1, ended 2026-12-31T18:00:00Z', 'the name stays known'],
    ['zoe', 'deSSN', '2026-12-01', 'code 1', 'no time would help'],
    ['joe', 'deGone', '2026-12-01', 'code 2', 'no time would help'],
  ])('%s unprotects %s at %s: %s, %s', (user, element, time, answer) => {
    expect(word(decide(user, 'Unprotect', element, time))).toBe(answer);
  });

  test('refuses everything at a time that is no number', () => {
    const decider = new PolicyDecider(parsePolicy(POLICY));
    const request = { user: 'joe', operation: 'Unprotect', element: 'deSSN' } as const;
    expect(decider.decide(request, Number.NaN)).toMatchObject({ kind: 'refuse', code: 1 });
    expect(decider.decide({ ...request, user: 'eva' }, Number.NaN)).toMatchObject({ kind: 'refuse', code: 1 });
  });

  test('falls back to the default role where no entry counts', () => {
    const document = changed(({ roles }) =>
      roles.push({
        name: 'all',
        default: true,
        members: [],
        grants: [{ element: 'dePlan', permissions: ['protect'] }],
      }),
    );
    expect(word(decide('ann', 'Protect', 'dePlan', '2026-10-01', document))).toBe('allow');
    expect(word(decide('joe', 'Protect', 'dePlan', '2026-11-15', document))).toBe('code 3, ended 2026-11-01T00:00:00Z');
    expect(word(decide('joe', 'Protect', 'dePlan', '2026-12-15', document))).toBe('allow');
  });
});

describe('a break-glass role', () => {
  test.each([
    ['eva', 'Protect', 'deSSN', 'allow, break-glass', 'only this role grants it'],
    ['eva', 'Unprotect', 'deSSN', 'allow', 'another role grants it too'],
    ['eva', 'Unprotect', 'dePlan', 'allow', 'it does not grant it, another role does'],
    ['joe', 'Protect', 'deSSN', 'code 3', 'the user does not have it'],
  ] as const satisfies readonly (readonly [string, 'Protect' | 'Unprotect', string, string, string])[])(
    'marks what it alone allows: %s %s %s: %s, because %s',
    (user, operation, element, answer, _because) => {
      expect(word(decide(user, operation, element, '2026-11-15'))).toBe(answer);
    },
  );

  test('marks a clearer view than the other roles give', () => {
    const document = changed((policy) => {
      policy.masks = [{ name: 'ends', fromLeft: 1, fromRight: 1, mode: 'mask' }];
      policy.roles[0].grants[0].mask = 'ends';
    });
    expect(word(decide('eva', 'Unprotect', 'deSSN', '2026-11-15', document))).toBe('allow, break-glass');
    expect(word(decide('eva', 'Unprotect', 'deSSN', '2027-01-01', document))).toBe('allow');
  });

  test('leaves a record of each use, whatever the other roles say of audit', () => {
    const off = { protect: { successful: false, failed: false } };
    const document = changed(({ roles }) => Object.assign(roles[0].grants[0], { audit: off }));
    expect(decide('eva', 'Protect', 'deSSN', '2026-11-15', document)).toEqual({
      kind: 'allow',
      breakGlass: true,
      audit: { successful: true, failed: true },
    });
  });

  test('ends as other roles do', () => {
    expect(word(decide('eva', 'Protect', 'deSSN', '2027-01-01'))).toBe('code 3, ended 2027-01-01T00:00:00Z');
  });
});

const roleOf = (name: string, ...members: Member[]) => ({ name, default: false, members, grants: [] });

describe('membership over time', () => {
  const { users } = new Membership({
    roles: [
      roleOf('one', { group: 'outer', from: '2026-01-01', until: '2026-06-01' }, { user: 'ann', from: '2026-05-01' }),
      roleOf('two', { group: 'inner', until: '2026-03-01' }),
      roleOf('ring', { group: 'a', from: '2026-02-01' }),
    ],
    groups: [
      {
        name: 'outer',
        members: [
          { group: 'inner', from: '2026-02-01' },
          { user: 'joe', until: '2026-01-15' },
        ],
      },
      { name: 'inner', members: ['eva', { user: 'joe', from: '2026-04-01', until: '2026-05-01' }] },
      { name: 'a', members: [{ group: 'b', until: '2026-07-01' }, 'al'] },
      { name: 'b', members: [{ group: 'a', until: '2026-04-01' }, 'bo'] },
    ],
  });
  const course = (user: string): string[] =>
    users.get(user)!.since.map((since, i) => {
      const names =
        users
          .get(user)!
          .roles[i]!.map(({ name }) => name)
          .join(' ') || 'none';
      return Number.isFinite(since) ? `${new Date(since).toISOString().slice(0, 10)} ${names}` : names;
    });

  test.each([
    ['eva', ['two', '2026-02-01 one two', '2026-03-01 one', '2026-06-01 none'], 'through two ways'],
    ['joe', ['none', '2026-01-01 one', '2026-01-15 none', '2026-04-01 one', '2026-05-01 none'], 'with a gap'],
    ['ann', ['none', '2026-05-01 one'], 'by name'],
    ['al', ['none', '2026-02-01 ring'], 'in a group within itself'],
    ['bo', ['none', '2026-02-01 ring', '2026-07-01 none'], 'in a group within itself'],
  ])('%s has the roles %j, %s', (user, roles) => {
    expect(course(user)).toEqual(roles);
  });

  test('an end before the beginning leaves no time, and a time that is no number no role', () => {
    const odd = new Membership({
      roles: [roleOf('r', { user: 'u', from: '2026-02-01', until: '2026-01-01' })],
      groups: [],
    });
    expect(rolesAt(odd.users.get('u')!, at('2026-01-15'))).toEqual([]);
    expect(rolesAt(users.get('eva')!, Number.NaN)).toEqual([]);
  });

  test('users with the same times share one tenure', () => {
    const listed = Array.from({ length: 100 }, (_, i) => ({
      user: `u${i}`,
      until: i % 2 ? '2026-01-01' : '2026-01-01T00:00Z',
    }));
    expect(new Set(new Membership({ roles: [roleOf('r', ...listed)], groups: [] }).users.values()).size).toBe(1);
  });
});

const explained = (user: string, element: string, time: string) => {
  const { roles, operations } = explain(parsePolicy(POLICY), user, element, at(time));
  return [
    ...operations.map(({ operation, answer, because }) => `${operation}: ${answer}, because ${because}`).slice(1, 2),
    ...roles.map(({ role, because, says }) => `${role}, ${because}: ${says}`),
  ];
};

describe('an explanation', () => {
  test.each([
    [
      'ann',
      'deSSN',
      '2026-11-15',
      [
        'Unprotect: allowed, because reader grants it',
        'reader, through group staff from 2026-11-01, as a member until 2026-12-31T18:00:00Z: grants unprotect',
      ],
    ],
    [
      'ann',
      'deSSN',
      '2027-01-01',
      [
        'Unprotect: refused, code 1, because no role lists the user, and there is no default role; it was allowed until 2026-12-31T18:00:00Z',
        'reader, through group staff from 2026-11-01, as a member until 2026-12-31T18:00:00Z, which is over: grants unprotect',
      ],
    ],
    [
      'joe',
      'dePlan',
      '2026-12-15',
      [
        'Unprotect: refused, code 3, because none of the roles reader names the element; it was allowed until 2026-12-01T00:00:00Z',
        'reader, through group staff from 2026-11-01: grants unprotect until 2026-12-01, which is over',
      ],
    ],
    [
      'joe',
      'deSSN',
      '2026-10-15',
      [
        'Unprotect: refused, code 1, because no role lists the user, and there is no default role; it is allowed from 2026-11-01T00:00:00Z',
        'reader, through group staff from 2026-11-01, which has not begun: grants unprotect',
      ],
    ],
  ])('of %s, %s at %s gives the times', (user, element, time, lines) => {
    expect(explained(user, element, time)).toEqual(lines);
  });

  test('says that a break-glass role alone allows it, and what its use does', () => {
    const { roles, operations } = explain(parsePolicy(POLICY), 'eva', 'deSSN', at('2026-11-15'));
    expect(operations[0]!.because).toBe(
      'emergency grants it: the least restrictive wins; a break-glass role alone allows it',
    );
    expect(roles[1]).toEqual({
      role: 'emergency',
      because: 'a member until 2027-01-01',
      says: 'grants protect, unprotect; break-glass, each use is recorded and alarms',
    });
  });
});

const changes = (change: (policy: any) => void): string[] =>
  diffPolicies(parsePolicy(POLICY), parsePolicy(changed(change))).map(({ effect, text }) => `${effect}: ${text}`);

describe('a difference', () => {
  test.each<[string, (policy: any) => void, string[]]>([
    [
      'a later end',
      ({ groups }) => (groups[0].members[1].until = '2027-12-31'),
      ['widens: ann is in group staff until 2027-12-31, instead of until 2026-12-31T18:00:00Z'],
    ],
    [
      'a later beginning with the same end',
      ({ groups }) => (groups[0].members[1].from = '2026-06-01'),
      [
        'narrows: ann is in group staff from 2026-06-01 until 2026-12-31T18:00:00Z, instead of until 2026-12-31T18:00:00Z',
      ],
    ],
    [
      'an earlier end of a group',
      ({ roles }) => (roles[0].members[0].until = '2027-06-30'),
      ['narrows: group staff is in role reader from 2026-11-01 until 2027-06-30, instead of from 2026-11-01'],
    ],
    [
      'an end that is gone',
      ({ groups }) => (groups[0].members[1] = 'ann'),
      ['widens: ann is in group staff always, instead of until 2026-12-31T18:00:00Z'],
    ],
    ['another spelling of the same time', ({ roles }) => (roles[0].members[0].from = '2026-11-01T00:00Z'), []],
    [
      'a new member for a time',
      ({ roles }) => roles[0].members.push({ user: 'zoe', until: '2026-12-01' }),
      ['widens: zoe until 2026-12-01 joined role reader'],
    ],
    [
      'a new end of a grant',
      ({ roles }) => (roles[0].grants[0].until = '2027-01-01'),
      ['narrows: the grant of deSSN to reader counts until 2027-01-01, instead of always'],
    ],
    [
      'a new grant for a time',
      ({ roles }) => {
        roles[0].grants[0] = { ...roles[0].grants[0], permissions: ['unprotect', 'protect'], until: '2027-01-01' };
      },
      [
        'widens: reader may now protect deSSN until 2027-01-01',
        'narrows: the grant of deSSN to reader counts until 2027-01-01, instead of always',
      ],
    ],
    [
      'a role that is for emergencies no longer',
      ({ roles }) => delete roles[1].breakGlass,
      ['neutral: role emergency is for emergencies no longer: its uses raise no alarm'],
    ],
  ])('names %s', (_, change, texts) => {
    expect(changes(change)).toEqual(texts);
  });
});

const warnings = (time: string, document: unknown = POLICY): string[] =>
  lintPolicy(parsePolicy(document), at(time))
    .filter(({ rule }) => rule.startsWith('term') || rule.startsWith('break'))
    .map(({ rule, path, message }) => `${rule} ${path}: ${message}`);

const rulesOf = (policy: unknown) => lintPolicy(parsePolicy(policy), 0).map(({ rule }) => rule);

describe('lint', () => {
  test.each<[string, string[]]>([
    ['2026-11-15', []],
    [
      '2026-10-28T12:00:00Z',
      [
        'term-not-begun $.roles[0].members[0].from: group staff as a member of role reader begins in 3 days (2026-11-01T00:00:00Z)',
      ],
    ],
    [
      '2026-11-27T12:00:00Z',
      ['term-ends-soon $.roles[0].grants[1].until: the grant of dePlan ends in 3 days (2026-12-01T00:00:00Z)'],
    ],
    [
      '2026-12-31T12:00:00Z',
      [
        'term-ends-soon $.groups[0].members[1].until: ann as a member of group staff ends within a day (2026-12-31T18:00:00Z)',
        'term-ends-soon $.roles[1].members[0].until: eva as a member of role emergency ends within a day (2027-01-01T00:00:00Z)',
        'term-ended $.roles[0].grants[1].until: the grant of dePlan has ended (2026-12-01T00:00:00Z): remove it, or give it another until',
      ],
    ],
  ])('at %s says %j', (time, said) => {
    expect(warnings(time)).toEqual(said);
  });

  test('names users who have a break-glass role without an end, unless its grants end', () => {
    const endless = changed(({ roles }) => (roles[1].members = ['zoe', 'eva']));
    expect(warnings('2026-11-15', endless)).toEqual([
      'break-glass-without-end $.roles[1]: eva and 1 more have it without an end: give it for a time, with until',
    ]);
    const ending = changed(({ roles }) => {
      roles[1].members = ['eva'];
      for (const grant of roles[1].grants) grant.until = '2027-01-01';
    });
    expect(warnings('2026-11-15', ending)).toEqual([]);
  });

  test('says that the most restrictive role wins in an emergency too', () => {
    const document = changed((policy) => (policy.conflictResolution = 'most-restrictive'));
    expect(warnings('2026-11-15', document)).toEqual([
      'break-glass-overruled $.roles[1]: other roles of its members name its elements, and the most restrictive wins, in an emergency too',
    ]);
  });

  test('finds masks that conflict for a time', () => {
    const document = changed((policy) => {
      policy.masks = [
        { name: 'a', fromLeft: 1, fromRight: 1, mode: 'mask' },
        { name: 'b', fromLeft: 2, fromRight: 2, mode: 'mask' },
      ];
      Object.assign(policy.roles[0].grants[0], { mask: 'a', until: '2026-12-01' });
      Object.assign(policy.roles[1].grants[0], { mask: 'b', from: '2026-11-01' });
    });
    expect(rulesOf(document)).toContain('mask-conflict');
    const apart = structuredClone(document) as typeof POLICY & { roles: any[] };
    apart.roles[1].grants[0].from = '2026-12-01';
    expect(rulesOf(apart)).not.toContain('mask-conflict');
  });
});
