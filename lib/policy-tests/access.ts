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

/** An element as the proofs see it. */
interface Column {
  /** Among all elements, old key versions included. */
  readonly place: number;
  /** Of the grants: an old key version has that of its element. */
  readonly index: number;
  /** Elements that differ in name and key alone share a kind. */
  readonly kind: number;
  readonly isOld: boolean;
}

/** The classes of all users at one time. */
interface Classes {
  readonly all: readonly UserClass[];
  readonly ofUser: ReadonlyMap<string, UserClass>;
  /** The one with every user that the policy does not list. */
  readonly open: UserClass;
}

export class Access {
  readonly policy: PolicyDocument;
  /** The time at which everything is decided, in epoch milliseconds. */
  readonly nowMs: number;
  readonly decider: PolicyDecider;
  /** A name that the policy does not list. */
  readonly stranger: string;
  /** Every element, old key versions included, by its name. */
  readonly elements: ReadonlyMap<string, ElementDefinition>;
  /** Every user that the policy names, at whatever time. */
  readonly #users: ReadonlySet<string>;
  readonly #columns: ReadonlyMap<string, Column>;
  #classes: Classes | undefined;
  #grantSets: GrantSets | undefined;
  /** Kind of element → set of grants → number of the pair, which decides all that a user may do with an element. */
  readonly #profiles: number[][] = [];
  #profileCount = 0;
  /** Class of users → the profile of each element: four bytes a cell, 40 MB for ten million. */
  readonly #rows: Int32Array[] = [];
  /** By profile. */
  readonly #cells: Cell[] = [];
  /** Whether values may be moved, by the profiles of both elements. */
  readonly #moves: boolean[][] = [];
  readonly #distinct = new WeakMap<readonly string[], readonly string[]>();

  /** `like`: the same policy at another time. What does not depend on the time is taken from there. */
  constructor(policy: PolicyDocument, nowMs: number, like?: Access) {
    this.policy = policy;
    this.nowMs = nowMs;
    this.decider = like?.decider ?? new PolicyDecider(policy);
    this.elements = like?.elements ?? canonicalElements(policy);
    this.stranger = like?.stranger ?? strangerTo(policy);
    this.#users = like === undefined ? listedUsers(policy) : like.#users;
    this.#columns = like === undefined ? columnsOf(policy, this.elements) : like.#columns;
  }

  /** Returns the same policy at another time. */
  at(nowMs: number): Access {
    return nowMs === this.nowMs ? this : new Access(this.policy, nowMs, this);
  }

  get classes(): readonly UserClass[] {
    return this.#classified().all;
  }

  /** Classes are made when the first of them is asked for: tests of single users at many times need none. */
  #classified(): Classes {
    return (this.#classes ??= this.#classify());
  }

  #classify(): Classes {
    const found = new Map<string, { standing: Standing | undefined; users: string[] }>();
    const index = new Map(this.policy.roles.map((role, i) => [role, i]));
    for (const user of [...this.#users, this.stranger]) {
      const standing = this.decider.standing(user, this.nowMs);
      const roles = standing === undefined ? '' : standing.roles.map((role) => index.get(role)).join(' ');
      const key = `${standing?.byDefault} ${roles}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { standing, users: [user] });
      else known.users.push(user);
    }
    const ofUser = new Map<string, UserClass>();
    const all = [...found.values()].map(({ standing, users }, i) => {
      const own = { index: i, standing, users, isOpenEnded: users.at(-1) === this.stranger };
      for (const user of users) ofUser.set(user, own);
      return own;
    });
    return { all, ofUser, open: all.find(({ isOpenEnded }) => isOpenEnded)! };
  }

  /** Returns the class of any user. */
  classOf(user: string): UserClass {
    const { ofUser, open } = this.#classified();
    return ofUser.get(this.decider.spelledUser(user)) ?? open;
  }

  /** Tells whether the policy lists the user, at whatever time. */
  isListed(user: string): boolean {
    return user !== this.stranger && this.#users.has(this.decider.spelledUser(user));
  }

  get #grants(): GrantSets {
    return (this.#grantSets ??= new GrantSets(this.policy, this.decider, this.nowMs));
  }

  /** Returns what the users of a class get of an element of the policy. */
  cell(users: UserClass, element: string): Cell {
    return (this.#cells[this.profileOf(users, element)] ??= this.#decide(users, element));
  }

  #decide({ users: [user] }: UserClass, element: string): Cell {
    const decide = (operation: 'Protect' | 'Unprotect' | 'Reprotect'): Outcome =>
      this.decider.decide({ user: user!, operation, element }, this.nowMs);
    return { protect: decide('Protect'), unprotect: decide('Unprotect'), reprotect: decide('Reprotect') };
  }

  /** Returns the number of all that decides what a class may do with an element: equal numbers, equal decisions. */
  profileOf(users: UserClass, element: string): number {
    // All elements of a class at once: statements ask element by element too, across the rows of all classes.
    const row = (this.#rows[users.index] ??= Int32Array.from(this.#columns.values(), (column) =>
      this.#profile(users, column),
    ));
    return row[this.#columns.get(element)!.place]!;
  }

  #profile({ standing }: UserClass, { index, kind }: Column): number {
    const set = standing === undefined ? NO_STANDING : this.#grants.setOf(standing, index);
    return ((this.#profiles[kind] ??= [])[set] ??= this.#profileCount++);
  }

  /** Visits the roles whose grants decide about a class and an element. */
  eachDeciding({ standing }: UserClass, element: string, visit: (role: RoleDefinition) => void): void {
    if (standing !== undefined) this.#grants.eachDeciding(standing, this.#columns.get(element)!.index, visit);
  }

  /** Tells whether users of a class may move values from one element to another one. */
  mayMove(users: UserClass, from: string, to: string): boolean {
    if (this.#columns.get(to)!.isOld) return false;
    const moves = (this.#moves[this.profileOf(users, from)] ??= []);
    return (moves[this.profileOf(users, to)] ??= this.#decideMove(users, from, to));
  }

  /** Tells whether such a move is known to be allowed; `undefined` where no user has been asked yet. */
  knownMove(fromProfile: number, toProfile: number): boolean | undefined {
    return this.#moves[fromProfile]?.[toProfile];
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
        const { index, kind, isOld } = this.#columns.get(name)!;
        return seen.size < seen.add(`${kind} ${isOld} ${this.#grants.columnKind(index)}`).size;
      });
      this.#distinct.set(names, distinct);
    }
    return distinct;
  }

  /** Tells whether clear values of the element can be had again at all. */
  isReversible(element: string): boolean {
    return traitsOf(this.elements.get(element)!).isReversible;
  }
}

/** The set of grants of users to whom no role applies: no other set has this number. */
const NO_STANDING = 0;
/** The set without grants, of users with roles. */
const NO_GRANTS = 1;

/** The sets of grants by which elements are decided, as numbers. */
class GrantSets {
  /** Role → for each element the number of the role's grant; 0 where it has none. Equal grants have one number. */
  readonly #grants: ReadonlyMap<RoleDefinition, Int32Array>;
  readonly #default: RoleDefinition | undefined;
  /** Sets by number: the numbers of their grants, ascending. */
  readonly #sets: (readonly number[])[] = [[], []];
  readonly #numbers = new Map<string, number>();
  /** Set → grant → the set with it. */
  readonly #unions: number[][] = [];
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
    let set = NO_GRANTS;
    for (const role of standing.roles) {
      const grant = this.#grants.get(role)![column]!;
      if (grant !== 0) set = this.#with(set, grant);
    }
    if (set !== NO_GRANTS) return set;
    const inherited = this.#inherited(standing, column);
    return inherited === 0 ? NO_GRANTS : this.#with(NO_GRANTS, inherited);
  }

  /** Visits the roles whose grants decide: the user's own, or else the default role. */
  eachDeciding(standing: Standing, column: number, visit: (role: RoleDefinition) => void): void {
    const naming = standing.roles.filter((role) => this.#grants.get(role)![column] !== 0);
    for (const role of naming) visit(role);
    if (naming.length === 0 && this.#inherited(standing, column) !== 0) visit(this.#default!);
  }

  /** Returns the default role's grant, which decides where no other one does; 0 where it does not. */
  #inherited({ roles }: Standing, column: number): number {
    const byDefault = this.#default;
    if (byDefault === undefined || roles.every(({ inheritsDefault }) => inheritsDefault === false)) return 0;
    return this.#grants.get(byDefault)![column]!;
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
    return ((this.#unions[set] ??= [])[grant] ??= this.#intern([...this.#sets[set]!, grant]));
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

function columnsOf(
  policy: PolicyDocument,
  elements: ReadonlyMap<string, ElementDefinition>,
): ReadonlyMap<string, Column> {
  const kinds = new Map<string, number>();
  const indexes = new Map(policy.elements.map(({ name }, i) => [name, i]));
  return new Map(
    [...elements].map(([name, element], place): [string, Column] => {
      const key = JSON.stringify({ ...element, id: '', name: '', description: '', keyVersion: 0, oldKeyVersions: [] });
      const kind = kinds.get(key) ?? kinds.size;
      kinds.set(key, kind);
      return [name, { place, index: indexes.get(elementName(name))!, kind, isOld: isOldVersion(name) }];
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
