import { describe, expect, test } from '@jest/globals';
import { explain } from '../../../lib/policy/explain.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const NUMERIC = { method: 'tokenization', type: 'numeric', shortData: 'error' };
const grant = (permissions: string[], change: object = {}) => ({ element: 'deSSN', permissions, ...change });

const POLICY = {
  name: 'P',
  dataStore: 'D',
  masks: [
    { name: 'ends', fromLeft: 2, fromRight: 2, mode: 'mask' },
    { name: 'middle', fromLeft: 6, fromRight: 4, mode: 'clear' },
  ],
  elements: [
    { id: uuid(1), name: 'deSSN', keyVersion: 2, oldKeyVersions: [1], ...NUMERIC },
    { id: uuid(2), name: 'deWatch', method: 'clear', type: 'monitor' },
    {
      id: uuid(3),
      name: 'deShown',
      method: 'clear',
      type: 'masking',
      mask: { fromLeft: 1, fromRight: 1, mode: 'clear' },
    },
    { id: uuid(4), name: 'deOther', ...NUMERIC },
  ],
  groups: [
    { name: 'staff', members: [{ group: 'eu' }, 'joe'] },
    { name: 'eu', members: ['eva'] },
  ],
  roles: [
    { name: 'reader', members: ['ann', { group: 'staff' }], grants: [grant(['unprotect'], { mask: 'ends' })] },
    { name: 'viewer', members: ['joe'], grants: [grant(['unprotect'], { mask: 'middle' })] },
    { name: 'loader', members: ['ann', 'etl'], grants: [grant(['protect'], { noAccess: 'exception' })] },
    { name: 'guest', members: ['gus'], grants: [] },
  ],
};
const OPEN = {
  ...POLICY,
  roles: [
    ...POLICY.roles,
    { name: 'everyone', default: true, members: [], grants: [grant([], { noAccess: 'protected' })] },
  ],
};

const operations = (document: unknown, user: string, element: string) =>
  explain(parsePolicy(document), user, element, 0).operations.map(
    ({ operation, answer, because }) => `${operation}: ${answer}, because ${because}`,
  );
const roles = (document: unknown, user: string, element: string) =>
  explain(parsePolicy(document), user, element, 0).roles.map(
    ({ role, because, says }) => `${role}, ${because}: ${says}`,
  );

describe('an explanation', () => {
  test.each<[unknown, string, string, string[]]>([
    [
      POLICY,
      'ann',
      'dessn',
      [
        'Protect: allowed, because loader grants it: the least restrictive wins',
        'Unprotect: allowed, masked: left=2,right=2,mode=mask,char=*, because reader grants it: the least restrictive wins',
        'Reprotect: refused, code 3, because reader, loader do not grant it',
      ],
    ],
    [
      { ...POLICY, conflictResolution: 'most-restrictive' },
      'ann',
      'deSSN',
      [
        'Protect: refused, code 3, because reader does not grant it: the most restrictive wins',
        'Unprotect: refused, code 3, because loader does not grant it: the most restrictive wins',
        'Reprotect: refused, code 3, because reader, loader do not grant it',
      ],
    ],
    [
      {
        ...POLICY,
        conflictResolution: 'most-restrictive',
        roles: [...POLICY.roles, { name: 'clerk', members: ['ann'], grants: [grant(['unprotect'], { mask: 'ends' })] }],
      },
      'ann',
      'deSSN',
      [
        'Protect: refused, code 3, because reader, clerk do not grant it: the most restrictive wins',
        'Unprotect: refused, code 3, because loader does not grant it: the most restrictive wins',
        'Reprotect: refused, code 3, because reader, loader, clerk do not grant it',
      ],
    ],
    [
      POLICY,
      'joe',
      'deSSN',
      [
        'Protect: refused, code 3, because reader, viewer do not grant it',
        'Unprotect: null, because reader, viewer show it under different masks, which cannot be merged',
        'Reprotect: refused, code 3, because reader, viewer do not grant it',
      ],
    ],
    [
      POLICY,
      'eva',
      'deSSN@1',
      [
        'Protect: refused, code 26, because an old key version is read-only',
        'Unprotect: allowed, masked: left=2,right=2,mode=mask,char=*, because reader grants it',
        'Reprotect: refused, code 3, because reader does not grant it',
      ],
    ],
    [
      POLICY,
      'etl',
      'deOther',
      ['Protect', 'Unprotect', 'Reprotect'].map(
        (each) => `${each}: refused, code 3, because none of the roles loader names the element`,
      ),
    ],
    [
      POLICY,
      'bob',
      'deSSN',
      ['Protect', 'Unprotect', 'Reprotect'].map(
        (each) => `${each}: refused, code 1, because no role lists the user, and there is no default role`,
      ),
    ],
    [
      POLICY,
      'ann',
      'deGone',
      ['Protect', 'Unprotect', 'Reprotect'].map(
        (each) => `${each}: refused, code 2, because the policy has no such element`,
      ),
    ],
    [
      POLICY,
      'bob',
      'deWatch',
      ['Protect', 'Unprotect', 'Reprotect'].map(
        (each) => `${each}: allowed, because monitor elements are open to everyone, for their audit trail`,
      ),
    ],
    [
      OPEN,
      'bob',
      'deSSN',
      [
        'Protect: refused, code 3, because everyone does not grant it',
        'Unprotect: the protected value, because everyone does not grant it',
        'Reprotect: refused, code 3, because everyone does not grant it',
      ],
    ],
  ])('gives the decision and the reason for each operation: case %#', (document, user, element, expected) => {
    expect(operations(document, user, element)).toEqual(expected);
  });

  test('gives the reason for the default view of a masking element', () => {
    expect(operations(OPEN, 'gus', 'deShown')[1]).toBe(
      'Unprotect: masked: left=1,right=1,mode=clear,char=*, because none of the roles guest names the element',
    );
  });

  test.each<[unknown, string, string[]]>([
    [
      POLICY,
      'ann',
      [
        'reader, a member: grants unprotect under mask ends',
        'loader, a member: grants protect; a refused unprotect gives an exception',
      ],
    ],
    [POLICY, 'EVA', ['reader, through group staff, in it eu: grants unprotect under mask ends']],
    [
      OPEN,
      'gus',
      [
        'guest, a member: does not name this element',
        "everyone, inherited from the default role: the user's own roles do not name the element: grants nothing; a refused unprotect gives the protected value",
      ],
    ],
    [
      OPEN,
      'bob',
      [
        'everyone, the default role: no role lists the user: grants nothing; a refused unprotect gives the protected value',
      ],
    ],
    [POLICY, 'bob', []],
  ])('lists every role with its grant: case %#', (document, user, expected) => {
    expect(roles(document, user, 'deSSN')).toEqual(expected);
  });
});

describe('an explanation of a reprotect to another element', () => {
  const moved = { permissions: ['reprotect'], noAccess: 'null' };
  const document = {
    ...POLICY,
    elements: [...POLICY.elements, { id: uuid(5), name: 'deEnds', fromRight: 4, ...NUMERIC }],
    roles: [
      {
        name: 'mover',
        members: ['ann', 'ada'],
        grants: ['deSSN', 'deOther', 'deEnds', 'deShown'].map((element) => ({ element, ...moved })),
      },
      { name: 'reader', members: ['ada'], grants: [grant(['unprotect'])] },
      { name: 'partly', members: ['eve'], grants: [{ element: 'deSSN', ...moved }] },
    ],
  };
  const move = (user: string, from: string, to: string) => {
    const [, , reprotect] = explain(parsePolicy(document), user, from, 0, to).operations;
    return `${reprotect!.answer}, because ${reprotect!.because}`;
  };

  test.each([
    ['ann', 'deSSN', 'deOther', 'allowed, because deSSN: mover grants it; deOther: mover grants it'],
    ['ann', 'dessn@1', 'dessn', 'allowed, because deSSN@1: mover grants it; deSSN: mover grants it'],
    [
      'ann',
      'deSSN',
      'deEnds',
      'refused, code 3, because from deSSN to deEnds it would show more than the user may see: characters at an end',
    ],
    [
      'ada',
      'deSSN',
      'deEnds',
      'allowed, because deSSN: mover grants it: the least restrictive wins; deEnds: mover grants it',
    ],
    [
      'eve',
      'deSSN',
      'deOther',
      'refused, code 3, because deSSN: partly grants it; deOther: none of the roles partly names the element',
    ],
    ['ann', 'deSSN', 'deShown', 'refused, code 26, because values cannot be moved from deSSN to deShown'],
    ['ann', 'deOther', 'deSSN@1', 'refused, code 26, because an old key version is read-only'],
    [
      'ann',
      'deWatch',
      'deOther',
      'allowed, because deWatch: monitor elements are open to everyone, for their audit trail; deOther: mover grants it',
    ],
  ])('for %s from %s to %s: %s', (user, from, to, expected) => {
    expect(move(user, from, to)).toBe(expected);
  });
});
