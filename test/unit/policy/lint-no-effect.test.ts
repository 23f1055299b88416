import { describe, expect, test } from '@jest/globals';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const ELEMENTS = [
  {
    id: uuid(1),
    name: 'deSSN',
    method: 'tokenization',
    type: 'numeric',
    shortData: 'error',
    otherCharacters: 'refuse',
  },
  {
    id: uuid(2),
    name: 'deMasked',
    method: 'clear',
    type: 'masking',
    mask: { fromLeft: 0, fromRight: 4, mode: 'clear' },
  },
  { id: uuid(3), name: 'deWatched', method: 'clear', type: 'monitor' },
];
const grant = (element: string, permissions: string[], more: object = {}) => ({ element, permissions, ...more });
const role = (change: object = {}, name = 'r') => ({
  name,
  members: ['u'],
  grants: [grant('deSSN', ['protect'])],
  ...change,
});

/** Paths and messages of settings without an effect. */
function found(change: object, roles: readonly object[] = [role()]): string[] {
  const policy = parsePolicy({ name: 'P', dataStore: 'D', elements: ELEMENTS, roles, ...change });
  return lintPolicy(policy, 0).flatMap(({ rule, path, message }) =>
    rule === 'no-effect' ? [`${path}: ${message}`] : [],
  );
}

describe('lint warns of what changes no decision, and of nothing beside it:', () => {
  test.each<[string, string, object, object]>([
    [
      'noAccess of an element that has a mask',
      '$.roles[0].grants[0].noAccess: who may not unprotect deMasked sees it under the mask of the element, whatever noAccess says',
      role({ grants: [grant('deMasked', [], { noAccess: 'exception' })] }),
      role({ grants: [grant('deSSN', [], { noAccess: 'exception' })] }),
    ],
    [
      'a grant of a monitor element',
      '$.roles[0].grants[0]: everyone may use deWatched, a monitor element, with or without a grant',
      role({ grants: [grant('deWatched', ['unprotect'])] }),
      role({ grants: [grant('deMasked', ['unprotect'])] }),
    ],
    [
      'a role that has no member',
      '$.roles[0].members: no user has this role',
      role({ members: [] }),
      role({ members: [], default: true }),
    ],
    [
      'a budget of a role that sees nothing',
      '$.roles[0].maxUnprotectPerDay: the role may unprotect nothing, so that no value counts',
      role({ maxUnprotectPerDay: 10 }),
      role({ maxUnprotectPerDay: 10, grants: [grant('deSSN', ['unprotect'])] }),
    ],
    [
      'inheritance where there is no default role',
      '$.roles[0].inheritsDefault: the policy has no default role to inherit from',
      role({ inheritsDefault: false }),
      role(),
    ],
    [
      'inheritance of the default role itself',
      '$.roles[0].inheritsDefault: the default role has nothing to inherit from',
      role({ default: true, inheritsDefault: false }),
      role({ default: true }),
    ],
  ])('%s', (_, warning, bad, good) => {
    expect(found({}, [bad])).toEqual([warning]);
    expect(found({}, [good])).toEqual([]);
  });

  test('masks, alphabets and groups that nothing names', () => {
    const mask = { name: 'm', fromLeft: 0, fromRight: 4, mode: 'clear' };
    const alphabet = { name: 'own', ranges: ['0041-005A'] };
    const group = { name: 'g', members: ['v'] };
    expect(found({ masks: [mask], alphabets: [alphabet], groups: [group] })).toEqual([
      '$.masks[0]: no grant names this mask',
      '$.alphabets[0]: no element and no alphabet names this alphabet',
      '$.groups[0]: no role and no group has this group as a member',
    ]);
    const uses = role({ members: [{ group: 'g' }], grants: [grant('deSSN', ['unprotect'], { mask: 'm' })] });
    const own = {
      id: uuid(4),
      name: 'deOwn',
      method: 'tokenization',
      type: 'unicode',
      alphabet: 'own',
      shortData: 'error',
    };
    expect(
      found({ masks: [mask], alphabets: [alphabet], groups: [group], elements: [...ELEMENTS, own] }, [uses]),
    ).toEqual([]);
  });

  test('noAccess beside the permission to unprotect is no mistake', () => {
    expect(found({}, [role({ grants: [grant('deMasked', ['unprotect'], { noAccess: 'exception' })] })])).toEqual([]);
  });
});
