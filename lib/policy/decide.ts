import type { Operation } from '../base/operation.ts';
import { traitsOf } from './element-types.ts';
import { elementName, elementsByName } from './key-versions.ts';
import { Membership, rolesAt, termOf } from './membership.ts';
import { type ConflictResolution, type Merged, mergeGrants } from './merge.ts';
import { maskSetting } from './mask.ts';
import { Moves, type Sight } from './moves.ts';
import type { MaskDefinition } from './elements/parts.ts';
import type { ElementDefinition, Grant, NoAccess, Permission, PolicyDocument, RoleDefinition } from './schema.ts';
import { instantsOf, isTimed, isWithin, type Span, spanOf } from './term.ts';

/** The result of one operation of a user on one element. Codes: 1 user, 2 element, 3 permission. */
export type Outcome =
  /** With `mask`: the unprotected values are shown masked. */
  | { readonly kind: 'allow'; readonly mask?: MaskDefinition }
  /** A refused unprotect that is answered: with nulls, or with the protected values of the request. */
  | { readonly kind: 'substitute'; readonly noAccess: Exclude<NoAccess, 'exception'> }
  /** A refused unprotect of an element with a default view. */
  | { readonly kind: 'mask'; readonly mask: MaskDefinition }
  | { readonly kind: 'refuse'; readonly code: 1 | 2 | 3 }
  /** A reprotect that both elements grant, whose new tokens would show more: what, in words. */
  | { readonly kind: 'refuse'; readonly code: 3; readonly disclosure: string };

/** Which outcomes have a record of their own; the others are counted in a summary. */
export interface AuditSwitches {
  readonly successful: boolean;
  readonly failed: boolean;
}

/** The decision about one batch. */
export type Decision = Outcome & {
  readonly audit: AuditSwitches;
  /** A break-glass role alone allows it: without such roles the user would get another answer. */
  readonly breakGlass?: true;
  /** Values that the user may see a day, where the roles that decide have such a budget. */
  readonly budget?: number;
  /** Why the request is not allowed at this time, and is at another one. */
  readonly lapse?: Lapse;
};

/**
 * A request that is not allowed now: it was until `atMs` (`ended`), or will be from `atMs` on (`not begun`), in epoch
 * milliseconds.
 */
export interface Lapse {
  readonly is: 'ended' | 'not begun';
  readonly atMs: number;
}

/** `element` is the new element of a reprotect, `oldElement` the element that protected its values. */
export interface Request {
  readonly user: string;
  readonly operation: Operation;
  readonly element: string;
  readonly oldElement?: string | undefined;
}

/** The roles that apply to a user: the user's own roles, or the default role. */
export interface Standing {
  readonly roles: readonly RoleDefinition[];
  readonly byDefault: boolean;
}

/** A role's grant for an element. */
export interface RoleGrant {
  readonly role: RoleDefinition;
  readonly grant: Grant;
}

/** A grant with its times, read once. `grants` holds the grant alone. */
interface IndexedGrant {
  readonly grants: readonly RoleGrant[];
  readonly span: Span;
}

const NO_GRANT: readonly RoleGrant[] = [];

export const PERMISSION: Record<Operation, Permission> = {
  Protect: 'protect',
  Unprotect: 'unprotect',
  Reprotect: 'reprotect',
  // A check says of values that the caller holds what a refused protect would say.
  Check: 'protect',
};

const RECORD_ALL: AuditSwitches = { successful: true, failed: true };

/**
 * Decides who may do what under one policy, at a time that the caller gives. Refuses unknown users, unknown elements, and
 * everything that no role grants. Outside of its times an entry decides as if the policy did not have it; a user's name
 * stays known.
 */
export class PolicyDecider {
  /** With the old key versions that the policy keeps readable: a version that it does not have is no element. */
  readonly #elements: ReadonlyMap<string, ElementDefinition>;
  readonly #masks: ReadonlyMap<string, MaskDefinition>;
  readonly #membership: Membership;
  readonly #defaultRole: RoleDefinition | undefined;
  readonly #resolution: ConflictResolution;
  readonly #moves: Moves;
  /** The grants of a role by element, indexed on a member's first request. */
  readonly #grantsOfRole = new Map<RoleDefinition, ReadonlyMap<string, IndexedGrant>>();
  /** Whether any decision depends on the time. */
  readonly #hasTimes: boolean;
  readonly #hasBreakGlass: boolean;
  /** Whether the policy limits how many values a user may see. */
  readonly hasBudgets: boolean;

  constructor(policy: PolicyDocument) {
    this.#elements = elementsByName(policy.elements);
    this.#masks = new Map(policy.masks.map((mask) => [mask.name, mask]));
    this.#membership = new Membership(policy);
    this.#defaultRole = policy.roles.find((role) => role.default);
    this.#resolution = policy.conflictResolution;
    this.#moves = new Moves(policy.alphabets);
    this.#hasTimes = hasTimes(policy);
    this.hasBudgets = policy.roles.some(({ maxUnprotectPerDay }) => maxUnprotectPerDay !== undefined);
    this.#hasBreakGlass = policy.roles.some(({ breakGlass }) => breakGlass === true);
  }

  /**
   * Takes element names as the policy spells them. An old key version (`deSSN@1`) has the grants of its element. `nowMs`:
   * when the request is decided, in epoch milliseconds.
   */
  decide(request: Request, nowMs: number): Decision {
    const names = request.oldElement === undefined ? [request.element] : [request.oldElement, request.element];
    const elements = names.flatMap((name) => this.#elements.get(name) ?? []);
    const known = elements.length === names.length;
    // Monitor elements exist for their audit trail: everyone may use them, with or without a role.
    if (known && elements.every(isOpen)) return { kind: 'allow', audit: RECORD_ALL };
    const decided = this.#decideAt(request, known ? elements : undefined, nowMs);
    if (!this.#hasTimes || decided.kind === 'allow' || !known) return decided;
    const lapse = this.#lapse(request, elements, nowMs);
    return lapse === undefined ? decided : { ...decided, lapse };
  }

  /** Decides about elements of the policy; `undefined`: it does not have them. */
  #decideAt(request: Request, elements: readonly ElementDefinition[] | undefined, nowMs: number): Decision {
    const standing = this.standing(request.user, nowMs);
    if (standing === undefined) return { kind: 'refuse', code: 1, audit: RECORD_ALL };
    if (elements === undefined) return { kind: 'refuse', code: 2, audit: RECORD_ALL };
    const decided = this.#decideFor(standing, request, elements, nowMs);
    if (!this.#hasBreakGlass || decided.kind !== 'allow' || !standing.roles.some(isBreakGlass)) return decided;
    const ordinary = this.#ordinary(standing);
    const without = ordinary && this.#decideFor(ordinary, request, elements, nowMs);
    return isEqualView(decided, without) ? decided : { ...decided, breakGlass: true };
  }

  /** Returns a user's standing without break-glass roles; `undefined` where no role is left. */
  #ordinary({ roles }: Standing): Standing | undefined {
    const ordinary = roles.filter((role) => !isBreakGlass(role));
    return ordinary.length > 0 ? { roles: ordinary, byDefault: false } : this.#byDefault();
  }

  /** Returns the last end, or else the first beginning, before and after which the request is allowed. */
  #lapse(request: Request, elements: readonly ElementDefinition[], nowMs: number): Lapse | undefined {
    const isAllowed = (atMs: number): boolean => this.#decideAt(request, elements, atMs).kind === 'allow';
    const instants = this.#instantsFor(request.user, elements);
    const ended = instants.findLast((atMs) => atMs <= nowMs && isAllowed(atMs - 1));
    if (ended !== undefined) return { is: 'ended', atMs: ended };
    const begins = instants.find((atMs) => atMs > nowMs && isAllowed(atMs));
    return begins === undefined ? undefined : { is: 'not begun', atMs: begins };
  }

  /** Returns the instants, ascending, at which a decision about a user and elements may change. */
  #instantsFor(user: string, elements: readonly ElementDefinition[]): number[] {
    const own = this.#membership.tenureOf(user);
    const tenure = own.kind === 'found' ? own.value : undefined;
    const roles = new Set([
      ...(tenure?.roles.flat() ?? []),
      ...(this.#defaultRole === undefined ? [] : [this.#defaultRole]),
    ]);
    const names = elements.map(({ name }) => elementName(name));
    const grants = [...roles].flatMap((role) => names.flatMap((name) => this.#grantsOf(role).get(name)?.grants ?? []));
    const instants = [...(tenure?.since.slice(1) ?? []), ...instantsOf(grants.map(({ grant }) => grant))];
    return [...new Set(instants)].toSorted((a, b) => a - b);
  }

  #decideFor(standing: Standing, request: Request, elements: readonly ElementDefinition[], nowMs: number): Decision {
    const permission = PERMISSION[request.operation];
    const found = elements.map((element) => this.grants(standing, elementName(element.name), nowMs));
    const considered = found.map((grants) => grants.map(({ grant }) => grant));
    const merged = elements.map((element, i) => this.#merge(element, considered[i]!, permission));
    const decided = outcome(request.operation, elements[0]!, merged);
    const audit = switchesOf(considered.flat(), permission);
    if (this.hasBudgets && request.operation === 'Unprotect' && (decided.kind === 'allow' || decided.kind === 'mask')) {
      const budget = budgetOf(found.flat(), this.#resolution);
      if (budget !== undefined) return { ...decided, audit, budget };
    }
    if (request.operation !== 'Reprotect' || decided.kind !== 'allow' || elements.length < 2)
      return { ...decided, audit };
    const disclosure = this.#disclosure(elements, considered);
    return disclosure === undefined ? { ...decided, audit } : { kind: 'refuse', code: 3, disclosure, audit };
  }

  /** Returns what a move between two elements, which the user may reprotect, would show beyond the user's grants. */
  #disclosure(elements: readonly ElementDefinition[], grants: readonly (readonly Grant[])[]): string | undefined {
    const [from, to] = elements as [ElementDefinition, ElementDefinition];
    const [seen, after] = elements.map((element, i) =>
      sightOf(outcome('Unprotect', element, [this.#merge(element, grants[i]!, 'unprotect')])),
    ) as [Sight, Sight];
    return this.#moves.disclosure(from, to, { seen, after });
  }

  /** Returns a user's name as the policy spells it; a user that no role lists stays as received. */
  spelledUser(user: string): string {
    const own = this.#membership.tenureOf(user);
    return own.kind === 'found' ? own.name : user;
  }

  /** Returns the roles that apply to a user at a time; `undefined` where none applies. No user has an empty name. */
  standing(user: string, nowMs: number): Standing | undefined {
    if (user === '') return undefined;
    const own = this.#membership.tenureOf(user);
    if (own.kind === 'found') {
      const roles = rolesAt(own.value, nowMs);
      if (roles.length > 0) return { roles, byDefault: false };
    }
    return this.#byDefault();
  }

  #byDefault(): Standing | undefined {
    return this.#defaultRole && { roles: [this.#defaultRole], byDefault: true };
  }

  /**
   * Returns the grants of a user's roles for an element at a time. Where none of them names it, the default role's grant
   * is inherited.
   */
  grants({ roles }: Standing, element: string, nowMs: number): readonly RoleGrant[] {
    const own = roles.flatMap((role) => this.#grantOf(role, element, nowMs));
    const inherits = roles.some(({ inheritsDefault }) => inheritsDefault !== false);
    if (own.length > 0 || this.#defaultRole === undefined || !inherits) return own;
    return this.#grantOf(this.#defaultRole, element, nowMs);
  }

  #grantOf(role: RoleDefinition, element: string, nowMs: number): readonly RoleGrant[] {
    const found = this.#grantsOf(role).get(element);
    return found !== undefined && isWithin(found.span, nowMs) ? found.grants : NO_GRANT;
  }

  #grantsOf(role: RoleDefinition): ReadonlyMap<string, IndexedGrant> {
    let grants = this.#grantsOfRole.get(role);
    if (grants === undefined) {
      grants = new Map(role.grants.map((grant) => [grant.element, { grants: [{ role, grant }], span: spanOf(grant) }]));
      this.#grantsOfRole.set(role, grants);
    }
    return grants;
  }

  #merge(element: ElementDefinition, grants: readonly Grant[], permission: Permission): Merged {
    if (isOpen(element)) return { kind: 'allowed' };
    return mergeGrants(grants, permission, this.#resolution, (name) => this.#maskOf(name));
  }

  #maskOf(name: string): MaskDefinition {
    const mask = this.#masks.get(name);
    if (mask === undefined) throw new RangeError('The policy has no such mask');
    return mask;
  }
}

/** Tells whether a member or a grant of a policy has times. */
function hasTimes({ roles, groups }: PolicyDocument): boolean {
  const lists = [...roles, ...groups];
  return (
    lists.some(({ members }) => members.some((member) => isTimed(termOf(member)))) ||
    roles.some(({ grants }) => grants.some(isTimed))
  );
}

/**
 * Returns the budget of an unprotect: of the roles that grant it, or of all that name the element where it is shown by its
 * nature. The largest counts under `least-restrictive`, where a role without a budget has no limit, and else the smallest.
 */
function budgetOf(grants: readonly RoleGrant[], resolution: ConflictResolution): number | undefined {
  const granting = grants.filter(({ grant }) => grant.permissions.includes('unprotect'));
  const limits = (granting.length > 0 ? granting : grants).map(({ role }) => role.maxUnprotectPerDay ?? Infinity);
  if (limits.length === 0) return undefined;
  const budget = resolution === 'least-restrictive' ? Math.max(...limits) : Math.min(...limits);
  return Number.isFinite(budget) ? budget : undefined;
}

function isBreakGlass({ breakGlass }: RoleDefinition): boolean {
  return breakGlass === true;
}

/** Tells whether a user is answered alike: both allow the request, and under the same mask if any. */
function isEqualView(decided: Decision, other: Decision | undefined): boolean {
  if (decided.kind !== 'allow' || other?.kind !== 'allow') return false;
  const [one, two] = [decided, other].map(({ mask }) => mask && maskSetting(mask));
  return one === two;
}

/** Tells whether every user may use the element, with or without a role. */
function isOpen(element: ElementDefinition): boolean {
  return traitsOf(element).access === 'everyone';
}

/** Returns what an unprotect shows of an element's values. */
function sightOf(unprotected: Outcome): Sight {
  if (unprotected.kind === 'allow') return unprotected.mask ?? 'clear';
  return unprotected.kind === 'mask' ? unprotected.mask : 'nothing';
}

/** A reprotect needs the permission on both elements. */
function outcome(operation: Operation, element: ElementDefinition, merged: readonly Merged[]): Outcome {
  const refused = merged.find(({ kind }) => kind !== 'allowed');
  if (refused === undefined || refused.kind === 'allowed') {
    const [first] = merged;
    const mask = operation === 'Unprotect' && first?.kind === 'allowed' ? first.mask : undefined;
    return mask === undefined ? { kind: 'allow' } : { kind: 'allow', mask };
  }
  if (operation !== 'Unprotect') return { kind: 'refuse', code: 3 };
  if (refused.kind === 'mask-conflict') return { kind: 'substitute', noAccess: 'null' };
  const mask = traitsOf(element).defaultView(element);
  if (mask !== undefined) return { kind: 'mask', mask };
  return refused.noAccess === 'exception'
    ? { kind: 'refuse', code: 3 }
    : { kind: 'substitute', noAccess: refused.noAccess };
}

/**
 * Returns the audit switches: off only where every considered grant has them off, so one role can demand the record.
 */
function switchesOf(grants: readonly Grant[], permission: Permission): AuditSwitches {
  const on = (which: keyof AuditSwitches): boolean =>
    grants.length === 0 || grants.some(({ audit }) => audit?.[permission]?.[which] !== false);
  return { successful: on('successful'), failed: on('failed') };
}
