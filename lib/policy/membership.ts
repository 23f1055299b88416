import { NameDirectory, type Resolved } from './names.ts';
import type { GroupDefinition, Member, PolicyDocument, RoleDefinition } from './schema.ts';
import { isTimed, spanOf, type Term } from './term.ts';

type Roles = readonly RoleDefinition[];

/**
 * The roles that list a user over time: `roles[i]` from `since[i]` on, in epoch milliseconds. The first are in force from
 * the beginning of time.
 */
export interface Tenure {
  readonly since: readonly number[];
  readonly roles: readonly Roles[];
}

/** Returns the roles of a tenure at a time; none for a time that is no number. */
export function rolesAt({ since, roles }: Tenure, nowMs: number): Roles {
  if (since.length === 1) return roles[0]!;
  if (Number.isNaN(nowMs)) return [];
  let [low, high] = [0, since.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (since[middle]! <= nowMs) low = middle;
    else high = middle - 1;
  }
  return roles[low]!;
}

/** Returns the name of the user that a list has as a member; undefined for a group. */
export function userOf(member: Member): string | undefined {
  if (typeof member === 'string') return member;
  return 'user' in member ? member.user : undefined;
}

/** Returns the name of the group that a list has as a member; undefined for a user. */
export function groupOf(member: Member): string | undefined {
  return typeof member === 'object' && 'group' in member ? member.group : undefined;
}

const NO_TERM: Term = {};

export function termOf(member: Member): Term {
  return typeof member === 'string' ? NO_TERM : member;
}

/**
 * Finds the roles that list a user, by name or through groups, at any time. Built once per policy, in time proportional
 * to it: a group is walked once however many roles list it, and users with the same roles share one tenure. Only groups
 * with times on the way to them may be walked again.
 */
export class Membership {
  readonly #tenures: NameDirectory<Tenure>;
  /** Users as the policy spells them, those whose time is over or has not come included. */
  readonly users: ReadonlyMap<string, Tenure>;

  constructor(policy: Pick<PolicyDocument, 'roles' | 'groups'>) {
    const tenures = new Tenures(policy.roles);
    const users = new Map<string, Tenure>();
    const add = (members: readonly Member[], tenure: Tenure): void => {
      for (const member of members) {
        if (typeof member === 'string') users.set(member, tenures.union(users.get(member), tenure));
        else if ('user' in member) {
          users.set(member.user, tenures.union(users.get(member.user), tenures.within(tenure, member)));
        }
      }
    };
    const groups = new Map(policy.groups.map((group) => [group.name, group]));
    const tenureOfGroup = new Map<GroupDefinition, Tenure>();
    for (const role of policy.roles) {
      const always = tenures.of(role);
      add(role.members, always);
      for (const [group, tenure] of reachedGroups(role.members, always, groups, tenures)) {
        tenureOfGroup.set(group, tenures.union(tenureOfGroup.get(group), tenure));
      }
    }
    for (const [group, tenure] of tenureOfGroup) add(group.members, tenure);
    this.users = users;
    this.#tenures = new NameDirectory(users);
  }

  /**
   * Returns the roles that list a user over time. The name may differ in case if it matches one user only, whether that
   * user is listed at the time or not.
   */
  tenureOf(user: string): Resolved<Tenure> {
    return this.#tenures.resolve(user);
  }
}

/** Returns the groups that members lead to, each with the time in which they do. Ends for groups within themselves too. */
function reachedGroups(
  members: readonly Member[],
  tenure: Tenure,
  groups: ReadonlyMap<string, GroupDefinition>,
  tenures: Tenures,
): ReadonlyMap<GroupDefinition, Tenure> {
  const found = new Map<GroupDefinition, Tenure>();
  const waiting = new Set<GroupDefinition>();
  const collect = (listed: readonly Member[], during: Tenure): void => {
    for (const member of listed) {
      const name = groupOf(member);
      const group = name === undefined ? undefined : groups.get(name);
      if (group === undefined) continue;
      const before = found.get(group);
      const longer = tenures.union(before, tenures.within(during, member));
      if (longer === before) continue;
      found.set(group, longer);
      waiting.add(group);
    }
  };
  collect(members, tenure);
  // The loop also visits groups that it adds, and those again that it has visited and whose time grew since.
  for (const group of waiting) {
    waiting.delete(group);
    collect(group.members, found.get(group)!);
  }
  return found;
}

/** Returns the groups among members, and the groups among their members; each once, without unknown ones. */
export function groupsWithin(
  members: readonly Member[],
  groups: ReadonlyMap<string, GroupDefinition>,
): ReadonlySet<GroupDefinition> {
  const found = new Set<GroupDefinition>();
  const collect = (listed: readonly Member[]): void => {
    for (const member of listed) {
      const name = groupOf(member);
      const group = name === undefined ? undefined : groups.get(name);
      if (group !== undefined) found.add(group);
    }
  };
  collect(members);
  for (const group of found) collect(group.members); // the loop also visits the groups that it adds
  return found;
}

const BEGINNING = Number.NEGATIVE_INFINITY;

/** Keeps one tenure for each course of roles, in the policy's order: 100,000 users may share a dozen. */
class Tenures {
  readonly #index: ReadonlyMap<RoleDefinition, number>;
  readonly #lists = new Map<string, Roles>();
  readonly #tenures = new Map<string, Tenure>();
  readonly #unions = new Map<Tenure, Map<Tenure, Tenure>>();
  readonly #always = new Map<RoleDefinition, Tenure>();

  constructor(roles: Roles) {
    this.#index = new Map(roles.map((role, i) => [role, i]));
  }

  /** Returns the tenure of a member without times. */
  of(role: RoleDefinition): Tenure {
    let tenure = this.#always.get(role);
    if (tenure === undefined) this.#always.set(role, (tenure = this.#tenure([BEGINNING], [[role]])));
    return tenure;
  }

  /** Returns the tenure with the roles of either. */
  union(tenure: Tenure | undefined, more: Tenure): Tenure {
    if (tenure === undefined || tenure === more) return more;
    let unions = this.#unions.get(tenure);
    if (unions === undefined) this.#unions.set(tenure, (unions = new Map()));
    let union = unions.get(more);
    if (union === undefined) {
      const since = [...new Set([...tenure.since, ...more.since])].toSorted((a, b) => a - b);
      const both = since.map((at) => [...new Set([...rolesAt(tenure, at), ...rolesAt(more, at)])]);
      union = this.#tenure(since, both);
      unions.set(more, union);
    }
    return union;
  }

  /** Returns the tenure cut to the times of a member. */
  within(tenure: Tenure, member: Member): Tenure {
    const term = termOf(member);
    if (!isTimed(term)) return tenure;
    const { fromMs, untilMs } = spanOf(term);
    if (!(fromMs < untilMs)) return this.#tenure([BEGINNING], [[]]);
    const inside = tenure.since.filter((at) => at > fromMs && at < untilMs);
    const [since, roles]: [number[], Roles[]] = [[], []];
    const add = (at: number, list: Roles): void => {
      since.push(at);
      roles.push(list);
    };
    if (fromMs > BEGINNING) add(BEGINNING, []);
    for (const at of [fromMs, ...inside]) add(at, rolesAt(tenure, at));
    if (untilMs < Number.POSITIVE_INFINITY) add(untilMs, []);
    return this.#tenure(since, roles);
  }

  #tenure(since: readonly number[], roles: readonly Roles[]): Tenure {
    const lists = roles.map((list) => this.#list(list));
    const kept = since.flatMap((_, i) => (i === 0 || lists[i] !== lists[i - 1] ? [i] : []));
    const key = kept.map((i) => `${since[i]} ${lists[i]!.map((role) => this.#index.get(role)).join(' ')}`).join(', ');
    let tenure = this.#tenures.get(key);
    if (tenure === undefined) {
      tenure = { since: kept.map((i) => since[i]!), roles: kept.map((i) => lists[i]!) };
      this.#tenures.set(key, tenure);
    }
    return tenure;
  }

  #list(roles: Roles): Roles {
    const sorted = roles.toSorted((a, b) => this.#index.get(a)! - this.#index.get(b)!);
    const key = sorted.map((role) => this.#index.get(role)).join(' ');
    const known = this.#lists.get(key);
    if (known === undefined) this.#lists.set(key, sorted);
    return known ?? sorted;
  }
}
