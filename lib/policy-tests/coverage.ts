// Which grants tests touch: a grant that no test touches can be taken away, and every test still passes.

import { elementName } from '../policy/key-versions.ts';
import type { Permission, PolicyDocument, RoleDefinition } from '../policy/schema.ts';
import { spanOf } from '../policy/term.ts';
import type { Access, UserClass } from './access.ts';
import { laterThan } from './later.ts';
import type { Deed, PolicyTest, PolicyTests, Statement } from './model.ts';
import { actsOf } from './prove.ts';
import type { Act } from './schema.ts';

/** A permission that a role grants for an element. */
export interface GrantedPermission {
  readonly role: string;
  readonly element: string;
  readonly permission: Permission;
}

export interface Coverage {
  /** Role × element × permission. */
  readonly granted: number;
  readonly touched: number;
  /** In the order of the policy. */
  readonly untouched: readonly GrantedPermission[];
}

const PERMISSION_OF = {
  Protect: 'protect',
  Unprotect: 'unprotect',
  Reprotect: 'reprotect',
} as const satisfies Record<PolicyTest['operation'], Permission>;

const PERMISSION_FOR = {
  protect: 'protect',
  unprotect: 'unprotect',
  reprotect: 'reprotect',
  seeInClear: 'unprotect',
  seeAnythingOf: 'unprotect',
} as const satisfies Record<Act, Permission>;

const BIT = { protect: 1, unprotect: 2, reprotect: 4 } as const satisfies Record<Permission, number>;

/**
 * Counts the grants that tests touch: those by which a test is decided, and those by which users may what a statement says
 * that they may, at whatever time. Statements that deny touch none. A grant that has ended is not counted: lint names it.
 */
export function coverageOf(access: Access, documents: readonly PolicyTests[]): Coverage {
  const touched = new Touched(access.policy);
  for (const [atMs, touches] of touchesByTime(access, documents)) {
    const then = access.at(atMs);
    for (const touch of touches) touch(then, touched);
  }
  const all = access.policy.roles.flatMap((role) =>
    role.grants
      .filter((grant) => spanOf(grant).untilMs > access.nowMs)
      .flatMap(({ element, permissions }) =>
        [...new Set(permissions)].map((permission) => ({ role, element, permission })),
      ),
  );
  const untouched = all
    .filter(({ role, element, permission }) => !touched.has(role, element, permission))
    .map(({ role, element, permission }): GrantedPermission => ({ role: role.name, element, permission }));
  return { granted: all.length, touched: all.length - untouched.length, untouched };
}

type Touch = (access: Access, touched: Touched) => void;

/** What tests and statements touch, by the times at which they are decided. */
function touchesByTime(access: Access, documents: readonly PolicyTests[]): ReadonlyMap<number, readonly Touch[]> {
  const byTime = new Map<number, Touch[]>();
  let later: readonly number[] | undefined;
  const add = (atMs: number, touch: Touch): void => {
    const others = byTime.get(atMs);
    if (others === undefined) byTime.set(atMs, [touch]);
    else others.push(touch);
  };
  for (const { tests, statements } of documents) {
    for (const test of tests) {
      add(typeof test.when === 'number' ? test.when : access.nowMs, (then, touched) => touchTest(test, then, touched));
    }
    for (const statement of statements.filter(({ kind }) => kind === 'granted')) {
      const { when } = statement;
      if (when === undefined) later ??= laterThan(access).tried;
      const atOnce = typeof when === 'number' ? when : access.nowMs;
      const times = when === undefined ? [atOnce, ...later!] : [atOnce];
      for (const atMs of times) add(atMs, (then, touched) => touchStatement(statement, then, touched));
    }
  }
  return byTime;
}

function touchTest({ user, operation, element, to }: PolicyTest, access: Access, touched: Touched): void {
  const classes = user === undefined ? access.classes : [access.classOf(user)];
  for (const name of to === undefined ? [element] : [element, to]) {
    for (const users of classes) touched.add(access, users, name, PERMISSION_OF[operation]);
  }
}

function touchStatement(statement: Statement, access: Access, touched: Touched): void {
  if (statement.kind !== 'granted') return;
  const subjects = statement.users.subjectsIn(access);
  for (const { act, elements } of actsOf(statement.deed satisfies Deed)) {
    for (const { of } of subjects)
      for (const name of elements.names) touched.add(access, of, name, PERMISSION_FOR[act]);
  }
}

/** Permissions by role and element, as bits. */
class Touched {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #bits: ReadonlyMap<RoleDefinition, Uint8Array>;

  constructor({ elements, roles }: PolicyDocument) {
    this.#columns = new Map(elements.map(({ name }, i) => [name, i]));
    this.#bits = new Map(roles.map((role) => [role, new Uint8Array(elements.length)]));
  }

  /** Notes the roles by which the users of a class are decided. */
  add(access: Access, users: UserClass, element: string, permission: Permission): void {
    const column = this.#columns.get(elementName(element))!;
    access.eachDeciding(users, element, (role) => {
      this.#bits.get(role)![column]! |= BIT[permission];
    });
  }

  has(role: RoleDefinition, element: string, permission: Permission): boolean {
    return (this.#bits.get(role)![this.#columns.get(element)!]! & BIT[permission]) !== 0;
  }
}
