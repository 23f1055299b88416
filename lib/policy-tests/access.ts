// Who may do what, for all users and elements at once. Users with the same roles are one class; cells of the matrix of
// classes and elements whose inputs are equal are decided once, by the decider that requests take. 10,000 users and 1,000
// elements are ten million cells and a few hundred decisions.

import { type Outcome, PolicyDecider, type Standing } from '../policy/decide.ts';
import { traitsOf } from '../policy/element-types.ts';
import { elementName, elementsByName, isOldVersion } from '../policy/key-versions.ts';
import { userOf } from '../policy/membership.ts';
import { misfitOf } from '../policy/moves.ts';
import type { ElementDefinition, PolicyDocument, RoleDefinition } from '../policy/schema.ts';

/** Users with the same roles. */
export interface UserClass {
  readonly index: number;
  /** Absent: no role applies, and nothing but monitor elements is open to them. */
  readonly standing: Standing | undefined;
  /** As the policy spells them. The last of the class without roles stands for every name that the policy does not list. */
  readonly users: readonly string[];
  /** Whether the class has more users than those: everybody that the policy does not list. */
  readonly isOpenEnded: boolean;
}

/** What the users of a class get of an element. */
export interface Cell {
  readonly protect: Outcome;
  readonly unprotect: Outcome;
  /** Without a look at where values would go. */
  readonly reprotect: Outcome;
}

/** No role applies to the users. */
const NO_STANDING = -1;

export class Access {
  readonly policy: PolicyDocument;
  /** The time at which everything is decided, in epoch milliseconds. */
  readonly nowMs: number;
  readonly decider: PolicyDecider;
  readonly classes: readonly UserClass[];
  /** A name that the policy does not list. */
  readonly stranger: string;
  /** Every element, old key versions included, by its name. */
  readonly elements: ReadonlyMap<string, ElementDefinition>;
  readonly #classOf = new Map<string, UserClass>();
  readonly #open: UserClass;
  /** Element → the number of its column in the grants. Old versions have the column of their element. */
  readonly #column: ReadonlyMap<string, number>;
  /** Element → the number of its kind: elements that differ in name and key alone share one. */
  readonly #kind: ReadonlyMap<string, number>;
  readonly #grants: GrantSets;
  readonly #cells = new Map<number, Map<number, Cell>>();
  readonly #moves = new Map<string, boolean>();
  readonly #distinct = new WeakMap<readonly string[], readonly string[]>();

  constructor(policy: PolicyDocument, nowMs: number) {
    this.policy = policy;
    this.nowMs = nowMs;
    this.decider = new PolicyDecider(policy);
    this.elements = canonicalElements(policy);
    this.#column = new Map(policy.elements.map(({ name }, i) => [name, i]));
    this.#kind = kindsOf(this.elements);
    this.#grants = new GrantSets(policy, this.decider, nowMs);
    this.stranger = strangerTo(policy);
    this.classes = this.#classify();
    this.#open = this.classes.find(({ isOpenEnded }) => isOpenEnded)!;
  }

  #classify(): UserClass[] {
    const found = new Map<string, { standing: Standing | undefined; users: string[] }>();
    const index = new Map(this.policy.roles.map((role, i) => [role, i]));
    for (const user of [...listedUsers(this.policy), this.stranger]) {
      const standing = this.decider.standing(user, this.nowMs);
      const key = standing === undefined ? '' : standing.roles.map((role) => index.get(role)).join(' ');
      const known = found.get(`${standing?.byDefault} ${key}`);
      if (known === undefined) found.set(`${standing?.byDefault} ${key}`, { standing, users: [user] });
      else known.users.push(user);
    }
    return [...found.values()].map(({ standing, users }, i) => {
      const own = { index: i, standing, users, isOpenEnded: users.at(-1) === this.stranger };
      for (const user of users) this.#classOf.set(user, own);
      return own;
    });
  }

  /** Returns the class of any user. */
  classOf(user: string): UserClass {
    return this.#classOf.get(this.decider.spelledUser(user)) ?? this.#open;
  }

  /** Tells whether the policy lists the user. */
  isListed(user: string): boolean {
    return user !== this.stranger && this.#classOf.has(this.decider.spelledUser(user));
  }

  /** Returns what the users of a class get of an element of the policy. */
  cell(users: UserClass, element: string): Cell {
    const kind = this.#kind.get(element)!;
    const set = this.setOf(users, element);
    let cells = this.#cells.get(kind);
    if (cells === undefined) this.#cells.set(kind, (cells = new Map<number, Cell>()));
    let cell = cells.get(set);
    if (cell === undefined) cells.set(set, (cell = this.#decide(users, element)));
    return cell;
  }

  #decide({ users: [user] }: UserClass, element: string): Cell {
    const decide = (operation: 'Protect' | 'Unprotect' | 'Reprotect'): Outcome =>
      this.decider.decide({ user: user!, operation, element }, this.nowMs);
    return { protect: decide('Protect'), unprotect: decide('Unprotect'), reprotect: decide('Reprotect') };
  }

  /** Returns the number of the set of grants that decide about a class and an element. Equal sets decide alike. */
  setOf({ standing }: UserClass, element: string): number {
    return standing === undefined ? NO_STANDING : this.#grants.setOf(standing, this.#column.get(elementName(element))!);
  }

  /** Visits the roles whose grants decide about a class and the element of a column. */
  eachDeciding({ standing }: UserClass, column: number, visit: (role: RoleDefinition) => void): void {
    if (standing !== undefined) this.#grants.eachDeciding(standing, column, visit);
  }

  /** Tells whether users of a class may move values from one element to another one. */
  mayMove(users: UserClass, from: string, to: string): boolean {
    if (isOldVersion(to)) return false;
    const pair = [from, to].map((name) => `${this.#kind.get(name)} ${this.setOf(users, name)}`).join(' ');
    let may = this.#moves.get(pair);
    if (may === undefined) this.#moves.set(pair, (may = this.#decideMove(users, from, to)));
    return may;
  }

  #decideMove({ users: [user] }: UserClass, from: string, to: string): boolean {
    if (misfitOf(this.elements.get(from)!, this.elements.get(to)!) !== undefined) return false;
    const request = { user: user!, operation: 'Reprotect', oldElement: from, element: to } as const;
    return this.decider.decide(request, this.nowMs).kind === 'allow';
  }

  /** Returns elements without those that are like an earlier one in everything that decides: kind, version and grants. */
  distinct(names: readonly string[]): readonly string[] {
    let distinct = this.#distinct.get(names);
    if (distinct === undefined) {
      const seen = new Set<string>();
      distinct = names.filter((name) => {
        const like = `${this.#kind.get(name)} ${isOldVersion(name)} ${this.#likeness(name)}`;
        return seen.size < seen.add(like).size;
      });
      this.#distinct.set(names, distinct);
    }
    return distinct;
  }

  #likeness(name: string): number {
    return this.#grants.columnKind(this.#column.get(elementName(name))!);
  }

  /** Tells whether clear values of the element can be had again at all. */
  isReversible(element: string): boolean {
    return traitsOf(this.elements.get(element)!).isReversible;
  }
}

/** The sets of grants by which elements are decided, as numbers. 0 is the set without grants. */
class GrantSets {
  /** Role → for each element the number of the role's grant; 0 where it has none. Equal grants have one number. */
  readonly #grants: ReadonlyMap<RoleDefinition, Int32Array>;
  readonly #default: RoleDefinition | undefined;
  /** Sets by number: the numbers of their grants, ascending. */
  readonly #sets: number[][] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #unions = new Map<number, Map<number, number>>();
  readonly #columnKinds = new Map<number, number>();
  readonly #kindsByKey = new Map<string, number>();

  constructor({ roles, elements }: PolicyDocument, decider: PolicyDecider, nowMs: number) {
    const numbers = new Map<string, number>();
    const numberOf = (role: RoleDefinition, element: string): number => {
      const own = decider
        .grants({ roles: [role], byDefault: false }, element, nowMs)
        .filter((each) => each.role === role);
      if (own.length === 0) return 0;
      // Names of elements and audit switches decide about no answer.
      const key = JSON.stringify(own.map(({ grant }) => ({ ...grant, element: '', audit: undefined })));
      const known = numbers.get(key);
      if (known === undefined) numbers.set(key, numbers.size + 1);
      return known ?? numbers.size;
    };
    this.#grants = new Map(
      roles.map((role) => [role, Int32Array.from(elements, ({ name }) => numberOf(role, name))] as const),
    );
    this.#default = roles.find((role) => role.default);
  }

  setOf(standing: Standing, column: number): number {
    let set = 0;
    this.eachDeciding(standing, column, (_role, grant) => {
      set = this.#with(set, grant);
    });
    return set;
  }

  /** Visits the grants that decide: those of the roles, or else the default role's. */
  eachDeciding({ roles }: Standing, column: number, visit: (role: RoleDefinition, grant: number) => void): void {
    let isNamed = false;
    for (const role of roles) {
      const grant = this.#grants.get(role)![column]!;
      if (grant === 0) continue;
      isNamed = true;
      visit(role, grant);
    }
    const byDefault = this.#default;
    if (isNamed || byDefault === undefined || roles.every(({ inheritsDefault }) => inheritsDefault === false)) return;
    const grant = this.#grants.get(byDefault)![column]!;
    if (grant !== 0) visit(byDefault, grant);
  }

  /** Returns a number that elements share for which every role has equal grants. */
  columnKind(column: number): number {
    let kind = this.#columnKinds.get(column);
    if (kind === undefined) {
      const key = [...this.#grants.values()].map((grants) => grants[column]).join(' ');
      kind = this.#kindsByKey.get(key) ?? this.#kindsByKey.size;
      this.#kindsByKey.set(key, kind);
      this.#columnKinds.set(column, kind);
    }
    return kind;
  }

  #with(set: number, grant: number): number {
    let unions = this.#unions.get(set);
    if (unions === undefined) this.#unions.set(set, (unions = new Map<number, number>()));
    let union = unions.get(grant);
    if (union === undefined) unions.set(grant, (union = this.#intern([...this.#sets[set]!, grant])));
    return union;
  }

  #intern(grants: readonly number[]): number {
    const set = [...new Set(grants)].toSorted((a, b) => a - b);
    const key = set.join(' ');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#sets.length);
    return this.#sets.push(set) - 1;
  }
}

/** Every element by its own name: an old key version as `deSSN@1` alone. */
function canonicalElements({ elements }: PolicyDocument): ReadonlyMap<string, ElementDefinition> {
  return new Map([...elementsByName(elements)].filter(([name, element]) => name === element.name));
}

function kindsOf(elements: ReadonlyMap<string, ElementDefinition>): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  return new Map(
    [...elements].map(([name, element]) => {
      const key = JSON.stringify({ ...element, id: '', name: '', description: '', keyVersion: 0, oldKeyVersions: [] });
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return [name, number];
    }),
  );
}

/** Every user that the policy names, once. */
function listedUsers({ users = [], groups, roles }: PolicyDocument): ReadonlySet<string> {
  const members = [...roles, ...groups].flatMap((list) => list.members.flatMap((member) => userOf(member) ?? []));
  return new Set([...members, ...users]);
}

/** Returns a name that no user has, in whatever case. */
function strangerTo(policy: PolicyDocument): string {
  const taken = new Set([...listedUsers(policy)].map((user) => user.toLowerCase()));
  let name = 'anybody else';
  while (taken.has(name)) name += ' else';
  return name;
}
