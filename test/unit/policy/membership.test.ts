import { describe, expect, test } from '@jest/globals';
import { Membership, rolesAt } from '../../../lib/policy/membership.ts';
import type { Member } from '../../../lib/policy/schema.ts';

const group = (name: string): Member => ({ group: name });
const role = (name: string, ...members: Member[]) => ({ name, default: false, members, grants: [] });

/** Returns the names of a user's roles, or the reason that there are none. */
function rolesOf(membership: Membership, user: string): string {
  const found = membership.tenureOf(user);
  return found.kind === 'found'
    ? rolesAt(found.value, 0)
        .map(({ name }) => name)
        .join(' ')
    : found.kind;
}

describe('members of roles', () => {
  const membership = new Membership({
    roles: [
      role('reader', 'ann', group('staff')),
      role('writer', group('eu'), 'ann'),
      role('owner', group('board')),
      role('nobody'),
      role('ring', group('a')),
    ],
    groups: [
      { name: 'staff', members: ['joe', group('eu'), group('us')] },
      { name: 'eu', members: ['eva', 'Ann', 'kim', group('de')] },
      { name: 'us', members: ['sam', 'joe', 'kim'] },
      { name: 'de', members: [group('berlin')] },
      { name: 'berlin', members: ['udo'] },
      { name: 'board', members: [group('eu'), 'sam'] },
      { name: 'unused', members: ['zoe'] },
      { name: 'a', members: [group('b'), 'al'] },
      { name: 'b', members: [group('a'), 'bo'] },
    ],
  });

  test.each([
    ['ann', 'reader writer', 'listed by name in both'],
    ['Ann', 'reader writer owner', 'another user, through groups'],
    ['joe', 'reader', 'in two groups of one role, which lists it once'],
    ['JOE', 'reader', 'only one user has this name in another case'],
    ['ANN', 'ambiguous', 'two users are called so but for case'],
    ['eva', 'reader writer owner', 'through a group in a group, and through the group itself'],
    ['sam', 'reader owner', 'through different groups'],
    ['kim', 'reader writer owner', 'in two groups of one role, which lists it once beside the others'],
    ['udo', 'reader writer owner', 'in a group in a group in a group'],
    ['zoe', 'unknown', 'in a group that no role lists'],
    ['staff', 'unknown', 'a group is no user'],
    ['al', 'ring', 'in groups that contain each other'],
    ['bo', 'ring', 'in groups that contain each other'],
    ['nobody', 'unknown', 'a role is not a user'],
    ['__proto__', 'unknown', 'names are no members of objects'],
  ])('%s: %s, %s', (user, roles) => {
    expect(rolesOf(membership, user)).toBe(roles);
  });

  test('users with the same roles share one list, whatever groups they come through', () => {
    const users = Array.from({ length: 1000 }, (_, i) => `user${i}`);
    const many = new Membership({
      roles: [role('one', group('g')), role('two', group('g')), role('three', ...users)],
      groups: [{ name: 'g', members: users }],
    });
    expect(new Set(many.users.values()).size).toBe(1);
    expect(rolesOf(many, 'user999')).toBe('one two three');
  });
});
