import { describe, expect, test } from '@jest/globals';
import type { Operation } from '../../../lib/base/operation.ts';
import { type Decision, PolicyDecider } from '../../../lib/policy/decide.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';

const ALL = ['protect', 'unprotect', 'reprotect'];
const GRANTS = {
  everything: ALL,
  protect: ['protect'],
  unprotect: ['unprotect'],
  reprotect: ['reprotect'],
  nothing: [],
} as const;

/** Makes a role: `deSSN: 'protect/null'` grants protect, with null as the answer to a refused unprotect. */
function role(name: string, members: readonly string[], grants: Record<string, string>, isDefault = false): object {
  return {
    name,
    members,
    default: isDefault,
    grants: Object.entries(grants).map(([element, text]) => {
      const [permissions, noAccess] = text.split('/') as [keyof typeof GRANTS, string];
      return { element, permissions: GRANTS[permissions], noAccess };
    }),
  };
}

function decider(roles: readonly object[]): PolicyDecider {
  const names = ['deSSN', 'deCity', 'deOther'];
  return new PolicyDecider(
    parsePolicy({
      name: 'P',
      dataStore: 'D',
      elements: names.map((name, i) => ({
        id: `00000000-0000-4000-8000-00000000000${i}`,
        name,
        method: 'tokenization',
        type: 'numeric',
        shortData: 'error',
      })),
      roles,
    }),
  );
}

/** A row of the tables below. */
type Row = Record<string, string>;

/** Describes a decision in a word. */
function word(decision: Decision): string {
  if (decision.kind === 'refuse') return `code ${decision.code}`;
  if (decision.kind === 'mask') return `mask ${decision.mask.fromLeft} ${decision.mask.fromRight}`;
  return decision.kind === 'substitute' ? decision.noAccess : 'allow';
}

const decided = (who: PolicyDecider, user: string, operation: Operation, element: string, oldElement?: string) =>
  word(who.decide({ user, operation, element, oldElement }, 0));

/** Without a default role. */
const CLOSED = decider([
  role('loader', ['etl', 'ops'], { deSSN: 'protect/exception', deCity: 'protect/null' }),
  role('reader', ['ann'], { deSSN: 'nothing/null', deCity: 'unprotect/null' }),
  role('auditor', ['joe'], { deSSN: 'nothing/protected', deCity: 'nothing/exception' }),
  role('rotation', ['rot'], { deSSN: 'reprotect/null', deCity: 'reprotect/null', deOther: 'protect/null' }),
  role('helper', ['ops', 'ann', 'joe'], { deSSN: 'unprotect/exception' }),
  role('upper', ['BOB'], { deSSN: 'everything/null' }),
  role('lower', ['bob'], { deSSN: 'nothing/exception' }),
]);

describe('without a default role', () => {
  test.each`
    user           | operation      | element      | answer      | because
    ${'etl'}       | ${'Protect'}   | ${'deSSN'}   | ${'allow'}  | ${'the role grants it'}
    ${'ETL'}       | ${'Protect'}   | ${'deSSN'}   | ${'allow'}  | ${'only one user has this name in another case'}
    ${'etl'}       | ${'Unprotect'} | ${'deSSN'}   | ${'code 3'} | ${'its no-access answer is the exception'}
    ${'etl'}       | ${'Unprotect'} | ${'deCity'}  | ${'null'}   | ${'its no-access answer is null'}
    ${'etl'}       | ${'Reprotect'} | ${'deSSN'}   | ${'code 3'} | ${'protect does not include reprotect'}
    ${'ann'}       | ${'Unprotect'} | ${'deCity'}  | ${'allow'}  | ${'the role grants it'}
    ${'ann'}       | ${'Protect'}   | ${'deCity'}  | ${'code 3'} | ${'a refused protect is never substituted'}
    ${'ann'}       | ${'Unprotect'} | ${'deSSN'}   | ${'allow'}  | ${'of two roles one grants it'}
    ${'ops'}       | ${'Protect'}   | ${'deSSN'}   | ${'allow'}  | ${'of two roles one grants it'}
    ${'ops'}       | ${'Unprotect'} | ${'deSSN'}   | ${'allow'}  | ${'of two roles the other grants it'}
    ${'joe'}       | ${'Protect'}   | ${'deSSN'}   | ${'code 3'} | ${'of two roles none grants it'}
    ${'joe'}       | ${'Unprotect'} | ${'deCity'}  | ${'code 3'} | ${'its no-access answer is the exception'}
    ${'joe'}       | ${'Unprotect'} | ${'deOther'} | ${'code 3'} | ${'no role names the element'}
    ${'nobody'}    | ${'Unprotect'} | ${'deSSN'}   | ${'code 1'} | ${'no role names the user'}
    ${'nobody'}    | ${'Unprotect'} | ${'absent'}  | ${'code 1'} | ${'the user is looked up first'}
    ${'ann'}       | ${'Unprotect'} | ${'absent'}  | ${'code 2'} | ${'the policy has no such element'}
    ${'ann'}       | ${'Unprotect'} | ${'decity'}  | ${'code 2'} | ${'element names must already be resolved'}
    ${'BOB'}       | ${'Unprotect'} | ${'deSSN'}   | ${'allow'}  | ${'an exact name comes first'}
    ${'bob'}       | ${'Unprotect'} | ${'deSSN'}   | ${'code 3'} | ${'an exact name comes first'}
    ${'Bob'}       | ${'Unprotect'} | ${'deSSN'}   | ${'code 1'} | ${'two users have this name in other cases'}
    ${''}          | ${'Unprotect'} | ${'deSSN'}   | ${'code 1'} | ${'no user has an empty name'}
    ${'ann '}      | ${'Unprotect'} | ${'deCity'}  | ${'code 1'} | ${'names are not trimmed'}
    ${'__proto__'} | ${'Protect'}   | ${'deSSN'}   | ${'code 1'} | ${'user names are not object members'}
  `('$user $operation $element: $answer, because $because', ({ user, operation, element, answer }: Row) => {
    expect(decided(CLOSED, user!, operation as Operation, element!)).toBe(answer);
  });

  test.each`
    user     | from         | to           | answer
    ${'rot'} | ${'deSSN'}   | ${'deCity'}  | ${'allow'}
    ${'rot'} | ${'deCity'}  | ${'deSSN'}   | ${'allow'}
    ${'rot'} | ${'deSSN'}   | ${'deSSN'}   | ${'allow'}
    ${'rot'} | ${'deSSN'}   | ${'deOther'} | ${'code 3'}
    ${'rot'} | ${'deOther'} | ${'deSSN'}   | ${'code 3'}
    ${'rot'} | ${'absent'}  | ${'deSSN'}   | ${'code 2'}
    ${'rot'} | ${'deSSN'}   | ${'absent'}  | ${'code 2'}
    ${'ann'} | ${'deSSN'}   | ${'deCity'}  | ${'code 3'}
    ${'etl'} | ${'deSSN'}   | ${'deCity'}  | ${'code 3'}
  `('$user reprotects $from to $to: $answer, because both need the permission', ({ user, from, to, answer }: Row) => {
    expect(decided(CLOSED, user!, 'Reprotect', to!, from)).toBe(answer);
  });
});

describe('several roles that refuse an unprotect give the least restrictive answer', () => {
  test.each`
    first          | second         | answer
    ${'protected'} | ${'null'}      | ${'protected'}
    ${'null'}      | ${'protected'} | ${'protected'}
    ${'exception'} | ${'protected'} | ${'protected'}
    ${'exception'} | ${'null'}      | ${'null'}
    ${'null'}      | ${'exception'} | ${'null'}
    ${'exception'} | ${'exception'} | ${'code 3'}
    ${'null'}      | ${'null'}      | ${'null'}
  `('$first and $second: $answer', ({ first, second, answer }: Row) => {
    const who = decider([
      role('one', ['u'], { deSSN: `protect/${first}` }),
      role('two', ['u'], { deSSN: `nothing/${second}` }),
    ]);
    expect(decided(who, 'u', 'Unprotect', 'deSSN')).toBe(answer);
    expect(decided(who, 'u', 'Protect', 'deSSN')).toBe('allow');
    expect(decided(who, 'u', 'Reprotect', 'deSSN')).toBe('code 3');
  });
});

describe('with a default role', () => {
  const OPEN = decider([
    role('everyone', [], { deSSN: 'nothing/null', deCity: 'unprotect/exception' }, true),
    role('loader', ['etl', 'hybrid'], { deSSN: 'protect/exception' }),
    { ...role('machine', ['robot', 'hybrid'], { deSSN: 'protect/exception' }), inheritsDefault: false },
    role('upper', ['BOB'], { deSSN: 'everything/null' }),
    role('lower', ['bob'], { deSSN: 'everything/null' }),
  ]);

  test.each`
    user        | operation      | element      | answer      | because
    ${'nobody'} | ${'Unprotect'} | ${'deCity'}  | ${'allow'}  | ${'the default role applies to users of no other role'}
    ${'nobody'} | ${'Unprotect'} | ${'deSSN'}   | ${'null'}   | ${'its no-access answer is null'}
    ${'nobody'} | ${'Protect'}   | ${'deSSN'}   | ${'code 3'} | ${'a refused protect is never substituted'}
    ${'nobody'} | ${'Unprotect'} | ${'deOther'} | ${'code 3'} | ${'it does not name the element'}
    ${'nobody'} | ${'Unprotect'} | ${'absent'}  | ${'code 2'} | ${'the user is known by the default role'}
    ${'etl'}    | ${'Unprotect'} | ${'deSSN'}   | ${'code 3'} | ${'its own role names the element, nothing is inherited'}
    ${'etl'}    | ${'Protect'}   | ${'deSSN'}   | ${'allow'}  | ${'its own role grants it'}
    ${'etl'}    | ${'Unprotect'} | ${'deCity'}  | ${'allow'}  | ${'inherited: its own role does not name the element'}
    ${'etl'}    | ${'Protect'}   | ${'deCity'}  | ${'code 3'} | ${'the inherited grant does not include it'}
    ${'robot'}  | ${'Unprotect'} | ${'deCity'}  | ${'code 3'} | ${'its only role inherits nothing'}
    ${'robot'}  | ${'Protect'}   | ${'deSSN'}   | ${'allow'}  | ${'its own role grants it'}
    ${'hybrid'} | ${'Unprotect'} | ${'deCity'}  | ${'allow'}  | ${'one of its roles inherits'}
    ${'Bob'}    | ${'Unprotect'} | ${'deSSN'}   | ${'null'}   | ${'an ambiguous name gets neither user’s roles'}
    ${''}       | ${'Unprotect'} | ${'deCity'}  | ${'code 1'} | ${'no user has an empty name'}
  `('$user $operation $element: $answer, because $because', ({ user, operation, element, answer }: Row) => {
    expect(decided(OPEN, user!, operation as Operation, element!)).toBe(answer);
  });

  test('a member of the default role and of another role has the grants of both', () => {
    const who = decider([
      role('everyone', ['u'], { deSSN: 'unprotect/null' }, true),
      role('loader', ['u'], { deSSN: 'protect/exception' }),
    ]);
    expect(decided(who, 'u', 'Unprotect', 'deSSN')).toBe('allow');
    expect(decided(who, 'u', 'Protect', 'deSSN')).toBe('allow');
  });
});

describe('elements whose values are clear, and digests', () => {
  const KINDS = {
    deToken: { method: 'tokenization', type: 'numeric', shortData: 'error' },
    deMonitor: { method: 'clear', type: 'monitor' },
    deWatched: { method: 'clear', type: 'monitor' },
    deMasked: { method: 'clear', type: 'masking', mask: { fromLeft: 6, fromRight: 4, mode: 'clear' } },
    deClear: { method: 'clear', type: 'no-encryption' },
    deDigest: { method: 'hash', type: 'hmac-sha256' },
  };
  const policyOf = (roles: readonly object[]) =>
    new PolicyDecider(
      parsePolicy({
        name: 'P',
        dataStore: 'D',
        elements: Object.entries(KINDS).map(([name, kind], i) => ({
          id: `00000000-0000-4000-8000-00000000000${i}`,
          name,
          ...kind,
        })),
        roles,
      }),
    );
  const MIXED = policyOf([
    role('reader', ['ann'], { deMasked: 'unprotect/exception', deClear: 'unprotect/null', deDigest: 'protect/null' }),
    role('viewer', ['joe'], { deMasked: 'protect/exception', deClear: 'nothing/protected', deDigest: 'nothing/null' }),
    role('rotation', ['rot'], { deToken: 'reprotect/null' }),
  ]);

  test.each`
    user        | operation      | element        | answer         | because
    ${'nobody'} | ${'Protect'}   | ${'deMonitor'} | ${'allow'}     | ${'monitor is open to everyone, known or not'}
    ${'nobody'} | ${'Unprotect'} | ${'deMonitor'} | ${'allow'}     | ${'monitor is open to everyone, known or not'}
    ${''}       | ${'Unprotect'} | ${'deMonitor'} | ${'allow'}     | ${'monitor is open to everyone, even without a name'}
    ${'ann'}    | ${'Protect'}   | ${'deMonitor'} | ${'allow'}     | ${'monitor needs no grant'}
    ${'ann'}    | ${'Unprotect'} | ${'deMasked'}  | ${'allow'}     | ${'a user who may unprotect sees it clear'}
    ${'joe'}    | ${'Unprotect'} | ${'deMasked'}  | ${'mask 6 4'}  | ${'its default view is masked, whatever the grant answers'}
    ${'rot'}    | ${'Unprotect'} | ${'deMasked'}  | ${'mask 6 4'}  | ${'its default view needs no grant'}
    ${'nobody'} | ${'Unprotect'} | ${'deMasked'}  | ${'code 1'}    | ${'its default view needs a known user'}
    ${'joe'}    | ${'Protect'}   | ${'deMasked'}  | ${'allow'}     | ${'the role grants it'}
    ${'ann'}    | ${'Protect'}   | ${'deMasked'}  | ${'code 3'}    | ${'a refused protect is never masked'}
    ${'ann'}    | ${'Unprotect'} | ${'deClear'}   | ${'allow'}     | ${'the role grants it'}
    ${'joe'}    | ${'Unprotect'} | ${'deClear'}   | ${'protected'} | ${'no encryption is access control like any other'}
    ${'nobody'} | ${'Unprotect'} | ${'deClear'}   | ${'code 1'}    | ${'no encryption is not open to everyone'}
    ${'ann'}    | ${'Protect'}   | ${'deDigest'}  | ${'allow'}     | ${'the role grants it'}
    ${'ann'}    | ${'Unprotect'} | ${'deDigest'}  | ${'null'}      | ${'no role can grant it'}
    ${'joe'}    | ${'Protect'}   | ${'deDigest'}  | ${'code 3'}    | ${'the role does not grant it'}
    ${'rot'}    | ${'Unprotect'} | ${'deDigest'}  | ${'code 3'}    | ${'no role names the element'}
  `('$user $operation $element: $answer, because $because', ({ user, operation, element, answer }: Row) => {
    expect(decided(MIXED, user!, operation as Operation, element!)).toBe(answer);
  });

  test.each`
    user        | from           | to             | answer      | because
    ${'nobody'} | ${'deMonitor'} | ${'deWatched'} | ${'allow'}  | ${'both are open to everyone'}
    ${'rot'}    | ${'deMonitor'} | ${'deToken'}   | ${'allow'}  | ${'one is granted, the other is open to everyone'}
    ${'nobody'} | ${'deMonitor'} | ${'deToken'}   | ${'code 1'} | ${'the other is not open to everyone'}
    ${'nobody'} | ${'deMonitor'} | ${'absent'}    | ${'code 1'} | ${'the user is looked up first'}
    ${'ann'}    | ${'deToken'}   | ${'deMonitor'} | ${'code 3'} | ${'the other is not granted'}
  `('$user reprotects $from to $to: $answer, because $because', ({ user, from, to, answer }: Row) => {
    expect(decided(MIXED, user!, 'Reprotect', to!, from)).toBe(answer);
  });

  test('the default role shows unknown users the default view, or the clear value if it grants unprotect', () => {
    for (const [permission, answer] of [
      ['nothing', 'mask 6 4'],
      ['unprotect', 'allow'],
    ]) {
      const open = policyOf([role('everyone', [], { deMasked: `${permission}/null` }, true)]);
      expect(decided(open, 'nobody', 'Unprotect', 'deMasked')).toBe(answer);
    }
  });
});
