// References between the parts of a policy: groups, users, masks, grants, key versions.
import { describe, expect, test } from '@jest/globals';
import { checkKeys, lintKeys } from '../../../lib/policy/check-keys.ts';
import { parseMapping, parsePolicy } from '../../../lib/policy/parse.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { KEYRING } from '../../support/policy.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const NUMERIC = { method: 'tokenization', type: 'numeric', shortData: 'error' };

const VALID = {
  $schema: './schemas/policy.schema.json',
  name: 'P',
  dataStore: 'D',
  conflictResolution: 'most-restrictive',
  masks: [
    { name: 'ends', fromLeft: 2, fromRight: 2, mode: 'mask' },
    { name: 'middle', fromLeft: 6, fromRight: 4, mode: 'clear', character: '#', description: 'cards' },
  ],
  elements: [
    { id: uuid(1), name: 'deSSN', keyVersion: 3, oldKeyVersions: [1, 2], ...NUMERIC },
    { id: uuid(2), name: 'deHash', keyVersion: 2, method: 'hash', type: 'hmac-sha256' },
    { id: uuid(3), name: 'deBinary', method: 'tokenization', type: 'binary' },
    { id: uuid(4), name: 'deWatch', method: 'clear', type: 'monitor' },
  ],
  users: ['ann', 'joe', 'eva'],
  groups: [
    { name: 'eu', members: ['eva'], description: 'Europe' },
    { name: 'staff', members: ['joe', { group: 'eu' }] },
  ],
  roles: [
    {
      name: 'reader',
      members: ['ann', { group: 'staff' }],
      grants: [
        { element: 'deSSN', permissions: ['unprotect'], mask: 'ends', audit: { unprotect: { successful: false } } },
        { element: 'deHash', permissions: ['protect'], audit: { protect: { failed: true } } },
        { element: 'deWatch', permissions: [] },
      ],
    },
  ],
};

/** Returns a copy with any change to one of its parts. */
// oxlint-disable-next-line typescript/no-explicit-any -- wrong documents have no type
function changed(change: (policy: any) => void): unknown {
  const copy = structuredClone(VALID);
  change(copy);
  return copy;
}

function problemsOf(parse: () => unknown): string[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof PolicyError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('a policy with groups, masks, audit switches and key versions', () => {
  test('is accepted, without its $schema member', () => {
    const policy = parsePolicy(VALID);
    expect(policy).toMatchObject({ conflictResolution: 'most-restrictive', users: ['ann', 'joe', 'eva'] });
    expect(policy).not.toHaveProperty('$schema');
  });

  test('gets defaults for them: least restrictive, and empty lists', () => {
    const { $schema: _, conflictResolution: __, masks: ___, groups: ____, users: _____, ...rest } = VALID;
    const policy = parsePolicy({ ...rest, roles: [] });
    expect(policy).toMatchObject({ conflictResolution: 'least-restrictive', masks: [], groups: [] });
    expect(policy).not.toHaveProperty('users');
  });

  const grant = (at: number, change: object) => changed(({ roles }) => Object.assign(roles[0].grants[at], change));

  test.each<[string, unknown, string]>([
    [
      'a role member that is no group',
      changed(({ roles }) => roles[0].members.push({ group: 'eU' })),
      '$.roles[0].members[2].group: the policy has no group of this name; did you mean eu?',
    ],
    [
      'a role member that is no user',
      changed(({ roles }) => roles[0].members.push('bob')),
      "$.roles[0].members[2]: the policy's users do not include this user",
    ],
    [
      'a role member twice',
      changed(({ roles }) => roles[0].members.push({ group: 'staff' })),
      '$.roles[0].members[2]: this member is listed twice',
    ],
    [
      'a role member of another kind',
      changed(({ roles }) => roles[0].members.push(7)),
      '$.roles[0].members[2]: must be a user name, {"group": "<name>"} or {"user": "<name>"}, perhaps with from and until',
    ],
    [
      'a user twice, once for a time',
      changed(({ roles }) => roles[0].members.push({ user: 'ann', until: '2026-12-31' })),
      '$.roles[0].members[2]: this member is listed twice',
    ],
    [
      'a user for a time who is no user',
      changed(({ roles }) => roles[0].members.push({ user: 'bob', until: '2026-12-31' })),
      "$.roles[0].members[2]: the policy's users do not include this user",
    ],
    [
      'a time that is no time in UTC',
      changed(({ roles }) => roles[0].members.push({ user: 'joe', until: '2026-12-31T18:00:00+01:00' })),
      '$.roles[0].members[2].until: must be a time in UTC such as 2026-12-31T18:00:00Z, or a date, which is its first moment',
    ],
    [
      'a day that no calendar has',
      changed(({ groups }) => groups[0].members.push({ user: 'joe', from: '2026-02-30' })),
      '$.groups[0].members[1].from: no calendar has this time',
    ],
    [
      'an hour that no day has',
      grant(1, { until: '2026-02-28T24:00:00Z' }),
      '$.roles[0].grants[1].until: no calendar has this time',
    ],
    [
      'a grant that ends when it begins',
      grant(1, { from: '2026-12-31', until: '2026-12-31T00:00Z' }),
      '$.roles[0].grants[1].until: it ends before it begins: until must be later than from',
    ],
    [
      'a break-glass role for everyone',
      changed(({ roles }) => Object.assign(roles[0], { breakGlass: true, default: true })),
      '$.roles[0].breakGlass: the default role cannot be for emergencies',
    ],
    [
      'a break-glass role with audit switched off',
      changed(({ roles }) => Object.assign(roles[0], { breakGlass: true })),
      '$.roles[0].grants[0].audit: every use of a break-glass role has a record of its own',
    ],
    [
      'a group member that is not a group',
      changed(({ groups }) => groups[0].members.push({ group: 'us' })),
      '$.groups[0].members[1].group: the policy has no group of this name',
    ],
    [
      'a group member that is not a user',
      changed(({ groups }) => groups[0].members.push('bob')),
      "$.groups[0].members[1]: the policy's users do not include this user",
    ],
    [
      'a group in itself',
      changed(({ groups }) => groups[0].members.push({ group: 'eu' })),
      '$.groups[0]: the group contains itself',
    ],
    [
      'groups that differ in case only',
      changed(({ groups }) => groups.push({ name: 'EU', members: [] })),
      '$.groups[2]: another group has this name',
    ],
    ['a user twice', changed(({ users }) => users.push('ann')), '$.users[3]: this user is listed twice'],
    [
      'masks that differ in case only',
      changed(({ masks }) => masks.push({ ...masks[0], name: 'ENDS' })),
      '$.masks[2]: another mask has this name',
    ],
    [
      'a mask of nothing',
      changed(({ masks }) => Object.assign(masks[0], { fromLeft: 0, fromRight: 0 })),
      '$.masks[0]: it masks nothing: set fromLeft or fromRight',
    ],
    [
      'a mask that there is not',
      grant(0, { mask: 'Ends' }),
      '$.roles[0].grants[0].mask: the policy has no mask of this name; did you mean ends?',
    ],
    [
      'a mask without unprotect',
      grant(0, { permissions: ['protect'] }),
      '$.roles[0].grants[0].mask: a mask needs the unprotect permission: it changes how the clear value is shown',
    ],
    [
      'a mask on a monitor element',
      grant(2, { permissions: ['unprotect'], mask: 'ends' }),
      '$.roles[0].grants[2].mask: everyone sees the values of a monitor element',
    ],
    [
      'a mask on bytes',
      grant(2, { element: 'deBinary', permissions: ['unprotect'], mask: 'ends' }),
      '$.roles[0].grants[2].mask: bytes have no characters to mask',
    ],
    [
      'audit of a monitor element switched',
      grant(2, { audit: {} }),
      '$.roles[0].grants[2].audit: a monitor element exists for its audit trail',
    ],
    [
      'an unknown audit switch',
      grant(0, { audit: { unprotect: { all: false } } }),
      '$.roles[0].grants[0].audit.unprotect.all: unknown member',
    ],
    [
      'an old key version that is not old',
      changed(({ elements }) => elements[0].oldKeyVersions.push(3)),
      '$.elements[0].oldKeyVersions[2]: it is not below keyVersion',
    ],
    [
      'an old key version twice',
      changed(({ elements }) => elements[0].oldKeyVersions.push(1)),
      '$.elements[0].oldKeyVersions[2]: this version is listed twice',
    ],
    [
      'old key versions of a digest',
      changed(({ elements }) => Object.assign(elements[1], { oldKeyVersions: [1] })),
      '$.elements[1].oldKeyVersions: unknown member; did you mean keyVersion?',
    ],
    [
      'a key version of a clear element',
      changed(({ elements }) => Object.assign(elements[3], { keyVersion: 2 })),
      '$.elements[3].keyVersion: unknown member',
    ],
    [
      'a name that is that of an old version',
      changed(({ elements }) => Object.assign(elements[2], { name: 'de@12' })),
      '$.elements[2].name: a name cannot end in @ and digits: names of old key versions do',
    ],
    [
      'a name that SQL gives an old version',
      changed(({ elements }) => Object.assign(elements[2], { name: 'DESSN_V1' })),
      '$.elements[0].oldKeyVersions[0]: in SQL it is called deSSN_v1, and so is another element',
    ],
  ])('is refused for %s', (_, document, problem) => {
    expect(problemsOf(() => parsePolicy(document))).toContain(problem);
  });

  test('is refused for each of the groups that contain each other, and not for a group around them', () => {
    const document = changed((policy) => {
      policy.groups = [
        { name: 'a', members: [{ group: 'b' }] },
        { name: 'b', members: [{ group: 'c' }] },
        { name: 'c', members: [{ group: 'a' }] },
        { name: 'outside', members: [{ group: 'a' }] },
      ];
      policy.roles[0].members = [];
    });
    expect(problemsOf(() => parsePolicy(document))).toEqual(
      [0, 1, 2].map((i) => `$.groups[${i}]: the group contains itself`),
    );
  });

  test('takes any user name if it has no list of users', () => {
    const document = changed((policy) => {
      delete policy.users;
      policy.roles[0].members.push('bob');
    });
    expect(problemsOf(() => parsePolicy(document))).toEqual([]);
  });
});

describe('a policy with several mistakes', () => {
  const WRONG = changed((policy) => {
    policy.elements.push({ id: uuid(1), name: 'dessn', ...NUMERIC });
    policy.elements.push({ id: uuid(9), name: 'deOld', method: 'encryption', type: 'cusp-3des' });
    policy.groups[1].members.push({ group: 'nobody' });
    policy.roles.push({
      name: 'READER',
      members: ['mallory'],
      grants: [
        { element: 'deHash', permissions: ['unprotect'], mask: 'ends', noAccess: 'protected' },
        { element: 'deGone', permissions: [] },
      ],
    });
  });

  test('is refused with all problems and their paths', () => {
    const listed = problemsOf(() => parsePolicy(WRONG));
    // The message lists every type.
    expect(listed.map((problem) => problem.replace(/(?<=must be one of ).*/, '…')).toSorted()).toEqual([
      '$.elements[4]: another element has this id',
      '$.elements[4]: another element has this name',
      '$.elements[5].type: It must be one of …',
      '$.groups[1].members[2].group: the policy has no group of this name',
      '$.roles[1].grants[0].mask: a digest has no clear value to mask',
      '$.roles[1].grants[0].noAccess: bytes are not shown to users who may not unprotect them',
      '$.roles[1].grants[0].permissions: a digest can only be made: grant protect alone',
      '$.roles[1].grants[1].element: the policy has no element of this name',
      "$.roles[1].members[0]: the policy's users do not include this user",
      '$.roles[1]: another role has this name',
    ]);
  });
});

describe('a mapping', () => {
  const policy = parsePolicy(VALID);
  const problems = (target: object) => problemsOf(() => parseMapping({ $schema: 'x', f: target }, policy));

  test('may name an old key version to read from, and not to protect with', () => {
    expect(problems({ Operation: 'reprotect', OldElement: 'deSSN@1', Element: 'deSSN' })).toEqual([]);
    expect(problems({ Operation: 'unprotect', Element: 'deSSN@2' })).toEqual([]);
    const readOnly = '$["f"].Element: an old key version is read-only: unprotect it, or reprotect from it';
    expect(problems({ Operation: 'protect', Element: 'deSSN@1' })).toEqual([readOnly]);
    expect(problems({ Operation: 'check', Element: 'deSSN' })).toEqual([]);
    expect(problems({ Operation: 'Check', Element: 'deSSN@1' })).toEqual([readOnly]);
    expect(problems({ Operation: 'check', OldElement: 'deSSN@1', Element: 'deSSN' })).toEqual([
      '$["f"]: OldElement and OldExternalIV are for reprotect only',
    ]);
    expect(problems({ Operation: 'reprotect', OldElement: 'deSSN', Element: 'deSSN@1' })).toEqual([readOnly]);
  });

  test.each(['deSSN@3', 'deSSN@9', 'deSSN@01', 'deBinary@1', 'deSSN_v1'])(
    'is refused for the element %s',
    (Element) => {
      expect(problems({ Operation: 'unprotect', Element })).toEqual([
        '$["f"].Element: the policy has no element of this name',
      ]);
    },
  );
});

describe('a policy with its keyring', () => {
  const policy = parsePolicy(VALID);
  const [first] = KEYRING.rootKeys;
  const keyring = (...states: ('active' | 'deactivated' | 'compromised')[]) => ({
    dataStore: 'D',
    content: { ...KEYRING, rootKeys: states.map((state, i) => ({ ...first!, version: i + 1, state })) },
  });

  test('can be published unless an element protects with a compromised key', () => {
    expect(checkKeys(policy, keyring('compromised', 'deactivated', 'active'))).toEqual([
      { path: '$.elements[2].keyVersion', message: 'root key version 1 is compromised: rotate the element' },
    ]);
    expect(checkKeys(policy, keyring('deactivated', 'deactivated', 'active'))).toEqual([]);
  });

  test('cannot be published with a missing key version, or with the keyring of another data store', () => {
    expect(checkKeys(policy, { ...keyring('active'), dataStore: 'E' }).map(({ path }) => path)).toEqual([
      '$.dataStore',
      '$.elements[0].keyVersion',
      '$.elements[0].oldKeyVersions[1]',
      '$.elements[1].keyVersion',
    ]);
  });

  test('gets a warning about elements with a deactivated root key, but not about digests', () => {
    const warned = lintKeys(policy, keyring('deactivated', 'deactivated', 'active'));
    expect(warned.map(({ rule, path }) => [rule, path])).toEqual([['deactivated-key', '$.elements[2].keyVersion']]);
  });
});
