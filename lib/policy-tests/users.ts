import type { RoleDefinition } from '../policy/schema.ts';
import type { Access, UserClass } from './access.ts';

/** Some users, as statements name them. */
export type Selector =
  | { readonly is: 'everybody' }
  /** The users that no role lists. */
  | { readonly is: 'else' }
  | { readonly is: 'role'; readonly role: RoleDefinition }
  /** Users by name: one, or those of a group. Others than the policy lists are users that no role lists. */
  | { readonly is: 'named'; readonly users: ReadonlySet<string> };

/** A class of users, and one of those whom a statement is about. */
export interface Subject {
  readonly of: UserClass;
  readonly user: string;
}

/** The users whom a statement is about: some, but others. */
export class Users {
  readonly #included: readonly Selector[];
  readonly #excluded: readonly Selector[];

  constructor(included: readonly Selector[], excluded: readonly Selector[] = []) {
    this.#included = included;
    this.#excluded = excluded;
  }

  /** Returns each class that has such a user, with the first of them. */
  subjectsIn(access: Access): Subject[] {
    return access.classes.flatMap((of): Subject[] => {
      if (this.#excluded.some((each) => holdsAll(each, of))) return [];
      const candidates = of.isOpenEnded ? [...of.users, ...this.#unlisted(access)] : of.users;
      const isWhole = this.#included.some((each) => holdsAll(each, of));
      const user = candidates.find(
        (each) =>
          (isWhole || this.#included.some((some) => names(some, each))) &&
          !this.#excluded.some((some) => names(some, each)),
      );
      return user === undefined ? [] : [{ of, user }];
    });
  }

  /** Names of the statement that the policy does not list. */
  #unlisted(access: Access): string[] {
    return this.#included.flatMap((each) =>
      each.is === 'named' ? [...each.users].filter((user) => !access.isListed(user)) : [],
    );
  }
}

/** Tells whether a selector holds every user of a class. */
function holdsAll(selector: Selector, { standing, isOpenEnded }: UserClass): boolean {
  switch (selector.is) {
    case 'everybody':
      return true;
    case 'else':
      return isOpenEnded;
    case 'role':
      return standing?.roles.includes(selector.role) ?? false;
    case 'named':
    default:
      return false;
  }
}

function names(selector: Selector, user: string): boolean {
  return selector.is === 'named' && selector.users.has(user);
}
