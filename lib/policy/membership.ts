import { NameDirectory, type Resolved } from './names.ts';
import type { GroupDefinition, Member, PolicyDocument, RoleDefinition } from './schema.ts';

type Roles = readonly RoleDefinition[];

/**
 * Finds the roles that list a user, by name or through groups. Built once per policy, in time proportional to it: a
 * group is walked once however many roles list it, and users with the same roles share one list.
 */
export class Membership {
  readonly #roles: NameDirectory<Roles>;
  /** Users as the policy spells them. */
  readonly users: ReadonlyMap<string, Roles>;

  constructor(policy: Pick<PolicyDocument, 'roles' | 'groups'>) {
    const lists = new RoleLists(policy.roles);
    const users = new Map<string, Roles>();
    const add = (members: readonly Member[], roles: Roles): void => {
      for (const member of members) {
        if (typeof member === 'string') users.set(member, lists.union(users.get(member), roles));
      }
    };
    const groups = new Map(policy.groups.map((group) => [group.name, group]));
    const rolesOfGroup = new Map<GroupDefinition, Roles>();
    for (const role of policy.roles) {
      const only = lists.of([role]);
      add(role.members, only);
      for (const group of groupsWithin(role.members, groups)) {
        rolesOfGroup.set(group, lists.union(rolesOfGroup.get(group), only));
      }
    }
    for (const [group, roles] of rolesOfGroup) add(group.members, roles);
    this.users = users;
    this.#roles = new NameDirectory(users);
  }

  /** Returns the roles that list a user. The name may differ in case if it matches one user only. */
  rolesOf(user: string): Resolved<Roles> {
    return this.#roles.resolve(user);
  }
}

/** Returns the groups among members, and the groups among their members; each once, without unknown ones. */
export function groupsWithin(
  members: readonly Member[],
  groups: ReadonlyMap<string, GroupDefinition>,
): ReadonlySet<GroupDefinition> {
  const found = new Set<GroupDefinition>();
  const collect = (listed: readonly Member[]): void => {
    for (const member of listed) {
      const group = typeof member === 'string' ? undefined : groups.get(member.group);
      if (group !== undefined) found.add(group);
    }
  };
  collect(members);
  for (const group of found) collect(group.members); // the loop also visits the groups that it adds
  return found;
}

/** Keeps one list object for each combination of roles, in the policy's order: 100,000 users may share a dozen. */
class RoleLists {
  readonly #index: ReadonlyMap<RoleDefinition, number>;
  readonly #lists = new Map<string, Roles>();
  readonly #unions = new Map<Roles, Map<Roles, Roles>>();

  constructor(roles: Roles) {
    this.#index = new Map(roles.map((role, i) => [role, i]));
  }

  of(roles: Roles): Roles {
    const key = roles.map((role) => this.#index.get(role)).join(' ');
    const known = this.#lists.get(key);
    if (known === undefined) this.#lists.set(key, roles);
    return known ?? roles;
  }

  /** Returns the list of the roles in either list. */
  union(list: Roles | undefined, more: Roles): Roles {
    if (list === undefined || list === more) return more;
    let unions = this.#unions.get(list);
    if (unions === undefined) this.#unions.set(list, (unions = new Map()));
    let union = unions.get(more);
    if (union === undefined) {
      const both = [...new Set([...list, ...more])];
      union = this.of(both.toSorted((a, b) => this.#index.get(a)! - this.#index.get(b)!));
      unions.set(more, union);
    }
    return union;
  }
}
