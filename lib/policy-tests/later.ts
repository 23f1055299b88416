// The times after that of a run at which a policy decides otherwise: a member or a grant begins or ends.

import { termOf } from '../policy/membership.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { instantsOf } from '../policy/term.ts';
import type { Access } from './access.ts';

/** The later times at which statements are proved too. */
export interface Later {
  /** In epoch milliseconds, ascending. Between two of them nothing changes. */
  readonly tried: readonly number[];
  /** The first time that is not tried, because there are too many; statements are proved up to it. */
  readonly untilMs?: number;
}

const MOST_TIMES = 1000;
/** Classes of users × elements, over all times: some seconds of work for each statement. */
const MOST_CELLS = 100_000_000;

/** Returns the later times of a policy, as many as its size allows; the first one always. */
export function laterThan({ policy, nowMs, classes, elements }: Access): Later {
  const times = instantsOf(termsOf(policy)).filter((atMs) => atMs > nowMs);
  const most = Math.min(MOST_TIMES, Math.max(1, Math.floor(MOST_CELLS / (classes.length * elements.size))));
  const tried = times.slice(0, most);
  return times.length > most ? { tried, untilMs: times[most]! } : { tried };
}

function* termsOf({ roles, groups }: PolicyDocument) {
  for (const { members } of [...roles, ...groups]) for (const member of members) yield termOf(member);
  for (const { grants } of roles) yield* grants;
}
