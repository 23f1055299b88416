import { groupOf, termOf, userOf } from './membership.ts';
import type { Member } from './schema.ts';
import { spanOf, type Term, termText } from './term.ts';

export interface Change {
  readonly about: 'setting' | 'element' | 'alphabet' | 'mask' | 'user' | 'group' | 'role' | 'grant';
  /** What an approver looks at: who sees more or less, and which tokens become unreadable. */
  readonly effect: 'widens' | 'narrows' | 'unreadable' | 'neutral';
  readonly text: string;
}

/** Lists who joined and who left a list of members, or of users, and whose times are others. */
export function diffMembers(
  about: Change['about'],
  list: string,
  before: readonly Member[],
  after: readonly Member[],
): Change[] {
  const [old, now] = [before, after].map(
    (members) => new Map(members.map((member) => [memberName(member), termOf(member)])),
  );
  const joined = [...now!].flatMap(([name, term]) => (old!.has(name) ? [] : [name + termText(term)]));
  const left = [...old!.keys()].filter((name) => !now!.has(name));
  const changes: Change[] = [];
  if (joined.length > 0) changes.push({ about, effect: 'widens', text: `${several(joined)} joined ${list}` });
  if (left.length > 0) changes.push({ about, effect: 'narrows', text: `${several(left)} left ${list}` });
  for (const [name, term] of now!) {
    const change = old!.has(name) ? diffTerm(old!.get(name)!, term) : undefined;
    if (change !== undefined)
      changes.push({ about, effect: change.effect, text: `${name} is in ${list} ${change.text}` });
  }
  return changes;
}

/** Says how the times of an entry change; undefined where they are equal. Times that only move may show more. */
export function diffTerm(before: Term, after: Term): Pick<Change, 'effect' | 'text'> | undefined {
  const [was, is] = [spanOf(before), spanOf(after)];
  if (was.fromMs === is.fromMs && was.untilMs === is.untilMs) return undefined;
  const effect = is.fromMs >= was.fromMs && is.untilMs <= was.untilMs ? 'narrows' : 'widens';
  return { effect, text: `${termText(after).trim() || 'always'}, instead of ${termText(before).trim() || 'always'}` };
}

function memberName(member: Member): string {
  return userOf(member) ?? `group ${groupOf(member)}`;
}

const NAMED = 10;

function several(names: readonly string[]): string {
  if (names.length > NAMED) return `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Items of two lists: in one list only, or in both. */
interface Matched<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly kept: readonly (readonly [T, T])[];
}

/** Matches the items of two lists by key. */
export function matched<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): Matched<T> {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const now = new Set(after.map(keyOf));
  return {
    added: after.filter((item) => !old.has(keyOf(item))),
    removed: before.filter((item) => !now.has(keyOf(item))),
    kept: after.flatMap((item) => {
      const same = old.get(keyOf(item));
      return same === undefined ? [] : [[same, item] as const];
    }),
  };
}
