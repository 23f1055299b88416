// A policy with every kind of thing that tests of a policy are about, and how to run a test on it.
import { randomBytes } from 'node:crypto';
import { Access } from '../../lib/policy-tests/access.ts';
import { throwAwayEngine } from '../../lib/policy-tests/engine.ts';
import { parsePolicyTests } from '../../lib/policy-tests/parse.ts';
import { type Result, runPolicyTests } from '../../lib/policy-tests/run.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';

/** A policy document that tests change. */
// oxlint-disable-next-line typescript/no-explicit-any -- a document is changed in places of all types
export type Draft = any;

const ALL = ['protect', 'unprotect', 'reprotect'];
const TOKENS = ['deSSN', 'deCCN', 'deName', 'deDigits', 'deCity', 'deNote'];

/** A new copy of the policy. Everybody in it has one role, but for pia, who has two. */
export function testedPolicy(): Draft {
  return structuredClone({
    name: 'TESTED',
    dataStore: 'TESTED',
    masks: [
      { name: 'last4', fromLeft: 0, fromRight: 4, mode: 'clear' },
      { name: 'first6', fromLeft: 6, fromRight: 0, mode: 'clear' },
    ],
    elements: [
      element(1, 'deSSN', { type: 'numeric', otherCharacters: 'refuse', keyVersion: 2, oldKeyVersions: [1] }),
      element(2, 'deCCN', { type: 'numeric' }),
      element(3, 'deName', { type: 'unicode-script' }),
      element(4, 'deDigits', { type: 'numeric', otherCharacters: 'refuse' }),
      element(5, 'deCity', { type: 'unicode-script' }),
      { ...element(6, 'deNote', { type: 'aes-256-gcm', method: 'encryption' }), shortData: undefined },
      { ...element(7, 'deHash', { type: 'hmac-sha256', method: 'hash' }), shortData: undefined },
      { ...element(8, 'deWatch', { type: 'monitor', method: 'clear' }), shortData: undefined },
    ],
    groups: [
      { name: 'finance', members: ['fay', { group: 'payroll' }] },
      { name: 'payroll', members: ['pia'] },
      { name: 'contractors', members: ['carl'] },
    ],
    roles: [
      role('admin', ['ada'], [...TOKENS.map((name) => grant(name, ALL)), grant('deHash', ['protect'])]),
      role('auditor', ['aude'], [grant('deSSN', ['unprotect']), grant('deName', ['unprotect'])]),
      role('clerk', [{ group: 'finance' }], [grant('deCCN', ['unprotect'], { mask: 'last4' }), grant('deSSN', [])]),
      role('payer', [{ group: 'payroll' }], [grant('deName', ['unprotect'])]),
      role(
        'loader',
        ['etl'],
        [
          ...TOKENS.map((name) => grant(name, ['protect'], { noAccess: 'exception' })).slice(1),
          grant('deSSN', ['protect', 'reprotect'], { noAccess: 'exception' }),
          grant('deHash', ['protect']),
        ].map((each) => (each.element === 'deDigits' ? { ...each, permissions: ['protect', 'reprotect'] } : each)),
      ),
      role('analyst', ['ann'], [grant('deCity', ['unprotect']), grant('deSSN', [])]),
      role('contractor', [{ group: 'contractors' }], [grant('deName', [], { noAccess: 'protected' })]),
      { ...role('everyone', [], [grant('deCity', []), grant('deNote', ['protect'])]), default: true },
    ],
  });
}

function element(id: number, name: string, facts: object): Draft {
  return {
    id: `00000000-0000-4000-8000-00000000000${id}`,
    name,
    method: 'tokenization',
    shortData: 'error',
    ...withScript(facts),
  };
}

/** Names are short: they get weak tokens. */
function withScript(facts: object): object {
  return 'type' in facts && facts.type === 'unicode-script' ? { ...facts, shortData: 'weak-token' } : facts;
}

function role(name: string, members: readonly unknown[], grants: readonly Draft[]): Draft {
  return { name, members, grants };
}

export function grant(name: string, permissions: readonly string[], facts: object = {}): Draft {
  return { element: name, permissions, noAccess: 'null', ...facts };
}

/** Returns the role of a draft. */
export function roleOf(draft: Draft, name: string): Draft {
  return draft.roles.find((each: Draft) => each.name === name);
}

/** Returns the grant of a role for an element. */
export function grantOf(draft: Draft, name: string, of: string): Draft {
  return roleOf(draft, name).grants.find((each: Draft) => each.element === of);
}

/** Parses a draft, for decisions at a time. Members that are undefined are left out. */
export function accessTo(draft: Draft, nowMs = 0): Access {
  return new Access(parsePolicy(JSON.parse(JSON.stringify(draft))), nowMs);
}

/** Runs a document of tests on a draft. */
export async function runOn(draft: Draft, document: object, nowMs = 0): Promise<readonly Result[]> {
  const access = accessTo(draft, nowMs);
  return runPolicyTests(access, parsePolicyTests(document, access), throwAwayEngine(access.policy, randomBytes));
}
