import type { Member } from './schema.ts';

export interface Change {
  readonly about: 'setting' | 'element' | 'alphabet' | 'mask' | 'user' | 'group' | 'role' | 'grant';
  /** What an approver looks at: who sees more or less, and which tokens become unreadable. */
  readonly effect: 'widens' | 'narrows' | 'unreadable' | 'neutral';
  readonly text: string;
}

/** Lists who joined and who left a list of members, or of users. */
export function diffMembers(
  about: Change['about'],
  list: string,
  before: readonly Member[],
  after: readonly Member[],
): Change[] {
  const [old, now] = [new Set(before.map(memberName)), new Set(after.map(memberName))];
  const joined = [...now].filter((name) => !old.has(name));
  const left = [...old].filter((name) => !now.has(name));
  const changes: Change[] = [];
  if (joined.length > 0) changes.push({ about, effect: 'widens', text: `${several(joined)} joined ${list}` });
  if (left.length > 0) changes.push({ about, effect: 'narrows', text: `${several(left)} left ${list}` });
  return changes;
}

function memberName(member: Member): string {
  return typeof member === 'string' ? member : `group ${member.group}`;
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
