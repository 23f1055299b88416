// From the names in tests and statements to the parts of the policy. A name that the policy does not have is a problem.

import { Hints } from '../base/nearest.ts';
import { Problems } from '../document/problem.ts';
import { traitsOf } from '../policy/element-types.ts';
import { elementsByName } from '../policy/key-versions.ts';
import { groupsWithin, userOf } from '../policy/membership.ts';
import { NameDirectory } from '../policy/names.ts';
import type { ElementDefinition, GroupDefinition, RoleDefinition } from '../policy/schema.ts';
import type { Access } from './access.ts';
import type { Elements, Note } from './model.ts';
import type { Selector } from './users.ts';
import { ELSE } from './words.ts';

/** Resolves the names of one document, and gathers what is wrong with them. */
export class Resolver {
  readonly problems = new Problems();
  readonly notes: Note[] = [];
  readonly #hints = new Hints();
  readonly #access: Access;
  readonly #elements: NameDirectory<ElementDefinition>;
  readonly #roles: NameDirectory<RoleDefinition>;
  readonly #groups: NameDirectory<GroupDefinition>;
  readonly #groupsByName: ReadonlyMap<string, GroupDefinition>;

  constructor(access: Access) {
    const { policy } = access;
    this.#access = access;
    this.#elements = new NameDirectory(elementsByName(policy.elements));
    this.#roles = new NameDirectory(policy.roles.map((role) => [role.name, role]));
    this.#groupsByName = new Map(policy.groups.map((group) => [group.name, group]));
    this.#groups = new NameDirectory(this.#groupsByName);
  }

  /** Returns `; did you mean deSSN?` where a name is near enough, for the first problems: names may be many. */
  hint(text: string, names: () => Iterable<string>): string {
    return this.#hints.of(text, names);
  }

  problem(path: string, message: string): undefined {
    this.problems.add(1, () => ({ path, message }));
    return undefined;
  }

  /** Returns an element's own name. */
  element(name: string, path: string): string | undefined {
    const found = this.#elements.resolve(name);
    if (found.kind === 'found') return found.value.name;
    return this.problem(path, `the policy has no element ${name}${this.hint(name, () => this.#elements.names())}`);
  }

  /**
   * Returns the elements that names and patterns stand for. Old key versions are decided by the grants of their element, and
   * are left out unless they are named.
   */
  elements(given: string | readonly string[], path: string): Elements {
    const patterns = [given].flat();
    const found = patterns.flatMap((pattern) => {
      const isPattern = pattern.includes('*') && this.#elements.resolve(pattern).kind !== 'found';
      return isPattern ? this.#matching(pattern, path) : (this.element(pattern, path) ?? []);
    });
    return { names: [...new Set(found)], isPattern: patterns.some((each) => each.includes('*')) };
  }

  /** Monitor elements are open to every user by their nature, and no pattern means them. */
  #matching(pattern: string, path: string): string[] {
    const matches = patternTest(pattern);
    const names = this.#access.policy.elements.flatMap((element) => {
      return matches(element.name) && traitsOf(element).access === 'by grant' ? element.name : [];
    });
    if (names.length === 0) this.problem(path, `no element of the policy fits ${pattern}`);
    return names;
  }

  /** Returns a user as the policy spells it. A name that the policy does not list is noted: such users have the default role. */
  user(name: string, path: string): string {
    if (name === ELSE) return this.#access.stranger;
    const plain = /^user (.+)$/s.exec(name)?.[1] ?? name;
    if (!this.#access.isListed(plain)) this.#note(plain, path);
    return this.#access.decider.spelledUser(plain);
  }

  #note(user: string, path: string): void {
    const known = (): string[] => this.#access.classes.flatMap(({ users }) => users);
    const message = `the policy does not list the user ${user}: the test is about a user that no role lists${this.hint(user, known)}`;
    if (!this.notes.some((note) => note.path === path && note.message === message)) this.notes.push({ path, message });
  }

  /** Returns the users that names stand for. */
  selectors(given: string | readonly string[], path: string): Selector[] {
    return [given].flat().flatMap((each) => this.#selector(each, path) ?? []);
  }

  #selector(text: string, path: string): Selector | undefined {
    if (text === 'everybody') return { is: 'everybody' };
    if (text === ELSE) return { is: 'else' };
    const [, kind, name] = /^(user|role|group) (.+)$/s.exec(text) ?? [undefined, undefined, text];
    if (kind === 'user') return { is: 'named', users: new Set([this.user(name, path)]) };
    const role = kind === 'group' ? undefined : this.role(name);
    const group = kind === 'role' ? undefined : this.#group(name);
    const isUser = kind === undefined && this.#access.isListed(name);
    const meanings = [role && 'role', group && 'group', isUser && 'user'].filter((each) => typeof each === 'string');
    if (meanings.length > 1) {
      const choices = meanings.map((each) => `"${each} ${name}"`).join(' or ');
      return this.problem(path, `${name} is the name of a ${meanings.join(' and of a ')}: write ${choices}`);
    }
    if (role !== undefined) return { is: 'role', role };
    if (group !== undefined) return { is: 'named', users: this.#usersOf(group) };
    if (isUser) return { is: 'named', users: new Set([this.#access.decider.spelledUser(name)]) };
    const what = kind === undefined ? 'user, role or group' : kind;
    const hint = kind === undefined ? ` (write "user ${name}" for a user that the policy does not list)` : '';
    return this.problem(path, `the policy has no ${what} ${name}${hint}${this.hint(name, () => this.#namesOf(kind))}`);
  }

  role(name: string): RoleDefinition | undefined {
    const found = this.#roles.resolve(name);
    return found.kind === 'found' ? found.value : undefined;
  }

  /** Returns the roles of these names, or all for `*`. */
  roles(given: string | readonly string[], path: string): string[] {
    return [given].flat().flatMap((name) => {
      if (name === '*') return this.#roles.names();
      const plain = /^role (.+)$/s.exec(name)?.[1] ?? name;
      const role = this.role(plain);
      if (role === undefined)
        this.problem(path, `the policy has no role ${plain}${this.hint(plain, () => this.#roles.names())}`);
      return role?.name ?? [];
    });
  }

  /** The names of all masks. */
  masks(): readonly string[] {
    return this.#access.policy.masks.map(({ name }) => name);
  }

  #group(name: string): GroupDefinition | undefined {
    const found = this.#groups.resolve(name);
    return found.kind === 'found' ? found.value : undefined;
  }

  /** The users of a group and of the groups in it, at whatever time they are. */
  #usersOf(group: GroupDefinition): ReadonlySet<string> {
    const groups = [group, ...groupsWithin(group.members, this.#groupsByName)];
    return new Set(groups.flatMap(({ members }) => members.flatMap((member) => userOf(member) ?? [])));
  }

  #namesOf(kind: string | undefined): string[] {
    const users = this.#access.classes.flatMap((each) => each.users);
    if (kind === 'role') return [...this.#roles.names()];
    if (kind === 'group') return [...this.#groups.names()];
    return ['nobody', 'everybody', ...this.#roles.names(), ...this.#groups.names(), ...users];
  }
}

/** Returns the test for a pattern: `*` stands for any characters, and the case of ASCII letters matters. */
function patternTest(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*');
  return (name) => {
    if (!name.startsWith(parts[0]!)) return false;
    let at = parts[0]!.length;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    const last = parts.at(-1)!;
    return name.length - last.length >= at && name.endsWith(last);
  };
}
