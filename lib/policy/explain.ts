// Explains, role by role, why a user may or may not use an element.

import type { Operation } from '../base/operation.ts';
import { type Decision, PERMISSION, PolicyDecider, type RoleGrant, type Standing } from './decide.ts';
import { traitsOf } from './element-types.ts';
import { elementName, elementsByName, isOldVersion } from './key-versions.ts';
import { maskSetting } from './mask.ts';
import { groupOf, termOf, userOf } from './membership.ts';
import { misfitOf } from './moves.ts';
import { NameDirectory } from './names.ts';
import type {
  ElementDefinition,
  Grant,
  GroupDefinition,
  Permission,
  PolicyDocument,
  RoleDefinition,
} from './schema.ts';
import { instantText, isWithin, spanOf, type Term, termText } from './term.ts';

export interface Explanation {
  readonly user: string;
  /** As the policy spells it, if the policy has it. */
  readonly element: string;
  readonly roles: readonly ExplainedRole[];
  readonly operations: readonly ExplainedOperation[];
}

export interface ExplainedRole {
  readonly role: string;
  /**
   * Why the role applies to the user: `a member until 2026-12-31`, `through group staff, in it eu`, `the default role`. For a
   * role that does not apply at the time, why it does not: `a member until 2026-12-31, which is over`.
   */
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
 * Explains all three operations as they are decided at `nowMs`. Names of elements may differ in case. A reprotect goes from
 * the element to `to`, by default to itself.
 */
export function explain(
  policy: PolicyDocument,
  user: string,
  element: string,
  nowMs: number,
  to: string = element,
): Explanation {
  return new Explainer(policy, new PolicyDecider(policy), nowMs).explain(user, element, to);
}

/** Explains many users and elements of one policy at one time. Quick where it is asked user by user. */
export class Explainer {
  readonly #policy: PolicyDocument;
  readonly #decider: PolicyDecider;
  readonly #nowMs: number;
  readonly #byName: ReadonlyMap<string, ElementDefinition>;
  readonly #directory: NameDirectory<ElementDefinition>;
  readonly #groups: ReadonlyMap<string, GroupDefinition>;
  /** The grants of each role by element. */
  readonly #grants = new Map<RoleDefinition, ReadonlyMap<string, Grant>>();
  #memberships: { readonly user: string; readonly of: readonly ExplainedMembership[] } | undefined;

  /** `decider`: of this policy. */
  constructor(policy: PolicyDocument, decider: PolicyDecider, nowMs: number) {
    this.#policy = policy;
    this.#decider = decider;
    this.#nowMs = nowMs;
    this.#byName = elementsByName(policy.elements);
    this.#directory = new NameDirectory(this.#byName);
    this.#groups = new Map(policy.groups.map((group) => [group.name, group]));
  }

  /** See `explain`. */
  explain(user: string, element: string, to: string = element): Explanation {
    const found = this.#directory.resolve(element);
    const definition = found.kind === 'found' ? found.value : undefined;
    const name = definition?.name ?? element;
    const target = this.#directory.resolve(to);
    const newName = target.kind === 'found' ? target.value.name : to;
    const standing = this.#decider.standing(user, this.#nowMs);
    const grants = this.#grantsFor(standing, name);
    return {
      user,
      element: name,
      roles: this.#explainRoles(user, elementName(name), standing, grants),
      operations: OPERATIONS.map((operation) => {
        if (operation === 'Reprotect' && newName !== name) return this.#explainMove(user, name, newName, standing);
        const decision = this.#decider.decide({ user, operation, element: name }, this.#nowMs);
        if (operation === 'Protect' && definition !== undefined && isOldVersion(name)) {
          return { operation, decision, answer: 'refused, code 26', because: 'an old key version is read-only' };
        }
        const because =
          definition !== undefined && traitsOf(definition).access === 'everyone'
            ? OPEN_TO_EVERYONE
            : reason(decision, grants, standing, PERMISSION[operation], this.#policy);
        return { operation, decision, answer: answer(decision), because };
      }),
    };
  }

  /** Explains a reprotect to another element. It needs the permission on both. */
  #explainMove(user: string, oldElement: string, element: string, standing: Standing | undefined): ExplainedOperation {
    const operation = 'Reprotect';
    const decision = this.#decider.decide({ user, operation, oldElement, element }, this.#nowMs);
    const explained = { operation, decision, answer: answer(decision) } as const;
    const where = `from ${oldElement} to ${element}`;
    if (decision.kind === 'refuse' && 'disclosure' in decision) {
      return { ...explained, because: `${where} it would show more than the user may see: ${decision.disclosure}` };
    }
    const [from, into] = [this.#byName.get(oldElement), this.#byName.get(element)];
    if (decision.kind === 'allow' && from !== undefined && into !== undefined) {
      if (isOldVersion(element)) {
        return { ...explained, answer: 'refused, code 26', because: 'an old key version is read-only' };
      }
      if (misfitOf(from, into) !== undefined) {
        return { ...explained, answer: 'refused, code 26', because: `values cannot be moved ${where}` };
      }
    }
    const because = [oldElement, element].map((name) => {
      const definition = this.#byName.get(name);
      if (definition !== undefined && traitsOf(definition).access === 'everyone') return `${name}: ${OPEN_TO_EVERYONE}`;
      const alone = this.#decider.decide({ user, operation, element: name }, this.#nowMs);
      return `${name}: ${reason(alone, this.#grantsFor(standing, name), standing, PERMISSION[operation], this.#policy)}`;
    });
    return { ...explained, because: because.join('; ') };
  }

  #grantsFor(standing: Standing | undefined, element: string): readonly RoleGrant[] {
    return standing === undefined ? [] : this.#decider.grants(standing, elementName(element), this.#nowMs);
  }

  #explainRoles(
    user: string,
    element: string,
    standing: Standing | undefined,
    grants: readonly RoleGrant[],
  ): ExplainedRole[] {
    const applying = standing?.roles ?? [];
    const inherited = grants.filter(({ role }) => !applying.includes(role));
    return [
      ...this.#membershipsOf(user, standing).map(({ role, because }) => ({
        role: role.name,
        because,
        says: this.#says(role, element),
      })),
      ...inherited.map(({ role, grant }) => ({
        role: role.name,
        because: "inherited from the default role: the user's own roles do not name the element",
        says: says(grant, this.#nowMs),
      })),
    ];
  }

  #says(role: RoleDefinition, element: string): string {
    let grants = this.#grants.get(role);
    if (grants === undefined) {
      grants = new Map(role.grants.map((grant) => [grant.element, grant]));
      this.#grants.set(role, grants);
    }
    return says(grants.get(element), this.#nowMs) + budgetText(role) + (role.breakGlass === true ? BREAK_GLASS : '');
  }

  /** Returns the roles of a user: those that apply, and those that list the user at another time. */
  #membershipsOf(user: string, standing: Standing | undefined): readonly ExplainedMembership[] {
    if (this.#memberships?.user === user) return this.#memberships.of;
    const spelled = this.#decider.spelledUser(user);
    const applying = standing?.roles ?? [];
    const own = applying.map((role) => ({
      role,
      because: standing!.byDefault ? DEFAULT_ROLE : wayText(wayTo(spelled, role, this.#groups, this.#nowMs) ?? []),
    }));
    const others = this.#policy.roles.filter((role) => !applying.includes(role) && !role.default);
    const atOtherTimes = others.flatMap((role) => {
      const way = wayTo(spelled, role, this.#groups);
      return way === undefined ? [] : [{ role, because: `${wayText(way)}, ${whyNot(way, this.#nowMs)}` }];
    });
    this.#memberships = { user, of: [...own, ...atOtherTimes] };
    return this.#memberships.of;
  }
}

/** A role of a user, and why it applies or does not. */
interface ExplainedMembership {
  readonly role: RoleDefinition;
  readonly because: string;
}

function budgetText({ maxUnprotectPerDay: limit }: RoleDefinition): string {
  return limit === undefined ? '' : `; at most ${limit.toLocaleString('en-US')} values a day`;
}

const DEFAULT_ROLE = 'the default role: no role lists the user';
const BREAK_GLASS = '; break-glass, each use is recorded and alarms';

function says(grant: Grant | undefined, nowMs: number): string {
  if (grant === undefined) return 'does not name this element';
  const { permissions, mask, noAccess } = grant;
  const term = termText(grant) + (isWithin(spanOf(grant), nowMs) ? '' : `, ${overOrToCome(grant, nowMs)}`);
  const granted = (permissions.length === 0 ? 'grants nothing' : `grants ${permissions.join(', ')}`) + term;
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

/** Says why a request is decided as it is, and what the time has to do with it. */
function reason(
  decision: Decision,
  ...rest: [readonly RoleGrant[], Standing | undefined, Permission, PolicyDocument]
): string {
  const { lapse, breakGlass } = decision;
  const because = reasonNow(decision, ...rest);
  if (breakGlass === true) return `${because}; a break-glass role alone allows it`;
  if (lapse === undefined) return because;
  return `${because}; it ${lapse.is === 'ended' ? 'was allowed until' : 'is allowed from'} ${instantText(lapse.atMs)}`;
}

function reasonNow(
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

/** A step on the way from a role to a user: a group, or the user itself. */
interface Step {
  /** Undefined for the user. */
  readonly group: string | undefined;
  readonly term: Term;
}

/**
 * Returns how a role lists a user: the shortest way through groups; undefined where it does not. With `atMs`, only entries
 * that count at that time are taken.
 */
function wayTo(
  user: string,
  role: RoleDefinition,
  groups: ReadonlyMap<string, GroupDefinition>,
  atMs?: number,
): readonly Step[] | undefined {
  const counts = (term: Term): boolean => atMs === undefined || isWithin(spanOf(term), atMs);
  const seen = new Set<string>();
  let reached: readonly (readonly [RoleDefinition['members'], readonly Step[]])[] = [[role.members, []]];
  while (reached.length > 0) {
    const next: (readonly [RoleDefinition['members'], readonly Step[]])[] = [];
    for (const [members, way] of reached) {
      const counting = members.filter((member) => counts(termOf(member)));
      const listed = counting.find((member) => userOf(member) === user);
      if (listed !== undefined) return [...way, { group: undefined, term: termOf(listed) }];
      for (const member of counting) {
        const group = groups.get(groupOf(member) ?? '');
        if (group === undefined || seen.has(group.name)) continue;
        seen.add(group.name);
        next.push([group.members, [...way, { group: group.name, term: termOf(member) }]]);
      }
    }
    reached = next;
  }
  return undefined;
}

/** `a member until 2026-12-31`, `through group staff, in it eu` */
function wayText(way: readonly Step[]): string {
  const steps = way.filter(({ group }) => group !== undefined);
  const last = termText(way.at(-1)?.term ?? {});
  if (steps.length === 0) return `a member${last}`;
  const through = steps.map(({ group, term }) => `${group}${termText(term)}`).join(', in it ');
  return `through group ${through}${last === '' ? '' : `, as a member${last}`}`;
}

/** Says why a way does not count at a time. */
function whyNot(way: readonly Step[], nowMs: number): string {
  const outside = way.find(({ term }) => !isWithin(spanOf(term), nowMs));
  return outside === undefined ? 'which does not apply' : overOrToCome(outside.term, nowMs);
}

function overOrToCome(term: Term, nowMs: number): string {
  return nowMs < spanOf(term).fromMs ? 'which has not begun' : 'which is over';
}
