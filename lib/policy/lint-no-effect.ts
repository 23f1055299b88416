// Warns about settings that change no decision: their author expects what does not happen.

import { traitsOf } from './element-types.ts';
import { groupOf, Membership } from './membership.ts';
import type { ElementDefinition, Grant, Member, PolicyDocument, RoleDefinition } from './schema.ts';
import type { Warning } from './warning.ts';

/** Returns a warning for each setting, and each definition, that has no effect at any time. */
export function lintNoEffect(policy: PolicyDocument): Warning[] {
  const elements = new Map(policy.elements.map((element) => [element.name, element]));
  const hasDefault = policy.roles.some((role) => role.default);
  const held = new Set([...new Membership(policy).users.values()].flatMap(({ roles }) => roles.flat()));
  return [
    ...policy.roles.flatMap((role, i) => [
      ...lintRole(role, `$.roles[${i}]`, hasDefault, held),
      ...role.grants.flatMap((grant, j) =>
        lintGrant(grant, elements.get(grant.element)!, `$.roles[${i}].grants[${j}]`),
      ),
    ]),
    ...unused(policy),
  ];
}

function noEffect(path: string, message: string): Warning {
  return { rule: 'no-effect', path, message };
}

function lintRole(
  role: RoleDefinition,
  path: string,
  hasDefault: boolean,
  held: ReadonlySet<RoleDefinition>,
): Warning[] {
  const warnings: Warning[] = [];
  const say = (member: string, message: string): number => warnings.push(noEffect(`${path}.${member}`, message));
  if (!role.default && !held.has(role)) say('members', 'no user has this role');
  if (role.inheritsDefault !== undefined) {
    if (role.default) say('inheritsDefault', 'the default role has nothing to inherit from');
    else if (!hasDefault) say('inheritsDefault', 'the policy has no default role to inherit from');
  }
  if (
    role.maxUnprotectPerDay !== undefined &&
    role.grants.every(({ permissions }) => !permissions.includes('unprotect'))
  ) {
    say('maxUnprotectPerDay', 'the role may unprotect nothing, so that no value counts');
  }
  return warnings;
}

function lintGrant({ permissions, noAccess }: Grant, element: ElementDefinition, path: string): Warning[] {
  const { access, defaultView } = traitsOf(element);
  if (access === 'everyone')
    return [noEffect(path, `everyone may use ${element.name}, a monitor element, with or without a grant`)];
  // Beside the permission to unprotect, noAccess says what would be answered without it: that is no mistake.
  if (noAccess === 'null' || permissions.includes('unprotect') || defaultView(element) === undefined) return [];
  const message = `who may not unprotect ${element.name} sees it under the mask of the element, whatever noAccess says`;
  return [noEffect(`${path}.noAccess`, message)];
}

/** Warns about masks, alphabets and groups that nothing refers to. */
function unused({ masks, alphabets, groups, elements, roles }: PolicyDocument): Warning[] {
  const maskNames = new Set(roles.flatMap(({ grants }) => grants.flatMap(({ mask }) => mask ?? [])));
  const alphabetNames = new Set([
    ...elements.flatMap((element) => traitsOf(element).namedAlphabet(element) ?? []),
    ...alphabets.flatMap(({ include }) => include),
  ]);
  const membersOf: readonly (readonly Member[])[] = [...roles, ...groups].map(({ members }) => members);
  const groupNames = new Set(membersOf.flat().flatMap((member) => groupOf(member) ?? []));
  return [
    ...unnamed('masks', 'no grant names this mask', maskNames, masks),
    ...unnamed('alphabets', 'no element and no alphabet names this alphabet', alphabetNames, alphabets),
    ...unnamed('groups', 'no role and no group has this group as a member', groupNames, groups),
  ];
}

function unnamed(
  list: string,
  message: string,
  named: ReadonlySet<string>,
  all: readonly { readonly name: string }[],
): Warning[] {
  return all.flatMap(({ name }, i) => (named.has(name) ? [] : [noEffect(`$.${list}[${i}]`, message)]));
}
