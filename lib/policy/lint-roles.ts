import { foldCase } from '../base/fold-case.ts';
import { traitsOf } from './element-types.ts';
import { lintBreakGlass } from './lint-break-glass.ts';
import { maskSetting } from './mask.ts';
import { Membership, type Tenure } from './membership.ts';
import { mergeGrants } from './merge.ts';
import type { MaskDefinition } from './elements/parts.ts';
import type { ElementDefinition, Grant, PolicyDocument, RoleDefinition } from './schema.ts';
import { instantsOf, isWithin, spanOf } from './term.ts';
import type { Warning } from './warning.ts';

/**
 * Warns about elements, roles and users in combination, at whatever time they are in force. Takes time proportional to
 * the policy.
 */
export function lintRoles(policy: PolicyDocument): Warning[] {
  const membership = new Membership(policy);
  return [
    ...lintUse(policy, membership),
    ...lintMasks(policy, membership),
    ...policy.roles.flatMap((role, i) => lintRole(role, `$.roles[${i}]`, policy.elements)),
    ...policy.roles.flatMap((role, i) => lintAudit(role, `$.roles[${i}]`)),
    ...lintUsers(membership),
    ...lintBreakGlass(policy, membership),
  ];
}

/** Warns about unused elements: no role has a permission for them, or no role with a member. */
function lintUse(policy: PolicyDocument, { users }: Membership): Warning[] {
  const withMembers = new Set([...new Set(users.values())].flatMap(({ roles }) => roles.flat()));
  const granted = new Set<string>();
  const reached = new Set<string>();
  for (const role of policy.roles) {
    for (const { element, permissions } of role.grants) {
      if (permissions.length === 0) continue;
      granted.add(element);
      if (role.default || withMembers.has(role)) reached.add(element);
    }
  }
  return policy.elements.flatMap((element, i): Warning[] => {
    const { name } = element;
    if (traitsOf(element).access === 'everyone' || reached.has(name)) return [];
    const message = granted.has(name)
      ? 'no role that may do anything with it has a member'
      : 'no role may do anything with it';
    return [{ rule: 'unused-element', path: `$.elements[${i}]`, message }];
  });
}

/**
 * Warns about users whose roles show an element under different masks. Masks cannot be merged, so these users get null.
 */
function lintMasks(policy: PolicyDocument, { users }: Membership): Warning[] {
  const masks = new Map(policy.masks.map((mask) => [mask.name, mask]));
  const maskOf = (name: string): MaskDefinition => masks.get(name)!;
  const indexes = new Map(policy.elements.map(({ name }, i) => [name, i]));
  return [...combinations(users)].flatMap(([roles, { count, example }]) => {
    const grants = Map.groupBy(
      roles.flatMap((role) => role.grants),
      ({ element }) => element,
    );
    return [...grants].flatMap(([element, all]): Warning[] => {
      const several = momentsOf(all)
        .map((atMs) => all.filter((grant) => isWithin(spanOf(grant), atMs)))
        .find((inForce) => {
          if (inForce.length < 2) return false;
          return mergeGrants(inForce, 'unprotect', policy.conflictResolution, maskOf).kind === 'mask-conflict';
        });
      if (several === undefined) return [];
      const who = count === 1 ? example : `${example} and ${count - 1} more`;
      const shown = several.flatMap(({ mask }) => (mask === undefined ? [] : [maskSetting(masks.get(mask)!)]));
      const message = `${who} get null: their roles show it under different masks (${[...new Set(shown)].join('; ')})`;
      return [{ rule: 'mask-conflict', path: `$.elements[${indexes.get(element)}]`, message, auditCode: 57 }];
    });
  });
}

type Roles = readonly RoleDefinition[];

/** Returns a moment of each time between which the same grants are in force. */
function momentsOf(grants: readonly Grant[]): number[] {
  return [Number.NEGATIVE_INFINITY, ...instantsOf(grants)];
}

/** Returns each list of several roles, the number of users who have it, and one of them. */
function combinations(users: ReadonlyMap<string, Tenure>): Map<Roles, { count: number; readonly example: string }> {
  const found = new Map<Roles, { count: number; readonly example: string }>();
  for (const [user, tenure] of users) {
    for (const roles of new Set(tenure.roles)) {
      if (roles.length < 2) continue;
      const known = found.get(roles);
      if (known === undefined) found.set(roles, { count: 1, example: user });
      else known.count++;
    }
  }
  return found;
}

function lintRole(role: RoleDefinition, path: string, elements: readonly ElementDefinition[]): Warning[] {
  const warnings: Warning[] = [];
  const open = new Set(role.grants.flatMap((grant) => (seesClear(grant) ? [grant.element] : [])));
  const readable = elements.filter((element) => traitsOf(element).isReversible);
  if (readable.length > 1 && readable.every(({ name }) => open.has(name))) {
    warnings.push({ rule: 'all-powerful-role', path, message: 'its members may unprotect every element' });
  }
  if (role.default && role.grants.some(({ permissions }) => permissions.length > 0)) {
    const message = 'every user whom no other role lists has these permissions';
    warnings.push({ rule: 'default-role-with-permissions', path, message });
  }
  return warnings;
}

function seesClear({ permissions, mask }: Grant): boolean {
  return permissions.includes('unprotect') && mask === undefined;
}

/** Warns about requests without a record of their own. */
function lintAudit(role: RoleDefinition, path: string): Warning[] {
  return role.grants.flatMap(({ element, audit }, i) =>
    (['protect', 'unprotect', 'reprotect'] as const).flatMap((permission): Warning[] => {
      const off = (['successful', 'failed'] as const).filter((which) => audit?.[permission]?.[which] === false);
      if (off.length === 0) return [];
      const message = `${off.join(' and ')} ${permission} of ${element} leaves no record of each request, only a summary of counts`;
      return [{ rule: 'audit-switched-off', path: `${path}.grants[${i}].audit.${permission}`, message }];
    }),
  );
}

/** Warns about users who differ in case only: a third spelling of the name matches none of them. */
function lintUsers({ users }: Membership): Warning[] {
  const spellings = Map.groupBy(users.keys(), foldCase);
  return [...spellings.values()].flatMap((same): Warning[] => {
    if (same.length === 1) return [];
    const message = `${same.join(' and ')} differ in case only: each is known by its exact spelling alone`;
    return [{ rule: 'users-fold-to-one', path: '$.roles', message }];
  });
}
