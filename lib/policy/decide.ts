import type { Operation } from '../base/operation.ts';
import { traitsOf } from './element-types.ts';
import { elementName } from './key-versions.ts';
import { Membership } from './membership.ts';
import { type ConflictResolution, type Merged, mergeGrants } from './merge.ts';
import type { MaskDefinition } from './elements/parts.ts';
import type { ElementDefinition, Grant, NoAccess, Permission, PolicyDocument, RoleDefinition } from './schema.ts';

/** What a user gets for one operation on one element. Codes: 1 user, 2 element, 3 permission. */
export type Outcome =
  /** With `mask`: an unprotect whose values are shown masked. */
  | { readonly kind: 'allow'; readonly mask?: MaskDefinition }
  /** A refused unprotect that is answered: with nulls, or with the protected values as they came. */
  | { readonly kind: 'substitute'; readonly noAccess: Exclude<NoAccess, 'exception'> }
  /** A refused unprotect of a masking element: its default view. */
  | { readonly kind: 'mask'; readonly mask: MaskDefinition }
  | { readonly kind: 'refuse'; readonly code: 1 | 2 | 3 };

/** Which outcomes leave a record of their own; the others are counted in a summary. */
export interface AuditSwitches {
  readonly successful: boolean;
  readonly failed: boolean;
}

/** Once per batch. */
export type Decision = Outcome & { readonly audit: AuditSwitches };

/** `element` is the new element of a reprotect, `oldElement` the one its values are protected with. */
export interface Request {
  readonly user: string;
  readonly operation: Operation;
  readonly element: string;
  readonly oldElement?: string | undefined;
}

/** The roles that speak for a user: its own, or the default role. */
export interface Standing {
  readonly roles: readonly RoleDefinition[];
  readonly byDefault: boolean;
}

/** What a role says of an element. */
export interface RoleGrant {
  readonly role: RoleDefinition;
  readonly grant: Grant;
}

export const PERMISSION: Record<Operation, Permission> = {
  Protect: 'protect',
  Unprotect: 'unprotect',
  Reprotect: 'reprotect',
};

const RECORD_ALL: AuditSwitches = { successful: true, failed: true };

/** The decisions of one policy: who may do what. Unknown users and elements, and whatever no role grants, are refused. */
export class PolicyDecider {
  readonly #elements: ReadonlyMap<string, ElementDefinition>;
  readonly #masks: ReadonlyMap<string, MaskDefinition>;
  readonly #membership: Membership;
  readonly #defaultRole: RoleDefinition | undefined;
  readonly #resolution: ConflictResolution;
  /** The grants of a role by element, made when a member of it first asks. */
  readonly #grantsOfRole = new Map<RoleDefinition, ReadonlyMap<string, Grant>>();

  constructor(policy: PolicyDocument) {
    this.#elements = new Map(policy.elements.map((element) => [element.name, element]));
    this.#masks = new Map(policy.masks.map((mask) => [mask.name, mask]));
    this.#membership = new Membership(policy);
    this.#defaultRole = policy.roles.find((role) => role.default);
    this.#resolution = policy.conflictResolution;
  }

  /** Element names are those of the policy, already resolved; an old key version (`deSSN@1`) is as its element is. */
  decide(request: Request): Decision {
    const names = request.oldElement === undefined ? [request.element] : [request.oldElement, request.element];
    const elements = names.flatMap((name) => this.#elements.get(elementName(name)) ?? []);
    const known = elements.length === names.length;
    // Monitor elements are there for their audit trail: everybody may use them, with a role or without.
    if (known && elements.every(isOpen)) return { kind: 'allow', audit: RECORD_ALL };
    const standing = this.standing(request.user);
    if (standing === undefined) return { kind: 'refuse', code: 1, audit: RECORD_ALL };
    if (!known) return { kind: 'refuse', code: 2, audit: RECORD_ALL };
    const permission = PERMISSION[request.operation];
    const considered = elements.map((element) => this.grants(standing, element.name).map(({ grant }) => grant));
    const merged = elements.map((element, i) => this.#merge(element, considered[i]!, permission));
    return { ...outcome(request.operation, elements[0]!, merged), audit: switchesOf(considered.flat(), permission) };
  }

  /** The roles that speak for a user; `undefined` where none does. Nobody's name is empty. */
  standing(user: string): Standing | undefined {
    if (user === '') return undefined;
    const own = this.#membership.rolesOf(user);
    if (own.kind === 'found') return { roles: own.value, byDefault: false };
    return this.#defaultRole && { roles: [this.#defaultRole], byDefault: true };
  }

  /** What a user's roles say of an element; where none of them names it, what the default role says is inherited. */
  grants({ roles }: Standing, element: string): readonly RoleGrant[] {
    const own = roles.flatMap((role) => this.#grantOf(role, element));
    const inherits = roles.some(({ inheritsDefault }) => inheritsDefault !== false);
    if (own.length > 0 || this.#defaultRole === undefined || !inherits) return own;
    return this.#grantOf(this.#defaultRole, element);
  }

  #grantOf(role: RoleDefinition, element: string): RoleGrant[] {
    let grants = this.#grantsOfRole.get(role);
    if (grants === undefined) {
      grants = new Map(role.grants.map((grant) => [grant.element, grant]));
      this.#grantsOfRole.set(role, grants);
    }
    const grant = grants.get(element);
    return grant === undefined ? [] : [{ role, grant }];
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

/** Tells whether every user may use the element, with a role or without. */
function isOpen(element: ElementDefinition): boolean {
  return traitsOf(element).access === 'everyone';
}

/** A reprotect shows no value, so that masks do not affect it; it needs the permission on both elements. */
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

/** A switch is off where every grant that was considered has it off: whoever wants a record gets it. */
function switchesOf(grants: readonly Grant[], permission: Permission): AuditSwitches {
  const on = (which: keyof AuditSwitches): boolean =>
    grants.length === 0 || grants.some(({ audit }) => audit?.[permission]?.[which] !== false);
  return { successful: on('successful'), failed: on('failed') };
}
