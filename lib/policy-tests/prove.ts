// Proves statements over all users, roles and elements, or finds a counterexample.

import { unreachable } from '../base/errors.ts';
import { isOldVersion } from '../policy/key-versions.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { instantText, isWithin, spanOf } from '../policy/term.ts';
import { Access, type UserClass } from './access.ts';
import { laterThan } from './later.ts';
import type { ActOn, Counterexample, Deed, Elements, Statement } from './model.ts';
import { type Given, givenText, seenAs } from './outcome.ts';
import { PathSearch } from './paths.ts';
import type { Act } from './schema.ts';
import type { Subject } from './users.ts';
import { whyOf } from './why.ts';

type StatementOf<Kind> = Statement & { readonly kind: Kind };

/** Searches for a counterexample at one time. It is asked time after time; `isLast`: no other one follows. */
type Refute = (access: Access, isLast: boolean) => Counterexample | undefined;

/**
 * Returns the first counterexample of each statement, in time; `undefined`: the statement is proved. A statement without a
 * time of its own is proved at that of `access` and at each later one at which the policy decides otherwise (`laterThan`).
 */
export function refuteAll(statements: readonly Statement[], access: Access): readonly (Counterexample | undefined)[] {
  const lasting = statements.some(({ when }) => when === undefined);
  const { tried } = lasting ? laterThan(access) : { tried: [] };
  const searches = statements.map((statement) => refuting(statement, access.nowMs));
  const found = statements.map(({ when }, i) => {
    const isLast = when !== undefined || tried.length === 0;
    return searches[i]!(typeof when === 'number' ? access.at(when) : access, isLast);
  });
  for (const [i, atMs] of tried.entries()) {
    const open = statements.flatMap(({ when }, at) => (when === undefined && found[at] === undefined ? [at] : []));
    if (open.length === 0) break;
    // One time after the other: what is known of all users and elements at one time may take 40 MB.
    const later = access.at(atMs);
    for (const at of open) found[at] = searches[at]!(later, i + 1 === tried.length);
  }
  return found;
}

/** `sinceMs`: the time of the run. A counterexample of a later time names it. */
function refuting(statement: Statement, sinceMs: number): Refute {
  if (statement.kind === 'path') {
    const search = new PathSearch(statement, statement.when === undefined ? sinceMs : undefined);
    return (access, isLast) => search.at(access, isLast);
  }
  return (access) => {
    const found = refuteAt(statement, access);
    const isLater = statement.when === undefined && access.nowMs !== sinceMs;
    return found === undefined || !isLater
      ? found
      : { ...found, says: `at ${instantText(access.nowMs)} ${found.says}` };
  };
}

function refuteAt(statement: Exclude<Statement, StatementOf<'path'>>, access: Access): Counterexample | undefined {
  switch (statement.kind) {
    case 'denied':
      return refuteDenied(statement, access);
    case 'granted':
      return refuteGranted(statement, access);
    case 'count':
      return refuteCount(statement, access);
    case 'grants':
      return refuteGrants(statement, access);
    default:
      return unreachable(statement);
  }
}

const OPERATION = {
  protect: 'Protect',
  unprotect: 'Unprotect',
  reprotect: 'Reprotect',
  seeInClear: 'Unprotect',
  seeAnythingOf: 'Unprotect',
} as const satisfies Record<Act, string>;

/** Tells whether the users of a class do something with an element. */
function does(access: Access, users: UserClass, act: Act, element: string): boolean {
  const { protect, unprotect, reprotect } = access.cell(users, element);
  switch (act) {
    case 'protect':
      return protect.kind === 'allow' && !isOldVersion(element);
    case 'unprotect':
      return unprotect.kind === 'allow';
    case 'reprotect':
      return reprotect.kind === 'allow';
    case 'seeInClear':
      return unprotect.kind === 'allow' && unprotect.mask === undefined;
    case 'seeAnythingOf':
      return unprotect.kind === 'allow' || unprotect.kind === 'mask';
    default:
      return unreachable(act);
  }
}

/** What a user does: which act with which element. */
interface Done {
  readonly act: Act;
  readonly element: string;
}

const OPERATIONS: readonly Act[] = ['protect', 'unprotect', 'reprotect', 'seeAnythingOf'];

/** Returns what the users of a class do of a deed that is denied; `undefined` where they do not do it. */
function doneBy(access: Access, users: UserClass, deed: Deed): readonly Done[] | undefined {
  const first = ({ act, elements }: ActOn): Done | undefined => {
    const element = access.distinct(elements.names).find((each) => does(access, users, act, each));
    return element === undefined ? undefined : { act, element };
  };
  switch (deed.kind) {
    case 'one': {
      const done = first(deed);
      return done && [done];
    }
    case 'anything': {
      const found = OPERATIONS.map((act) => first({ act, elements: deed.elements })).find((each) => each !== undefined);
      return found && [found];
    }
    case 'both': {
      const element = access
        .distinct(deed.elements.names)
        .find((each) => deed.acts.every((act) => does(access, users, act, each)));
      return element === undefined ? undefined : deed.acts.map((act) => ({ act, element }));
    }
    case 'apart': {
      const done = deed.parts.map(first).filter((each) => each !== undefined);
      return done.length === deed.parts.length ? done : undefined;
    }
    default:
      return unreachable(deed);
  }
}

function refuteDenied({ users, deed }: StatementOf<'denied'>, access: Access): Counterexample | undefined {
  for (const subject of users.subjectsIn(access)) {
    const done = doneBy(access, subject.of, deed);
    if (done !== undefined) return counterexample(access, subject, done, 'may');
  }
  return undefined;
}

/** Returns the elements about which a sentence that grants is: a pattern asks of no element what it cannot offer. */
function asked(access: Access, act: Act, { names, isPattern }: Elements): readonly string[] {
  return access.distinct(isPattern && act !== 'protect' ? names.filter((name) => access.isReversible(name)) : names);
}

/** Returns each act that a deed asks for, with its elements. */
export function actsOf(deed: Deed): readonly ActOn[] {
  switch (deed.kind) {
    case 'one':
      return [deed];
    case 'both':
      return deed.acts.map((act) => ({ act, elements: deed.elements }));
    case 'apart':
      return deed.parts;
    case 'anything':
      return [];
    default:
      return unreachable(deed);
  }
}

function refuteGranted({ users, deed }: StatementOf<'granted'>, access: Access): Counterexample | undefined {
  for (const subject of users.subjectsIn(access)) {
    for (const { act, elements } of actsOf(deed)) {
      const element = asked(access, act, elements).find((each) => !does(access, subject.of, act, each));
      if (element !== undefined) return counterexample(access, subject, [{ act, element }], 'may not');
    }
  }
  return undefined;
}

function refuteCount({ bound, number, deed }: StatementOf<'count'>, access: Access): Counterexample | undefined {
  const wanted = { bound, number };
  if (deed.kind === 'apart' || deed.kind === 'anything') {
    return countProblem(access, wanted, (users) => doneBy(access, users, deed) !== undefined, 'do it');
  }
  const acts = deed.kind === 'both' ? deed.acts : [deed.act];
  const askedOf = (act: Act): readonly string[] => asked(access, act, deed.elements);
  const names =
    bound === 'at most'
      ? access.distinct(deed.elements.names)
      : acts.map(askedOf).reduce((some, others) => some.filter((name) => others.includes(name)));
  for (const element of names) {
    const isOne = (users: UserClass): boolean => acts.every((act) => does(access, users, act, element));
    const found = countProblem(access, wanted, isOne, acts.map((act) => actText(act, element)).join(' and '));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Counts users, and says what is wrong with their number. */
function countProblem(
  access: Access,
  { bound, number }: { readonly bound: 'at least' | 'at most'; readonly number: number },
  isOne: (users: UserClass) => boolean,
  what: string,
): Counterexample | undefined {
  const classes = access.classes.filter(isOne);
  const isOpenEnded = classes.some((each) => each.isOpenEnded);
  const users = classes.flatMap((each) => (each.isOpenEnded ? each.users.slice(0, -1) : each.users));
  const isFew = bound === 'at least' && !isOpenEnded && users.length < number;
  const isMany = bound === 'at most' && (isOpenEnded || users.length > number);
  if (!isFew && !isMany) return undefined;
  const shown = users.slice(0, 3);
  const others = users.length - shown.length;
  const listed = [...shown, ...(others > 0 ? [`${others} more`] : []), ...(isOpenEnded ? [access.stranger] : [])];
  const who = listed.length === 0 ? 'no user' : listed.join(', ');
  return { says: `${who} may ${what}` };
}

function refuteGrants(
  { roles, only, outcomes }: StatementOf<'grants'>,
  { policy, nowMs }: Access,
): Counterexample | undefined {
  const access = alone(policy, nowMs);
  for (const role of policy.roles.filter(({ name }) => roles.includes(name))) {
    const users = access.classOf(onlyMember(role.name));
    // A grant outside of its times grants nothing, and refuses nothing.
    for (const { element } of role.grants.filter((grant) => isWithin(spanOf(grant), nowMs))) {
      const given = seenAs(access.cell(users, element).unprotect);
      if (outcomes.some((each) => isOutcome(given, each)) !== only) {
        return { says: `the grant of role ${role.name} for ${element} is ${givenText(given)}` };
      }
    }
  }
  return undefined;
}

function isOutcome({ word }: Given, outcome: string): boolean {
  if (outcome === 'allowed') return word === 'clear';
  if (outcome === 'nothing') return ['null', 'token', 'refused'].includes(word);
  return word === outcome;
}

/** Returns the policy in which each role has one member, who has no other role. */
function alone({ users: _users, ...policy }: PolicyDocument, nowMs: number): Access {
  const roles = policy.roles.map((role) => {
    return { ...role, default: false, inheritsDefault: false, members: [onlyMember(role.name)] };
  });
  return new Access({ ...policy, roles, groups: [] }, nowMs);
}

function onlyMember(role: string): string {
  return `member of ${role}`;
}

function counterexample(access: Access, { user }: Subject, done: readonly Done[], may: string): Counterexample {
  const says = done.map(({ act, element }) => actText(act, element)).join(' and ');
  const reasons = done.map(({ act, element }) => whyOf(access, user, { operation: OPERATION[act], element }));
  return { says: `${user} ${may} ${says}`, because: [...new Set(reasons)].join('; and ') };
}

function actText(act: Act, element: string): string {
  if (act === 'seeInClear') return `see ${element} in clear`;
  return act === 'seeAnythingOf' ? `see anything of ${element}` : `${act} ${element}`;
}
