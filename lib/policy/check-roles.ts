import { foldCase } from '../base/fold-case.ts';
import type { Hints } from '../base/nearest.ts';
import { duplicates, type Entry, entries } from '../document/entries.ts';
import type { PolicyDraft } from './draft.ts';
import { traitsOf } from './element-types.ts';
import { groupOf, groupsWithin, termOf, userOf } from './membership.ts';
import type { Problem } from '../document/problem.ts';
import type { ElementDefinition, Grant, Member, RoleDefinition } from './schema.ts';
import { instantMs, type Term } from './term.ts';

/** Checks the groups and users of a policy. */
export function checkGroups(draft: PolicyDraft, hints: Hints): Problem[] {
  const groups = new Map(draft.groups.map(({ value }) => [value.name, value]));
  const { users = [] } = draft;
  return [
    ...duplicates(entries('$.users', users), (name) => name, 'this user is listed twice'),
    ...duplicates(draft.groups, ({ name }) => foldCase(name), 'another group has this name'),
    ...checkMembers(draft.groups, draft, hints),
    ...draft.groups.flatMap(({ value, path }) =>
      value.members.some((member) => groupOf(member) !== undefined) && groupsWithin(value.members, groups).has(value)
        ? [{ path, message: 'the group contains itself' }]
        : [],
    ),
  ];
}

/** Checks the roles of a policy: their members and their grants. */
export function checkRoles(draft: PolicyDraft, hints: Hints): Problem[] {
  const { roles } = draft;
  const elements = new Map(draft.elements.map(({ value }) => [value.name, value]));
  const problems = [
    ...duplicates(roles, ({ name }) => foldCase(name), 'another role has this name'),
    ...checkMembers(roles, draft, hints),
    ...roles.flatMap((role) => checkGrants(role, draft, elements, hints)),
    ...roles.flatMap(checkBreakGlass),
  ];
  if (roles.filter(({ value }) => value.default).length > 1) {
    problems.push({ path: '$.roles', message: 'at most one role may be the default role' });
  }
  return problems;
}

function checkMembers(
  lists: readonly Entry<{ readonly members: readonly Member[] }>[],
  draft: PolicyDraft,
  hints: Hints,
): Problem[] {
  const users = draft.users && new Set(draft.users);
  return lists.flatMap(({ value, path }) => {
    const members = entries(`${path}.members`, value.members);
    const unknown = members.flatMap((member): Problem[] => {
      const [user, group] = [userOf(member.value), groupOf(member.value)];
      if (group !== undefined && !draft.names.groups.has(group)) {
        const message = `the policy has no group of this name${hints.of(group, () => draft.names.groups)}`;
        return [{ path: `${member.path}.group`, message }];
      }
      if (user === undefined || users === undefined || users.has(user)) return [];
      return [
        { path: member.path, message: `the policy's users do not include this user${hints.of(user, () => users)}` },
      ];
    });
    const terms = members.flatMap((member) => checkTerm(termOf(member.value), member.path));
    return [...duplicates(members, memberKey, 'this member is listed twice'), ...unknown, ...terms];
  });
}

/** Keeps a user and a group of the same name apart. */
function memberKey(member: Member): string {
  const user = userOf(member);
  return user === undefined ? `g${groupOf(member)}` : `u${user}`;
}

/** Checks that both times exist, and that the entry counts at some time. */
function checkTerm({ from, until }: Term, path: string): Problem[] {
  const wrong = Object.entries({ from, until }).flatMap(([member, text]): Problem[] =>
    text === undefined || !Number.isNaN(instantMs(text))
      ? []
      : [{ path: `${path}.${member}`, message: 'no calendar has this time' }],
  );
  if (wrong.length > 0 || from === undefined || until === undefined || instantMs(from) < instantMs(until)) return wrong;
  return [{ path: `${path}.until`, message: 'it ends before it begins: until must be later than from' }];
}

/** Checks that a break-glass role stays an exception: few have it, and every use leaves a record. */
function checkBreakGlass({ value: role, path }: Entry<RoleDefinition>): Problem[] {
  if (role.breakGlass !== true) return [];
  const problems = role.grants.flatMap(({ audit }, i): Problem[] => {
    if (audit === undefined) return [];
    return [{ path: `${path}.grants[${i}].audit`, message: 'every use of a break-glass role has a record of its own' }];
  });
  if (!role.default) return problems;
  return [...problems, { path: `${path}.breakGlass`, message: 'the default role cannot be for emergencies' }];
}

function checkGrants(
  { value: role, path }: Entry<RoleDefinition>,
  draft: PolicyDraft,
  elements: ReadonlyMap<string, ElementDefinition>,
  hints: Hints,
): Problem[] {
  const { names } = draft;
  const grants = entries(`${path}.grants`, role.grants);
  return [
    ...duplicates(grants, ({ element }) => element, 'another grant names this element'),
    ...grants.flatMap(({ value: { element }, path: at }) => {
      if (names.elements.has(element)) return [];
      const message = `the policy has no element of this name${hints.of(element, () => names.elements)}`;
      return [{ path: `${at}.element`, message }];
    }),
    ...grants.flatMap(({ value, path: at }) => checkTerm(value, at)),
    ...grants.flatMap((grant) => checkMaskName(grant, names.masks, hints)),
    ...grants.flatMap((grant) => checkGrant(grant, elements.get(grant.value.element))),
  ];
}

function checkMaskName(
  { value: { mask, permissions }, path }: Entry<Grant>,
  masks: ReadonlySet<string>,
  hints: Hints,
): Problem[] {
  if (mask === undefined) return [];
  const at = `${path}.mask`;
  if (!masks.has(mask)) {
    return [{ path: at, message: `the policy has no mask of this name${hints.of(mask, () => masks)}` }];
  }
  if (permissions.includes('unprotect')) return [];
  return [{ path: at, message: 'a mask needs the unprotect permission: it changes how the clear value is shown' }];
}

/** Checks that a grant gives only what its element can offer. */
function checkGrant({ value: grant, path }: Entry<Grant>, element: ElementDefinition | undefined): Problem[] {
  if (element === undefined) return [];
  const problems: Problem[] = [];
  const say = (member: string, message: string): number => problems.push({ path: `${path}.${member}`, message });
  const { isReversible, values, access } = traitsOf(element);
  if (!isReversible && grant.permissions.some((permission) => permission !== 'protect')) {
    say('permissions', 'a digest can only be made: grant protect alone');
  }
  if (values.protected === 'bytes' && grant.noAccess === 'protected') {
    say('noAccess', 'bytes are not shown to users who may not unprotect them');
  }
  if (grant.mask !== undefined) {
    if (!isReversible) say('mask', 'a digest has no clear value to mask');
    if (values.clear === 'bytes') say('mask', 'bytes have no characters to mask');
    if (access === 'everyone') say('mask', 'everyone sees the values of a monitor element');
  }
  if (access === 'everyone' && grant.audit !== undefined) {
    say('audit', 'a monitor element exists for its audit trail');
  }
  return problems;
}
