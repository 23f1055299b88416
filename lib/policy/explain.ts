// Explains, role by role, why a user may or may not use an element.

import { foldCase } from '../base/fold-case.ts';
import type { Operation } from '../base/operation.ts';
import { type Decision, PERMISSION, PolicyDecider, type RoleGrant, type Standing } from './decide.ts';
import { traitsOf } from './element-types.ts';
import { elementName, elementsByName, isOldVersion } from './key-versions.ts';
import { maskSetting } from './mask.ts';
import { misfitOf } from './moves.ts';
import { NameDirectory } from './names.ts';
import type { Grant, GroupDefinition, Permission, PolicyDocument, RoleDefinition } from './schema.ts';

export interface Explanation {
  readonly user: string;
  /** As the policy spells it, if the policy has it. */
  readonly element: string;
  readonly roles: readonly ExplainedRole[];
  readonly operations: readonly ExplainedOperation[];
}

export interface ExplainedRole {
  readonly role: string;
  /** Why the role applies to the user: `a member`, `through group staff, in it eu`, `the default role`. */
  readonly because: string;
  /** The role's grant in words. */
  readonly says: string;
}

export interface ExplainedOperation {
  readonly operation: Operation;
  readonly decision: Decision;
  /** The decision in words. */
  readonly answer: string;
  readonly because: string;
}

const OPEN_TO_EVERYONE = 'monitor elements are open to everyone, for their audit trail';

const OPERATIONS = ['Protect', 'Unprotect', 'Reprotect'] as const satisfies readonly Operation[];

/**
 * Explains all three operations. Names of elements may differ in case. A reprotect goes from the element to `to`, by default
 * to itself.
 */
export function explain(policy: PolicyDocument, user: string, element: string, to: string = element): Explanation {
  const decider = new PolicyDecider(policy);
  const directory = new NameDirectory(elementsByName(policy.elements));
  const found = directory.resolve(element);
  const definition = found.kind === 'found' ? found.value : undefined;
  const name = definition?.name ?? element;
  const target = directory.resolve(to);
  const newName = target.kind === 'found' ? target.value.name : to;
  const standing = decider.standing(user);
  const grants = standing === undefined ? [] : decider.grants(standing, elementName(name));
  return {
    user,
    element: name,
    roles: explainRoles(policy, user, standing, grants),
    operations: OPERATIONS.map((operation) => {
      if (operation === 'Reprotect' && newName !== name) return explainMove(decider, policy, user, name, newName);
      const decision = decider.decide({ user, operation, element: name });
      if (operation === 'Protect' && definition !== undefined && isOldVersion(name)) {
        return { operation, decision, answer: 'refused, code 26', because: 'an old key version is read-only' };
      }
      const because =
        definition !== undefined && traitsOf(definition).access === 'everyone'
          ? OPEN_TO_EVERYONE
          : reason(decision, grants, standing, PERMISSION[operation], policy);
      return { operation, decision, answer: answer(decision), because };
    }),
  };
}

/** Explains a reprotect to another element. It needs the permission on both. */
function explainMove(
  decider: PolicyDecider,
  policy: PolicyDocument,
  user: string,
  oldElement: string,
  element: string,
): ExplainedOperation {
  const operation = 'Reprotect';
  const decision = decider.decide({ user, operation, oldElement, element });
  const explained = { operation, decision, answer: answer(decision) } as const;
  const where = `from ${oldElement} to ${element}`;
  if (decision.kind === 'refuse' && 'disclosure' in decision) {
    return { ...explained, because: `${where} it would show more than the user may see: ${decision.disclosure}` };
  }
  const byName = elementsByName(policy.elements);
  const [from, into] = [byName.get(oldElement), byName.get(element)];
  if (decision.kind === 'allow' && from !== undefined && into !== undefined) {
    if (isOldVersion(element)) {
      return { ...explained, answer: 'refused, code 26', because: 'an old key version is read-only' };
    }
    if (misfitOf(from, into) !== undefined) {
      return { ...explained, answer: 'refused, code 26', because: `values cannot be moved ${where}` };
    }
  }
  const standing = decider.standing(user);
  const because = [oldElement, element].map((name) => {
    const definition = byName.get(name);
    if (definition !== undefined && traitsOf(definition).access === 'everyone') return `${name}: ${OPEN_TO_EVERYONE}`;
    const grants = standing === undefined ? [] : decider.grants(standing, elementName(name));
    const alone = decider.decide({ user, operation, element: name });
    return `${name}: ${reason(alone, grants, standing, PERMISSION[operation], policy)}`;
  });
  return { ...explained, because: because.join('; ') };
}

function explainRoles(
  policy: PolicyDocument,
  user: string,
  standing: Standing | undefined,
  grants: readonly RoleGrant[],
): ExplainedRole[] {
  if (standing === undefined) return [];
  const groups = new Map(policy.groups.map((group) => [group.name, group]));
  const own = standing.roles.map((role) => ({
    role: role.name,
    because: standing.byDefault ? 'the default role: no role lists the user' : pathTo(user, role, groups),
    says: says(grants.find((grant) => grant.role === role)?.grant),
  }));
  const inherited = grants.filter(({ role }) => !standing.roles.includes(role));
  return [
    ...own,
    ...inherited.map(({ role, grant }) => ({
      role: role.name,
      because: "inherited from the default role: the user's own roles do not name the element",
      says: says(grant),
    })),
  ];
}

function says(grant: Grant | undefined): string {
  if (grant === undefined) return 'does not name this element';
  const { permissions, mask, noAccess } = grant;
  const granted = permissions.length === 0 ? 'grants nothing' : `grants ${permissions.join(', ')}`;
  const shown = mask === undefined ? '' : ` under mask ${mask}`;
  return permissions.includes('unprotect')
    ? granted + shown
    : `${granted}; a refused unprotect gives ${NO_ACCESS[noAccess]}`;
}

const NO_ACCESS = { null: 'null', protected: 'the protected value', exception: 'an exception' } as const;

/** The decision in words. */
function answer(decision: Decision): string {
  switch (decision.kind) {
    case 'allow':
      return decision.mask === undefined ? 'allowed' : `allowed, masked: ${maskSetting(decision.mask)}`;
    case 'mask':
      return `masked: ${maskSetting(decision.mask)}`;
    case 'substitute':
      return decision.noAccess === 'null' ? 'null' : 'the protected value';
    case 'refuse':
    default:
      return `refused, code ${decision.code}`;
  }
}

function reason(
  decision: Decision,
  grants: readonly RoleGrant[],
  standing: Standing | undefined,
  permission: Permission,
  policy: PolicyDocument,
): string {
  if (decision.kind === 'refuse' && decision.code === 1) return 'no role lists the user, and there is no default role';
  if (decision.kind === 'refuse' && decision.code === 2) return 'the policy has no such element';
  if (grants.length === 0) return `none of the roles ${names(standing?.roles ?? [])} names the element`;
  const granting = grants.filter(({ grant }) => grant.permissions.includes(permission)).map(({ role }) => role);
  const refusing = grants.map(({ role }) => role).filter((role) => !granting.includes(role));
  const rule = `the ${policy.conflictResolution.replace('-', ' ')} wins`;
  if (decision.kind === 'allow') {
    const differ = refusing.length > 0 || differsInMask(grants, permission);
    return `${names(granting)} ${granting.length === 1 ? 'grants' : 'grant'} it${differ ? `: ${rule}` : ''}`;
  }
  if (granting.length === grants.length)
    return `${names(granting)} show it under different masks, which cannot be merged`;
  if (granting.length > 0) return `${names(refusing)} ${refusing.length === 1 ? 'does' : 'do'} not grant it: ${rule}`;
  if (decision.kind === 'mask') return 'no role grants the clear value of this masking element';
  return `${names(refusing)} ${refusing.length === 1 ? 'does' : 'do'} not grant it`;
}

function differsInMask(grants: readonly RoleGrant[], permission: Permission): boolean {
  const masks = grants.flatMap(({ grant }) => (grant.permissions.includes(permission) ? [grant.mask] : []));
  return permission === 'unprotect' && new Set(masks).size > 1;
}

function names(roles: readonly RoleDefinition[]): string {
  return roles.map(({ name }) => name).join(', ');
}

/** Describes how a role lists a user: the shortest path through groups. */
function pathTo(user: string, role: RoleDefinition, groups: ReadonlyMap<string, GroupDefinition>): string {
  const lists = (members: RoleDefinition['members']): boolean =>
    members.some((member) => typeof member === 'string' && foldCase(member) === foldCase(user));
  if (lists(role.members)) return 'a member';
  const ways = new Map<string, readonly string[]>();
  let reached: readonly (readonly [RoleDefinition['members'], readonly string[]])[] = [[role.members, []]];
  while (reached.length > 0) {
    const next: (readonly [RoleDefinition['members'], readonly string[]])[] = [];
    for (const [members, way] of reached) {
      for (const member of members) {
        const group = typeof member === 'string' ? undefined : groups.get(member.group);
        if (group === undefined || ways.has(group.name)) continue;
        const longer = [...way, group.name];
        ways.set(group.name, longer);
        if (lists(group.members)) return `through group ${longer.join(', in it ')}`;
        next.push([group.members, longer]);
      }
    }
    reached = next;
  }
  return 'a member';
}
