// Proofs over classes of users and kinds of elements against every user and element, one by one.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { elementsByName, isOldVersion } from '../../lib/policy/key-versions.ts';
import { misfitOf } from '../../lib/policy/moves.ts';
import { groupOf, userOf } from '../../lib/policy/membership.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { PolicyDecider } from '../../lib/policy/decide.ts';
import type { PolicyDocument } from '../../lib/policy/schema.ts';
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

const permissions = fc.subarray(['protect', 'unprotect', 'reprotect']);
const anyGrant = fc.record({
  element: fc.nat(NAMES.length - 1),
  permissions,
  noAccess: fc.constantFrom('null', 'protected', 'exception'),
  mask: fc.constantFrom(undefined, undefined, 'one', 'two'),
});

/** Leaves out of a grant what its element cannot offer. */
function fitting({
  element,
  permissions: given,
  noAccess,
  mask,
}: typeof anyGrant extends fc.Arbitrary<infer T> ? T : never) {
  const name = NAMES[element]!;
  const fit = name === 'deF' ? given.filter((each) => each === 'protect') : given;
  const isMasked = mask !== undefined && fit.includes('unprotect') && name !== 'deG';
  return grant(name, fit, {
    noAccess: name === 'deF' && noAccess === 'protected' ? 'null' : noAccess,
    ...(isMasked && { mask }),
  });
}

const member = fc.constantFrom<unknown>(...USERS, { group: 'g0' }, { group: 'g1' });
const policies = fc
  .record({
    roles: fc.array(
      fc.record({
        members: fc.uniqueArray(member, { maxLength: 4, selector: (each) => JSON.stringify(each) }),
        grants: fc.uniqueArray(anyGrant, { maxLength: 7, selector: ({ element }) => element }),
        inheritsDefault: fc.constantFrom(undefined, false),
      }),
      { minLength: 3, maxLength: 3 },
    ),
    byDefault: fc.constantFrom(-1, -1, 2),
    groups: fc.tuple(fc.subarray(USERS), fc.subarray(USERS)),
    isNested: fc.boolean(),
    conflictResolution: fc.constantFrom('least-restrictive', 'most-restrictive'),
  })
  .map(({ roles, byDefault, groups, isNested, conflictResolution }) =>
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
        { name: 'g0', members: [...groups[0], ...(isNested ? [{ group: 'g1' }] : [])] },
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

/** The policy, asked for one user and one element at a time. */
class Plain {
  readonly policy: PolicyDocument;
  readonly #decider: PolicyDecider;
  readonly #elements;
  readonly users = [...USERS, ...STRANGERS];

  constructor(policy: PolicyDocument) {
    this.policy = policy;
    this.#decider = new PolicyDecider(policy);
    this.#elements = elementsByName(policy.elements);
  }

  does(user: string, how: Act, element: string): boolean {
    const operation = { protect: 'Protect', reprotect: 'Reprotect' }[how as string] ?? 'Unprotect';
    const decided = this.#decider.decide({ user, operation: operation as 'Protect', element }, 0);
    if (how === 'protect' && isOldVersion(element)) return false;
    if (how === 'seeAnythingOf') return decided.kind === 'allow' || decided.kind === 'mask';
    if (decided.kind !== 'allow') return false;
    return how !== 'seeInClear' || decided.mask === undefined;
  }

  moves(user: string, from: string, to: string): boolean {
    const fits = misfitOf(this.#elements.get(from)!, this.#elements.get(to)!) === undefined && !isOldVersion(to);
    return (
      fits && this.#decider.decide({ user, operation: 'Reprotect', oldElement: from, element: to }, 0).kind === 'allow'
    );
  }

  named(given: readonly string[]): string[] {
    return given.flatMap((each) => (each === '*' ? NAMES.filter((name) => name !== 'deG') : [each]));
  }

  isOf(user: string, selectors: readonly string[]): boolean {
    const { roles, groups } = this.policy;
    const within = (name: string): boolean =>
      groups
        .find((each) => each.name === name)!
        .members.some((each) => userOf(each) === user || (groupOf(each) !== undefined && within(groupOf(each)!)));
    const listed = (role: PolicyDocument['roles'][number]): boolean =>
      role.members.some((each) => userOf(each) === user || (groupOf(each) !== undefined && within(groupOf(each)!)));
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

const VALUE = '944-07-42140-1234';
const RUNS = { numRuns: 400 };

describe('proofs by classes agree with every user and element, one by one', () => {
  test('where users may not', async () => {
    const property = fc.asyncProperty(
      policies,
      act,
      names,
      who,
      fc.boolean(),
      async (policy, how, of, users, isNobody) => {
        const plain = new Plain(policy);
        const about = plain.users.filter((user) => plain.isOf(user, users) !== isNobody);
        const expected = about.every((user) => !plain.named(of).some((element) => plain.does(user, how, element)));
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
      const plain = new Plain(policy);
      const isPattern = of.includes('*');
      const named = plain.named(of);
      const elements = isPattern && how !== 'protect' ? named.filter((name) => name !== 'deF') : named;
      const about = plain.users.filter((user) => plain.isOf(user, users));
      const expected = about.every((user) => elements.every((element) => plain.does(user, how, element)));
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
        const plain = new Plain(policy);
        const about = plain.users.filter((user) => !plain.isOf(user, users));
        const expected = about.every((user) =>
          isSame
            ? !plain.named(of).some((element) => plain.does(user, a, element) && plain.does(user, b, element))
            : !(
                plain.named(of).some((x) => plain.does(user, a, x)) &&
                plain.named(others).some((y) => plain.does(user, b, y))
              ),
        );
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
        const plain = new Plain(policy);
        const listed = USERS.filter((user) => JSON.stringify([policy.roles, policy.groups]).includes(`"${user}"`));
        const countOf = (element: string): number =>
          plain.does('somebody new', how, element)
            ? Number.POSITIVE_INFINITY
            : listed.filter((user) => plain.does(user, how, element)).length;
        const named = plain.named(of);
        const asked = of.includes('*') && how !== 'protect' ? named.filter((name) => name !== 'deF') : named;
        const expected = isLeast
          ? asked.every((name) => countOf(name) >= number)
          : named.every((name) => countOf(name) <= number);
        const statement = isLeast ? { atLeast: number, may: { [how]: of } } : { atMost: number, may: { [how]: of } };
        expect(await holds(policy, statement)).toBe(expected);
      },
    );
    await fc.assert(property, RUNS);
  });

  test('where values are moved until a user sees them', async () => {
    const property = fc.asyncProperty(policies, names, who, who, fc.boolean(), async (policy, of, to, by, anything) => {
      const plain = new Plain(policy);
      const movers = plain.users.filter((user) => plain.isOf(user, by));
      const viewers = plain.users.filter((user) => plain.isOf(user, to));
      const reached = new Set(plain.named(of));
      for (const from of reached) {
        for (const into of NAMES) if (movers.some((user) => plain.moves(user, from, into))) reached.add(into);
      }
      const how = anything ? 'seeAnythingOf' : 'seeInClear';
      const expected = ![...reached].some((element) => viewers.some((user) => plain.does(user, how, element)));
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
