import { NameDirectory, type Resolved } from './names.ts';
import type { GroupDefinition, Member, PolicyDocument, RoleDefinition } from './schema.ts';

type Roles = readonly RoleDefinition[];

/**
 * Which roles list a user, by name or through groups. Made once per policy in time proportional to it: a group is walked once
 * however many roles list it, and users of the same roles share one list of them.
 */
export class Membership {
  readonly #roles: NameDirectory<Roles>;
  /** Users as the policy spells them. */
  readonly users: ReadonlyMap<string, Roles>;

  constructor(policy: Pick<PolicyDocument, 'roles' | 'groups'>) {
    const lists = new RoleLists();
    const users = new Map<string, Roles>();
    const add = (members: readonly Member[], role: RoleDefinition): void => {
      for (const member of members) {
        if (typeof member === 'string') users.set(member, lists.with(users.get(member), role));
      }
    };
    const groups = new Map(policy.groups.map((group) => [group.name, group]));
    const rolesOfGroup = new Map<GroupDefinition, RoleDefinition[]>();
    for (const role of policy.roles) {
      add(role.members, role);
      for (const group of groupsWithin(role.members, groups)) {
        rolesOfGroup.set(group, [...(rolesOfGroup.get(group) ?? []), role]);
      }
    }
    for (const [group, roles] of rolesOfGroup) for (const role of roles) add(group.members, role);
    this.users = users;
    this.#roles = new NameDirectory(users);
  }

  /** The roles that list a user; the name may be spelled in another case if one user alone is called so. */
  rolesOf(user: string): Resolved<Roles> {
    return this.#roles.resolve(user);
  }
}

/** The groups among members, and the groups among their members; each once, unknown ones left out. */
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
  for (const group of found) collect(group.members); // a set is walked to the end of what is added on the way
  return found;
}

/** Lists of roles, one object for each combination: 100,000 users have perhaps a dozen. */
class RoleLists {
  readonly #none = new Map<RoleDefinition, Roles>();
  readonly #longer = new Map<Roles, Map<RoleDefinition, Roles>>();

  /** The list with one role more, unless it has it. */
  with(list: Roles | undefined, role: RoleDefinition): Roles {
    if (list?.includes(role) === true) return list;
    const longer = list === undefined ? this.#none : this.#after(list);
    const known = longer.get(role);
    if (known !== undefined) return known;
    const made = [...(list ?? []), role];
    longer.set(role, made);
    return made;
  }

  #after(list: Roles): Map<RoleDefinition, Roles> {
    let longer = this.#longer.get(list);
    if (longer === undefined) this.#longer.set(list, (longer = new Map()));
    return longer;
  }
}
