// Proofs over classes of users and kinds of elements against every user and element, one by one.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { elementsByName, isOldVersion } from '../../lib/policy/key-versions.ts';
import { misfitOf } from '../../lib/policy/moves.ts';
import { groupOf, termOf, userOf } from '../../lib/policy/membership.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { PolicyDecider } from '../../lib/policy/decide.ts';
import type { Member, PolicyDocument } from '../../lib/policy/schema.ts';
import { isWithin, spanOf } from '../../lib/policy/term.ts';
import { Access } from '../../lib/policy-tests/access.ts';
import { carryOut, type Made, throwAwayEngine } from '../../lib/policy-tests/engine.ts';
import { type Given, givenTo } from '../../lib/policy-tests/outcome.ts';
import { parsePolicyTests } from '../../lib/policy-tests/parse.ts';
import { runPolicyTests } from '../../lib/policy-tests/run.ts';
import { grant } from '../support/tested-policy.ts';

const NAMES = ['deA', 'deB', 'deC', 'deD', 'deE', 'deF', 'deG'];
const USERS = ['ann', 'bob', 'cat', 'dan'];
const ROLES = ['r0', 'r1', 'r2'];
const GROUPS = ['g0', 'g1'];

/** All take digits with hyphens. deG can be read by everyone, deF by nobody. */
const TYPES: readonly object[] = [
  {
    method: 'tokenization',
    type: 'numeric',
    shortData: 'error',
    otherCharacters: 'refuse',
    keyVersion: 3,
    oldKeyVersions: [2],
  },
  { method: 'tokenization', type: 'numeric', shortData: 'error', otherCharacters: 'refuse' },
  { method: 'tokenization', type: 'numeric', shortData: 'error', fromRight: 4 },
  { method: 'tokenization', type: 'unicode-script', shortData: 'weak-token' },
  { method: 'clear', type: 'masking', mask: { fromLeft: 1, fromRight: 1, mode: 'clear' } },
  { method: 'hash', type: 'hmac-sha256' },
  { method: 'clear', type: 'monitor' },
];

/** Members and grants begin and end at some of these; the first is that of the run. */
const TIMES = ['1970-01-01', '2026-01-01', '2026-02-01', '2026-03-01'];
/** Most entries have no times. */
const term = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc
    .uniqueArray(fc.nat(TIMES.length - 2), { minLength: 2, maxLength: 2 })
    .map(([a, b]) => ({ from: TIMES[1 + Math.min(a!, b!)], until: TIMES[1 + Math.max(a!, b!)] })),
  fc.constantFrom(...TIMES.slice(1)).map((until) => ({ until })),
  fc.constantFrom(...TIMES.slice(1)).map((from) => ({ from })),
);

const permissions = fc.subarray(['protect', 'unprotect', 'reprotect']);
const anyGrant = fc.record({
  element: fc.nat(NAMES.length - 1),
  permissions,
  noAccess: fc.constantFrom('null', 'protected', 'exception'),
  mask: fc.constantFrom(undefined, undefined, 'one', 'two'),
  term,
});

/** Leaves out of a grant what its element cannot offer. */
function fitting({
  element,
  permissions: given,
  noAccess,
  mask,
  term: times,
}: typeof anyGrant extends fc.Arbitrary<infer T> ? T : never) {
  const name = NAMES[element]!;
  const fit = name === 'deF' ? given.filter((each) => each === 'protect') : given;
  const isMasked = mask !== undefined && fit.includes('unprotect') && name !== 'deG';
  return grant(name, fit, {
    noAccess: name === 'deF' && noAccess === 'protected' ? 'null' : noAccess,
    ...(isMasked && { mask }),
    ...times,
  });
}

const memberFrom = (...all: readonly object[]) =>
  fc.tuple(fc.constantFrom(...all), term).map(([one, times]) => ({ ...one, ...times }) as Record<string, string>);
const ofUsers = USERS.map((user) => ({ user }));
const member = memberFrom(...ofUsers, { group: 'g0' }, { group: 'g1' });
const names1 = ({ user, group }: Record<string, string>): string => user ?? `group ${group}`;
const usersOfGroup = fc.uniqueArray(memberFrom(...ofUsers), { maxLength: 4, selector: names1 });
const policies = fc
  .record({
    roles: fc.array(
      fc.record({
        members: fc.uniqueArray(member, { maxLength: 4, selector: names1 }),
        grants: fc.uniqueArray(anyGrant, { maxLength: 7, selector: ({ element }) => element }),
        inheritsDefault: fc.constantFrom(undefined, false),
      }),
      { minLength: 3, maxLength: 3 },
    ),
    byDefault: fc.constantFrom(-1, -1, 2),
    groups: fc.tuple(usersOfGroup, usersOfGroup),
    nested: fc.option(term, { nil: undefined }),
    conflictResolution: fc.constantFrom('least-restrictive', 'most-restrictive'),
  })
  .map(({ roles, byDefault, groups, nested, conflictResolution }) =>
    parsePolicy({
      name: 'P',
      dataStore: 'D',
      conflictResolution,
      masks: [
        { name: 'one', fromLeft: 0, fromRight: 4, mode: 'clear' },
        { name: 'two', fromLeft: 2, fromRight: 0, mode: 'clear' },
      ],
      elements: NAMES.map((name, i) => ({ id: `00000000-0000-4000-8000-00000000000${i}`, name, ...TYPES[i] })),
      groups: [
        { name: 'g0', members: [...groups[0], ...(nested === undefined ? [] : [{ group: 'g1', ...nested }])] },
        { name: 'g1', members: groups[1] },
      ],
      roles: roles.map(({ members, grants, inheritsDefault }, i) => ({
        name: ROLES[i],
        members,
        ...(i === byDefault && { default: true }),
        ...(inheritsDefault === false && { inheritsDefault }),
        grants: grants.map(fitting),
      })),
    }),
  );

type Act = 'protect' | 'unprotect' | 'reprotect' | 'seeInClear' | 'seeAnythingOf';
const act = fc.constantFrom<Act>('protect', 'unprotect', 'reprotect', 'seeInClear', 'seeAnythingOf');
const names = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...NAMES, 'deA@2'), { minLength: 1, maxLength: 3 }),
  fc.constant(['*']),
);
const who = fc.uniqueArray(
  fc.constantFrom(
    ...USERS.map((each) => `user ${each}`),
    ...ROLES.map((each) => `role ${each}`),
    ...GROUPS.map((each) => `group ${each}`),
    'anybody else',
    'user eve',
  ),
  { minLength: 1, maxLength: 3 },
);

const STRANGERS = ['eve', 'somebody new'];

/** The policy, asked for one user, one element and one time after the other. */
class Plain {
  readonly policy: PolicyDocument;
  readonly #decider: PolicyDecider;
  readonly #elements;
  readonly #atMs: number;
  readonly users = [...USERS, ...STRANGERS];

  constructor(policy: PolicyDocument, atMs: number) {
    this.policy = policy;
    this.#atMs = atMs;
    this.#decider = new PolicyDecider(policy);
    this.#elements = elementsByName(policy.elements);
  }

  does(user: string, how: Act, element: string): boolean {
    const operation = { protect: 'Protect', reprotect: 'Reprotect' }[how as string] ?? 'Unprotect';
    const decided = this.#decider.decide({ user, operation: operation as 'Protect', element }, this.#atMs);
    if (how === 'protect' && isOldVersion(element)) return false;
    if (how === 'seeAnythingOf') return decided.kind === 'allow' || decided.kind === 'mask';
    if (decided.kind !== 'allow') return false;
    return how !== 'seeInClear' || decided.mask === undefined;
  }

  moves(user: string, from: string, to: string): boolean {
    const fits = misfitOf(this.#elements.get(from)!, this.#elements.get(to)!) === undefined && !isOldVersion(to);
    const request = { user, operation: 'Reprotect', oldElement: from, element: to } as const;
    return fits && this.#decider.decide(request, this.#atMs).kind === 'allow';
  }

  named(given: readonly string[]): string[] {
    return given.flatMap((each) => (each === '*' ? NAMES.filter((name) => name !== 'deG') : [each]));
  }

  isOf(user: string, selectors: readonly string[]): boolean {
    const { roles, groups } = this.policy;
    const lists = (members: readonly Member[], counts: (member: Member) => boolean): boolean =>
      members.filter(counts).some((each) => {
        const group = groups.find(({ name }) => name === groupOf(each));
        return group === undefined ? userOf(each) === user : lists(group.members, counts);
      });
    /** A statement about a group is about all that are ever in it. */
    const within = (name: string): boolean => lists(groups.find((each) => each.name === name)!.members, () => true);
    const listed = (role: PolicyDocument['roles'][number]): boolean =>
      lists(role.members, (each) => isWithin(spanOf(termOf(each)), this.#atMs));
    const isElse = !roles.some(listed);
    return selectors.some((selector) => {
      if (selector === 'anybody else') return isElse;
      const [kind, name] = selector.split(' ') as [string, string];
      if (kind === 'user') return user === name;
      if (kind === 'group') return within(name);
      const role = roles.find((each) => each.name === name)!;
      return listed(role) || (role.default && isElse);
    });
  }
}

async function holds(policy: PolicyDocument, statement: object): Promise<boolean> {
  const access = new Access(policy, 0);
  const parsed = parsePolicyTests({ statements: [statement] }, access);
  const [result] = await runPolicyTests(access, parsed, throwAwayEngine(policy, randomBytes));
  return result!.failure === undefined;
}

const atEachTime = (policy: PolicyDocument): Plain[] => TIMES.map((time) => new Plain(policy, Date.parse(time)));

const VALUE = '944-07-42140-1234';
const RUNS = { numRuns: 400 };

describe('proofs by classes agree with every user, element and time, one by one', () => {
  test('where users may not', async () => {
    const property = fc.asyncProperty(
      policies,
      act,
      names,
      who,
      fc.boolean(),
      async (policy, how, of, users, isNobody) => {
        const expected = atEachTime(policy).every((plain) => {
          const about = plain.users.filter((user) => plain.isOf(user, users) !== isNobody);
          return about.every((user) => !plain.named(of).some((element) => plain.does(user, how, element)));
        });
        const deed = { [how]: of };
        expect(await holds(policy, isNobody ? { nobody: deed, but: users } : { who: users, mayNot: deed })).toBe(
          expected,
        );
      },
    );
    await fc.assert(property, RUNS);
  });

  test('where users may', async () => {
    const property = fc.asyncProperty(policies, act, names, who, async (policy, how, of, users) => {
      const isPattern = of.includes('*');
      const expected = atEachTime(policy).every((plain) => {
        const named = plain.named(of);
        const elements = isPattern && how !== 'protect' ? named.filter((name) => name !== 'deF') : named;
        const about = plain.users.filter((user) => plain.isOf(user, users));
        return about.every((user) => elements.every((element) => plain.does(user, how, element)));
      });
      expect(await holds(policy, { who: users, may: { [how]: of } })).toBe(expected);
    });
    await fc.assert(property, RUNS);
  });

  test('where no user may do two things', async () => {
    const joined = fc.constantFrom<Act>('protect', 'unprotect', 'reprotect', 'seeInClear');
    const property = fc.asyncProperty(
      policies,
      joined,
      joined,
      names,
      names,
      who,
      fc.boolean(),
      async (policy, a, b, of, others, users, isSame) => {
        const expected = atEachTime(policy).every((plain) => {
          const about = plain.users.filter((user) => !plain.isOf(user, users));
          return about.every((user) =>
            isSame
              ? !plain.named(of).some((element) => plain.does(user, a, element) && plain.does(user, b, element))
              : !(
                  plain.named(of).some((x) => plain.does(user, a, x)) &&
                  plain.named(others).some((y) => plain.does(user, b, y))
                ),
          );
        });
        const deed = isSame ? { both: [a, b], of } : { both: [{ [a]: of }, { [b]: others }] };
        expect(await holds(policy, { nobody: deed, but: users })).toBe(expected);
      },
    );
    await fc.assert(property, RUNS);
  });

  test('where users are counted', async () => {
    const property = fc.asyncProperty(
      policies,
      act,
      names,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (policy, how, of, number, isLeast) => {
        const listed = USERS.filter((user) => JSON.stringify([policy.roles, policy.groups]).includes(`"${user}"`));
        const countOf = (plain: Plain, element: string): number =>
          plain.does('somebody new', how, element)
            ? Number.POSITIVE_INFINITY
            : listed.filter((user) => plain.does(user, how, element)).length;
        const expected = atEachTime(policy).every((plain) => {
          const named = plain.named(of);
          const asked = of.includes('*') && how !== 'protect' ? named.filter((name) => name !== 'deF') : named;
          return isLeast
            ? asked.every((name) => countOf(plain, name) >= number)
            : named.every((name) => countOf(plain, name) <= number);
        });
        const statement = isLeast ? { atLeast: number, may: { [how]: of } } : { atMost: number, may: { [how]: of } };
        expect(await holds(policy, statement)).toBe(expected);
      },
    );
    await fc.assert(property, RUNS);
  });

  test('where values are moved until a user sees them', async () => {
    const property = fc.asyncProperty(policies, names, who, who, fc.boolean(), async (policy, of, to, by, anything) => {
      const plains = atEachTime(policy);
      const reached = new Set(plains[0]!.named(of));
      const how = anything ? 'seeAnythingOf' : 'seeInClear';
      // What was moved at one time is seen at a later one.
      const expected = plains.every((plain) => {
        const movers = plain.users.filter((user) => plain.isOf(user, by));
        const viewers = plain.users.filter((user) => plain.isOf(user, to));
        for (const from of reached) {
          for (const into of NAMES) if (movers.some((user) => plain.moves(user, from, into))) reached.add(into);
        }
        return ![...reached].some((element) => viewers.some((user) => plain.does(user, how, element)));
      });
      expect(await holds(policy, { noPathShows: of, to, by, anything })).toBe(expected);
    });
    await fc.assert(property, RUNS);
  });
});

/** What the engine gave, as far as the policy alone decides it: a token depends on the keys. */
function answerOf(made: Made): unknown {
  if (made.kind === 'answered') return made.text === null || made.text === VALUE ? made.text : 'another text';
  return made.kind === 'refused' ? made.code : made.reason;
}

function expectedAnswer(given: Given, written: string): unknown {
  if (given.word === 'refused') return given.code;
  if (given.word === 'null') return null;
  const staysClear = ['deE', 'deG'].includes(written) && given.word !== 'masked';
  return given.word === 'clear' || staysClear ? VALUE : 'another text';
}

describe('what tests expect of a policy', () => {
  test('is what the engine then gives', async () => {
    const property = fc.asyncProperty(policies, async (policy) => {
      const access = new Access(policy, 0);
      using engine = throwAwayEngine(policy, randomBytes)();
      for (const user of ['ann', 'eve']) {
        for (const element of access.elements.keys()) {
          for (const [operation, to] of [
            ['Protect'],
            ['Unprotect'],
            ...NAMES.map((name) => ['Reprotect', name]),
          ] as const) {
            const asked = { operation: operation as 'Protect', element, to };
            const given = givenTo(access, user, asked);
            const facts = {
              kind: 'test',
              path: '$',
              text: '',
              user,
              value: '944-07-42140-1234',
              expected: { word: 'clear' },
            } as const;
            // oxlint-disable-next-line no-await-in-loop -- one after another
            const made = await carryOut(engine, user, { ...facts, ...asked }, 0);
            const where = [operation, element, to];
            expect([...where, answerOf(made)]).toEqual([...where, expectedAnswer(given, to ?? element)]);
          }
        }
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });
});
