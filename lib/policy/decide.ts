import type { Operation } from '../base/operation.ts';
import { NameDirectory } from './names.ts';
import type { ElementDefinition, MaskDefinition, PolicyDocument, RoleDefinition } from './schema.ts';

type Grant = RoleDefinition['grants'][number];
type NoAccess = Grant['noAccess'];
type Permission = Grant['permissions'][number];

/** What a user gets for one operation on one element, once per batch. Codes: 1 user, 2 element, 3 permission. */
export type Decision =
  | { readonly kind: 'allow' }
  /** A refused unprotect that is answered: with nulls, or with the protected values as they came. */
  | { readonly kind: 'substitute'; readonly noAccess: 'null' | 'protected' }
  /** A refused unprotect of a masking element: its default view. */
  | { readonly kind: 'mask'; readonly mask: MaskDefinition }
  | { readonly kind: 'refuse'; readonly code: 1 | 2 | 3 };

/** `element` is the new element of a reprotect, `oldElement` the one its values are protected with. */
export interface Request {
  readonly user: string;
  readonly operation: Operation;
  readonly element: string;
  readonly oldElement?: string | undefined;
}

const PERMISSION: Record<Operation, Permission> = {
  Protect: 'protect',
  Unprotect: 'unprotect',
  Reprotect: 'reprotect',
};

/** Least restrictive first: where several roles refuse, the first of these that one of them says is what is answered. */
const NO_ACCESS: readonly NoAccess[] = ['protected', 'null', 'exception'];

/** The decisions of one policy: who may do what. Unknown users and elements, and whatever no role grants, are refused. */
export class PolicyDecider {
  readonly #elements: ReadonlyMap<string, ElementDefinition>;
  readonly #rolesOfUser: NameDirectory<readonly RoleDefinition[]>;
  readonly #defaultRole: RoleDefinition | undefined;

  constructor(policy: PolicyDocument) {
    this.#elements = new Map(policy.elements.map((element) => [element.name, element]));
    this.#defaultRole = policy.roles.find((role) => role.default);
    const roles = new Map<string, RoleDefinition[]>();
    for (const role of policy.roles) {
      for (const member of role.members) roles.set(member, [...(roles.get(member) ?? []), role]);
    }
    this.#rolesOfUser = new NameDirectory(roles);
  }

  /** Element names are those of the policy, already resolved. */
  decide(request: Request): Decision {
    const names = request.oldElement === undefined ? [request.element] : [request.oldElement, request.element];
    const elements = names.flatMap((name) => this.#elements.get(name) ?? []);
    const known = elements.length === names.length;
    // Monitor elements are there for their audit trail: everybody may use them, with a role or without.
    if (known && elements.every(({ type }) => type === 'monitor')) return { kind: 'allow' };
    const resolved = this.#rolesOfUser.resolve(request.user);
    const roles = resolved.kind === 'found' ? resolved.value : this.#defaultRole && [this.#defaultRole];
    if (roles === undefined) return { kind: 'refuse', code: 1 };
    if (!known) return { kind: 'refuse', code: 2 };
    const permission = PERMISSION[request.operation];
    if (elements.every((element) => this.#permits(roles, element, permission))) return { kind: 'allow' };
    return request.operation === 'Unprotect'
      ? this.#refusedUnprotect(roles, elements[0]!)
      : { kind: 'refuse', code: 3 };
  }

  #permits(roles: readonly RoleDefinition[], element: ElementDefinition, permission: Permission): boolean {
    if (element.type === 'monitor') return true;
    return this.#grants(roles, element.name).some((grant) => grant.permissions.includes(permission));
  }

  #refusedUnprotect(roles: readonly RoleDefinition[], element: ElementDefinition): Decision {
    if (element.type === 'masking') return { kind: 'mask', mask: element.mask };
    const offered = this.#grants(roles, element.name).map((grant) => grant.noAccess);
    const noAccess = NO_ACCESS.find((answer) => offered.includes(answer)) ?? 'exception';
    return noAccess === 'exception' ? { kind: 'refuse', code: 3 } : { kind: 'substitute', noAccess };
  }

  /** The user's grants for the element; where its own roles have none, the default role's is inherited. */
  #grants(roles: readonly RoleDefinition[], element: string): Grant[] {
    const own = grantsFor(roles, element);
    return own.length > 0 || this.#defaultRole === undefined ? own : grantsFor([this.#defaultRole], element);
  }
}

function grantsFor(roles: readonly RoleDefinition[], element: string): Grant[] {
  return roles.flatMap((role) => role.grants.filter((grant) => grant.element === element));
}
