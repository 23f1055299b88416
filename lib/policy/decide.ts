import type { Operation } from '../base/operation.ts';
import { NameDirectory } from './names.ts';
import type { PolicyDocument, RoleDefinition } from './schema.ts';

type Grant = RoleDefinition['grants'][number];
type NoAccess = Grant['noAccess'];
type Permission = Grant['permissions'][number];

/** What a user gets for one operation on one element, once per batch. Codes: 1 user, 2 element, 3 permission. */
export type Decision =
  | { readonly kind: 'allow' }
  /** A refused unprotect that is answered: with nulls, or with the protected values as they came. */
  | { readonly kind: 'substitute'; readonly noAccess: 'null' | 'protected' }
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
  readonly #elements: ReadonlySet<string>;
  readonly #rolesOfUser: NameDirectory<readonly RoleDefinition[]>;
  readonly #defaultRole: RoleDefinition | undefined;

  constructor(policy: PolicyDocument) {
    this.#elements = new Set(policy.elements.map(({ name }) => name));
    this.#defaultRole = policy.roles.find((role) => role.default);
    const roles = new Map<string, RoleDefinition[]>();
    for (const role of policy.roles) {
      for (const member of role.members) roles.set(member, [...(roles.get(member) ?? []), role]);
    }
    this.#rolesOfUser = new NameDirectory(roles);
  }

  /** Element names are those of the policy, already resolved. */
  decide(request: Request): Decision {
    const resolved = this.#rolesOfUser.resolve(request.user);
    const roles = resolved.kind === 'found' ? resolved.value : this.#defaultRole && [this.#defaultRole];
    if (roles === undefined) return { kind: 'refuse', code: 1 };
    const elements = request.oldElement === undefined ? [request.element] : [request.oldElement, request.element];
    if (!elements.every((element) => this.#elements.has(element))) return { kind: 'refuse', code: 2 };
    const permission = PERMISSION[request.operation];
    if (
      elements.every((element) => this.#grants(roles, element).some((grant) => grant.permissions.includes(permission)))
    ) {
      return { kind: 'allow' };
    }
    if (request.operation !== 'Unprotect') return { kind: 'refuse', code: 3 };
    const offered = this.#grants(roles, request.element).map((grant) => grant.noAccess);
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
