// Times of members and grants, against the plainest way to read them: a policy without the entries that do not count.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { OPERATIONS } from '../../lib/base/operation.ts';
import { type Decision, PolicyDecider } from '../../lib/policy/decide.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import type { PolicyDocument } from '../../lib/policy/schema.ts';
import { instantMs, type Term } from '../../lib/policy/term.ts';

const USERS = ['ann', 'joe', 'eva'];
const GROUPS = ['g0', 'g1', 'g2', 'g3'];
const ELEMENTS = ['de0', 'de1'];
const DAYS = 12;
const day = (n: number): string => `2026-11-${String(n + 1).padStart(2, '0')}`;

const term: fc.Arbitrary<Term> = fc
  .tuple(fc.option(fc.nat(DAYS - 2)), fc.option(fc.integer({ min: 1, max: DAYS - 1 })))
  .map(([from, until]) => ({
    ...(from !== null && { from: day(from) }),
    ...(until !== null && until > (from ?? -1) && { until: day(until) }),
  }));

/** Members of a list: users, and of the groups only those behind `group`, so that none contains itself. */
const members = (group: number) =>
  fc
    .subarray([...USERS.map((user) => ({ user })), ...GROUPS.slice(group + 1).map((name) => ({ group: name }))])
    .chain((listed) => fc.tuple(...listed.map((member) => term.map((during) => ({ ...member, ...during })))));

const grants = fc
  .subarray(ELEMENTS)
  .chain((named) =>
    fc.tuple(
      ...named.map((element) =>
        fc
          .tuple(
            fc.subarray(['protect', 'unprotect', 'reprotect']),
            fc.constantFrom('null', 'protected', 'exception'),
            term,
          )
          .map(([permissions, noAccess, during]) => ({ element, permissions, noAccess, ...during })),
      ),
    ),
  );

const policies = fc
  .record({
    conflictResolution: fc.constantFrom('least-restrictive', 'most-restrictive'),
    groups: fc.tuple(...GROUPS.map((name, i) => members(i).map((listed) => ({ name, members: listed })))),
    roles: fc.tuple(
      ...['r0', 'r1', 'r2'].map((name, i) =>
        fc
          .record({ members: members(-1), grants, inheritsDefault: fc.boolean(), isDefault: fc.boolean() })
          .map(({ isDefault, ...role }) => ({ name, ...role, default: i === 2 && isDefault })),
      ),
    ),
  })
  .map((parts) =>
    parsePolicy({
      name: 'P',
      dataStore: 'D',
      elements: ELEMENTS.map((name, i) => ({
        id: `00000000-0000-4000-8000-00000000000${i}`,
        name,
        method: 'tokenization',
        type: 'numeric',
        shortData: 'error',
      })),
      ...parts,
    }),
  );

/** Returns the policy without times, and without the entries that do not count at a time. */
function policyAt(policy: PolicyDocument, nowMs: number): PolicyDocument {
  const counts = ({ from, until }: Term): boolean =>
    (from === undefined || instantMs(from) <= nowMs) && (until === undefined || nowMs < instantMs(until));
  const kept = <T>(entries: readonly T[]): T[] =>
    entries.flatMap((entry) => {
      if (typeof entry !== 'object' || entry === null) return [entry];
      const { from: _from, until: _until, ...rest } = entry as T & Term;
      return counts(entry) ? [rest as T] : [];
    });
  return {
    ...policy,
    groups: policy.groups.map((group) => ({ ...group, members: kept(group.members) })),
    roles: policy.roles.map((role) => ({ ...role, members: kept(role.members), grants: kept(role.grants) })),
  };
}

const withoutLapse = ({ lapse: _lapse, ...decision }: Decision) => decision;

test('a decision at a time is the decision of the policy without the entries that do not count then', () => {
  const seen = { allow: 0, other: 0, lapse: 0 };
  fc.assert(
    fc.property(policies, (policy) => {
      const decider = new PolicyDecider(policy);
      for (let n = -1; n <= DAYS; n++) {
        for (const shift of [-1, 0]) {
          const nowMs = instantMs(day(0)) + n * 86_400_000 + shift;
          const oracle = new PolicyDecider(policyAt(policy, nowMs));
          for (const user of [...USERS, 'nobody']) {
            for (const operation of OPERATIONS) {
              for (const element of ELEMENTS) {
                const request = { user, operation, element };
                const decision = decider.decide(request, nowMs);
                expect(withoutLapse(decision)).toEqual(oracle.decide(request, 0));
                seen[decision.kind === 'allow' ? 'allow' : 'other']++;
                const { lapse } = decision;
                if (lapse === undefined) continue;
                seen.lapse++;
                const then = lapse.is === 'ended' ? lapse.atMs - 1 : lapse.atMs;
                expect(lapse.is === 'ended' ? lapse.atMs <= nowMs : lapse.atMs > nowMs).toBe(true);
                expect(new PolicyDecider(policyAt(policy, then)).decide(request, 0).kind).toBe('allow');
              }
            }
          }
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(Object.values(seen).every((count) => count > 100)).toBe(true);
});
