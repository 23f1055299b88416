// Who may do what with which element, and why: a row for each user and element, for people who review access.

import { Explainer, type Explanation } from '../policy/explain.ts';
import { traitsOf } from '../policy/element-types.ts';
import type { Access, Cell } from './access.ts';
import { givenText, givenTo, seenAs } from './outcome.ts';

/** What a user may do with an element at the time of the list. */
export interface AccessRow {
  /** As the policy spells it. The last user stands for every one that the policy does not list. */
  readonly user: string;
  readonly element: string;
  /** `allowed`, or how it is refused. */
  readonly protect: string;
  /** `clear`, `masked: …`, `null`, `token`, or how it is refused. */
  readonly unprotect: string;
  readonly reprotect: string;
  /** A break-glass role alone allows one of them. */
  readonly breakGlass: boolean;
  /** Values that the user may see a day; absent where there is no limit. */
  readonly maxUnprotectPerDay?: number;
  /** Why, for each operation; once where it is the same for all. */
  readonly because: string;
  /** The roles of the user, how the user has them, and what they say of the element. */
  readonly roles: readonly string[];
}

/** How large a list is. */
export interface AccessSize {
  /** Users that the policy names. */
  readonly users: number;
  readonly elements: number;
  /** Rows of a list with every user, those that the policy does not list as one, and every element. */
  readonly pairs: number;
}

export function sizeOf({ classes, policy }: Access): AccessSize {
  const named = classes.reduce((sum, { users }) => sum + users.length, 0);
  const elements = policy.elements.length;
  return { users: named - 1, elements, pairs: named * elements };
}

/**
 * Lists users in the order of their names, each with the elements in the order of the policy. Without `isWhole`, rows are left
 * out in which nothing is allowed and no value is shown.
 */
export function* accessRows(access: Access, isWhole: boolean): Generator<AccessRow> {
  const { policy, decider, nowMs, stranger } = access;
  const explainer = new Explainer(policy, decider, nowMs);
  const users = access.classes.flatMap((of) => of.users.map((user) => ({ of, user })));
  const ordered = users.toSorted((a, b) => Number(a.user === stranger) - Number(b.user === stranger) || order(a, b));
  for (const { of, user } of ordered) {
    for (const element of policy.elements) {
      const { name } = element;
      const cell = access.cell(of, name);
      const isOpen = traitsOf(element).access === 'everyone';
      if (!isWhole && !isGiven(cell)) continue;
      const protect = givenText(givenTo(access, user, { operation: 'Protect', element: name, to: undefined }));
      const reprotect = givenText(givenTo(access, user, { operation: 'Reprotect', element: name, to: name }));
      const given = { protect, unprotect: givenText(seenAs(cell.unprotect)), reprotect };
      yield { user, element: name, ...given, ...whyOf(explainer.explain(user, name), isOpen) };
    }
  }
}

function order(a: { readonly user: string }, b: { readonly user: string }): number {
  return a.user < b.user ? -1 : 1;
}

function isGiven({ protect, unprotect, reprotect }: Cell): boolean {
  const isShown = unprotect.kind === 'allow' || unprotect.kind === 'mask';
  return isShown || protect.kind === 'allow' || reprotect.kind === 'allow';
}

function whyOf(
  { operations, roles }: Explanation,
  isOpen: boolean,
): Pick<AccessRow, 'breakGlass' | 'maxUnprotectPerDay' | 'because' | 'roles'> {
  const reasons = new Map(operations.map(({ operation, because }) => [operation.toLowerCase(), because]));
  const isOne = new Set(reasons.values()).size === 1;
  const because = isOne ? operations[0]!.because : [...reasons].map(([name, why]) => `${name}: ${why}`).join('; ');
  const budget = operations.find(({ operation }) => operation === 'Unprotect')?.decision.budget;
  return {
    breakGlass: operations.some(({ decision }) => decision.breakGlass === true),
    ...(budget !== undefined && { maxUnprotectPerDay: budget }),
    because,
    roles: isOpen ? [] : roles.map(({ role, because: applies, says }) => `${role} (${applies}): ${says}`),
  };
}
