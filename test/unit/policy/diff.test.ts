// oxlint-disable typescript/no-explicit-any -- a changed policy has no type yet
import { describe, expect, test } from '@jest/globals';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const BEFORE = {
  name: 'P',
  dataStore: 'D',
  alphabets: [{ name: 'own', ranges: ['0041-005A'] }],
  masks: [{ name: 'ends', fromLeft: 2, fromRight: 2, mode: 'mask' }],
  elements: [
    { id: uuid(1), name: 'deCity', method: 'tokenization', type: 'unicode', alphabet: 'own', shortData: 'error' },
    {
      id: uuid(2),
      name: 'deSSN',
      method: 'tokenization',
      type: 'numeric',
      shortData: 'error',
      keyVersion: 2,
      oldKeyVersions: [1],
    },
  ],
  groups: [{ name: 'staff', members: ['eva'] }],
  roles: [
    {
      name: 'analyst',
      members: ['ann', { group: 'staff' }],
      grants: [
        { element: 'deCity', permissions: ['protect'] },
        { element: 'deSSN', permissions: ['unprotect'], mask: 'ends' },
      ],
    },
  ],
};

/** Lists the changes, each with the mark that the command prints. */
function changes(change: (policy: any) => void, before: unknown = BEFORE): string[] {
  const copy: unknown = JSON.parse(JSON.stringify(before));
  change(copy);
  const marks = { widens: '+', narrows: '-', unreadable: '!', neutral: '·' };
  return diffPolicies(parsePolicy(before), parsePolicy(copy)).map(({ effect, text }) => `${marks[effect]} ${text}`);
}

const analyst = (policy: any) => policy.roles[0];
const city = (policy: any) => policy.roles[0].grants[0];
const ssn = (policy: any) => policy.roles[0].grants[1];

/** Returns the policy with a date element beside the others. */
const withDate = (options: object) => ({
  ...BEFORE,
  elements: [...BEFORE.elements, { id: uuid(3), name: 'deDate', method: 'tokenization', type: 'date', ...options }],
});

/** Returns the policy with a masking element beside the others. */
const withMasking = (mask: object) => ({
  ...BEFORE,
  elements: [...BEFORE.elements, { id: uuid(3), name: 'deMasked', method: 'clear', type: 'masking', mask }],
});

/** Sets what the second element does with other characters. */
const refuse = (policy: any): unknown => Object.assign(policy.elements[1], { otherCharacters: 'refuse' });
const keep = (policy: any): unknown => Object.assign(policy.elements[1], { otherCharacters: 'keep' });

describe('the changes between two policies', () => {
  test('are none where only the order of keys differs', () => {
    const mask = { fromLeft: 0, fromRight: 4, mode: 'clear', character: '*' };
    const turned = { character: '*', mode: 'clear', fromRight: 4, fromLeft: 0 };
    const before = withMasking(mask);
    expect(changes((policy) => (policy.elements[2].mask = turned), before)).toEqual([]);
    expect(changes((policy) => (policy.elements[2].mask.fromRight = 2), before)).toEqual([
      expect.stringContaining('deMasked: mask is'),
    ]);
    // Bundles and agents hold documents that no schema put in order.
    const [a, b] = [parsePolicy(before), parsePolicy(before)];
    Object.assign(b.elements[2]!, { mask: turned });
    expect(diffPolicies(a, b)).toEqual([]);
  });

  test.each<[string, (policy: any) => void, string[]]>([
    ['nothing', () => {}, []],
    ['an added permission', (p) => city(p).permissions.push('unprotect'), ['+ analyst may now unprotect deCity']],
    ['a removed permission', (p) => city(p).permissions.pop(), ['- analyst may no longer protect deCity']],
    [
      'an added unprotect under a mask',
      (p) => Object.assign(city(p), { permissions: ['protect', 'unprotect'], mask: 'ends' }),
      ['+ analyst may now unprotect deCity under mask ends (left=2,right=2,mode=mask,char=*)'],
    ],
    [
      'a role that no longer inherits',
      (p) => Object.assign(analyst(p), { inheritsDefault: false }),
      ['- role analyst inherits nothing from the default role'],
    ],
    ['no change for a default that is written out', (p) => Object.assign(analyst(p), { inheritsDefault: true }), []],
    ['a removed mask', (p) => delete ssn(p).mask, ['+ analyst now sees deSSN in clear']],
    [
      'unprotect taken away',
      (p) => Object.assign(ssn(p), { permissions: [], mask: undefined }),
      ['- analyst may no longer unprotect deSSN', '· analyst gets null where it may not unprotect deSSN'],
    ],
    [
      'another answer to a refusal',
      (p) => Object.assign(city(p), { noAccess: 'protected' }),
      ['+ analyst gets the protected value where it may not unprotect deCity, instead of null'],
    ],
    [
      'audit switched off',
      (p) => Object.assign(city(p), { audit: { protect: { successful: false } } }),
      ['· successful protect of deCity by analyst is only counted in summaries now'],
    ],
    ['a removed grant', (p) => analyst(p).grants.shift(), ['- analyst may no longer protect deCity']],
    ['an added member', (p) => analyst(p).members.push('joe', 'zoe'), ['+ joe and zoe joined role analyst']],
    ['a removed member', (p) => analyst(p).members.pop(), ['- group staff left role analyst']],
    [
      'many added members by their number',
      (p) => p.groups[0].members.push(...Array.from({ length: 12 }, (_, i) => `u${i}`)),
      ['+ u0, u1, u2, u3, u4, u5, u6, u7, u8, u9 and 2 more joined group staff'],
    ],
    [
      'a role that becomes the default',
      (p) => Object.assign(analyst(p), { default: true }),
      ['+ role analyst applies to every user whom no other role lists'],
    ],
    [
      'an added role',
      (p) =>
        p.roles.push({
          name: 'loader',
          members: ['etl'],
          grants: [{ element: 'deCity', permissions: ['protect'], noAccess: 'exception' }],
        }),
      [
        '· role loader is new',
        '+ etl joined role loader',
        '+ loader may now protect deCity',
        '· loader gets an exception where it may not unprotect deCity',
      ],
    ],
    [
      'a removed role',
      (p) => p.roles.pop(),
      [
        '- role analyst is removed',
        '- ann and group staff left role analyst',
        '- analyst may no longer protect deCity',
        '- analyst may no longer unprotect deSSN',
      ],
    ],
    [
      'the other conflict resolution',
      (p) => Object.assign(p, { conflictResolution: 'most-restrictive' }),
      ['- conflictResolution is most-restrictive instead of least-restrictive'],
    ],
    ['another data store', (p) => Object.assign(p, { dataStore: 'E' }), ['· dataStore is E instead of D']],
    [
      'another mask',
      (p) => Object.assign(p.masks[0], { fromLeft: 0 }),
      ['+ mask ends is left=0,right=2,mode=mask,char=* instead of left=2,right=2,mode=mask,char=*'],
    ],
    [
      'an added element',
      (p) => p.elements.push({ id: uuid(3), name: 'deNew', method: 'clear', type: 'monitor' }),
      ['· deNew is new (monitor)'],
    ],
    [
      'a removed element',
      (p) => {
        p.elements.shift();
        analyst(p).grants.shift();
      },
      ['! deCity is removed: its tokens can no longer be read', '- analyst may no longer protect deCity'],
    ],
    [
      'a renamed element',
      (p) => {
        p.elements[0].name = 'deTown';
        city(p).element = 'deTown';
      },
      ['· deCity is renamed to deTown; its tokens stay readable'],
    ],
    [
      'another way to make tokens',
      (p) => Object.assign(p.elements[1], { fromRight: 4 }),
      ['! deSSN: fromRight is 4 instead of 0; existing tokens can no longer be read'],
    ],
    [
      'another setting for short values',
      (p) => Object.assign(p.elements[1], { shortData: 'as-is' }),
      ['· deSSN: shortData is "as-is" instead of "error"'],
    ],
    [
      'a changed alphabet',
      (p) => p.alphabets[0].ranges.push('0061'),
      ['! alphabet own has other characters; existing tokens over it can no longer be read'],
    ],
    [
      'a rotated key version',
      (p) => Object.assign(p.elements[1], { keyVersion: 3, oldKeyVersions: [1, 2] }),
      ['· deSSN protects with key version 3; tokens of version 2 are read as deSSN@2'],
    ],
    [
      'an old key version that is no longer readable',
      (p) => Object.assign(p.elements[1], { oldKeyVersions: [] }),
      ['! deSSN@1 can no longer be read'],
    ],
    [
      'a key version that was not kept as an old one',
      (p) => Object.assign(p.elements[1], { keyVersion: 3 }),
      ['! deSSN protects with key version 3; tokens of version 2 can no longer be read'],
    ],
  ])('report %s', (_, change, expected) => {
    expect(changes(change)).toEqual(expected);
  });

  test('report that folding e-mail addresses, or no longer folding them, makes other tokens', () => {
    const element = { ...BEFORE.elements[1], type: 'email', letterCase: undefined };
    const before = { ...BEFORE, elements: [BEFORE.elements[0], element] };
    expect(changes((policy) => Object.assign(policy.elements[1], { letterCase: 'keep' }), before)).toEqual([]);
    expect(changes((policy) => Object.assign(policy.elements[1], { letterCase: 'fold' }), before)).toEqual([
      '! deSSN: letterCase is "fold" instead of "keep"; existing tokens can no longer be read',
    ]);
  });

  test('report which tokens an element that folds its clear parts cannot read', () => {
    const element = { ...BEFORE.elements[1], type: 'upper-case-alpha', fromLeft: 2 };
    const before = { ...BEFORE, elements: [BEFORE.elements[0], element] };
    expect(changes((policy) => Object.assign(policy.elements[1], { foldClearParts: true }), before)).toEqual([
      '! deSSN: foldClearParts is true instead of false; existing tokens with lower-case letters in their clear parts can no longer be read',
    ]);
  });

  test('report that a role inherits again', () => {
    const before = { ...BEFORE, roles: [{ ...BEFORE.roles[0], inheritsDefault: false }] };
    expect(changes((policy) => delete policy.roles[0].inheritsDefault, before)).toEqual([
      '+ role analyst inherits from the default role what it does not name',
    ]);
  });

  test('report what stays clear under another otherCharacters', () => {
    const element = { ...BEFORE.elements[1], otherCharacters: undefined };
    const before = { ...BEFORE, elements: [BEFORE.elements[0], element] };
    expect(changes(refuse, before)).toEqual(['- deSSN leaves clear no longer: ASCII letters outside the alphabet']);
    expect(changes(keep, before)).toEqual([]);
    const refusing = { ...before, elements: [BEFORE.elements[0], { ...element, otherCharacters: 'refuse' }] };
    expect(changes(keep, refusing)).toEqual(['+ deSSN leaves clear: ASCII letters outside the alphabet']);
  });

  test('report that an element that normalises makes other tokens of some values', () => {
    const element = { ...BEFORE.elements[1], type: 'unicode', alphabet: 'latin extended' };
    const before = { ...BEFORE, elements: [BEFORE.elements[0], element] };
    const normalizing = { ...BEFORE, elements: [BEFORE.elements[0], { ...element, normalize: 'nfc' }] };
    expect(changes((policy) => Object.assign(policy.elements[1], { normalize: 'nfc' }), before)).toEqual([
      '! deSSN: normalize is "nfc" instead of unset; existing tokens of values with combining marks can no longer be read',
    ]);
    expect(changes((policy) => Object.assign(policy.elements[1], { normalize: 'refuse' }), normalizing)).toEqual([
      '· deSSN: normalize is "refuse" instead of "nfc"',
    ]);
  });

  const LOST = '; existing tokens can no longer be read';
  test.each<[string, object, object, string[]]>([
    ['an order of day and month', {}, { dateOrder: 'mdy' }, [`! deDate: dateOrder is "mdy" instead of unset${LOST}`]],
    [
      'a range',
      {},
      { range: { from: '1900-01-01', to: '2026-12-31' } },
      [`! deDate: range is {"from":"1900-01-01","to":"2026-12-31"} instead of unset${LOST}`],
    ],
    [
      'dates that stay clear and that no token can be: tokens stay readable',
      { staysClear: ['0001-01-01'] },
      { staysClear: ['9999-12-31', '0001-01-01'] },
      ['· deDate: staysClear is ["9999-12-31","0001-01-01"] instead of ["0001-01-01"]'],
    ],
    [
      'a date that stays clear and could be a token',
      {},
      { staysClear: ['1970-01-01'] },
      [`! deDate: staysClear is ["1970-01-01"] instead of unset${LOST}`],
    ],
    [
      'a date that no longer stays clear',
      { staysClear: ['9999-12-31'] },
      {},
      [`! deDate: staysClear is unset instead of ["9999-12-31"]${LOST}`],
    ],
  ])('report of a date element %s', (_, before, after, expected) => {
    const added = withDate(after).elements.at(-1);
    expect(changes((policy) => policy.elements.splice(-1, 1, added), withDate(before))).toEqual(expected);
  });

  test('report an added user of the list of users', () => {
    const before = { ...BEFORE, users: ['ann', 'eva'] };
    expect(changes((policy) => policy.users.push('joe'), before)).toEqual(['+ joe joined the users']);
  });
});
