// Warns about members and grants by the clock: those that have ended, that end soon, and that begin later.

import { groupOf, termOf, userOf } from './membership.ts';
import type { PolicyDocument } from './schema.ts';
import { instantText, spanOf, type Term } from './term.ts';
import type { Warning } from './warning.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** An end that is nearer is soon: time to renew it. */
const SOON_MS = 14 * DAY_MS;

/** Warns about times, at a time in epoch milliseconds, and about break-glass roles. In the order of the document. */
export function lintTerms({ groups, roles }: PolicyDocument, nowMs: number): Warning[] {
  const lists = [
    ...groups.map((group, i) => ({ ...group, what: `group ${group.name}`, path: `$.groups[${i}]` })),
    ...roles.map((role, i) => ({ ...role, what: `role ${role.name}`, path: `$.roles[${i}]` })),
  ];
  return [
    ...lists.flatMap(({ members, what, path }) =>
      members.flatMap((member, i) => {
        const name = userOf(member) ?? `group ${groupOf(member)}`;
        return lintTerm(termOf(member), `${name} as a member of ${what}`, `${path}.members[${i}]`, nowMs);
      }),
    ),
    ...roles.flatMap(({ grants }, i) =>
      grants.flatMap((grant, j) =>
        lintTerm(grant, `the grant of ${grant.element}`, `$.roles[${i}].grants[${j}]`, nowMs),
      ),
    ),
  ];
}

function lintTerm(term: Term, what: string, path: string, nowMs: number): Warning[] {
  const { fromMs, untilMs } = spanOf(term);
  if (untilMs <= nowMs) {
    const message = `${what} has ended (${instantText(untilMs)}): remove it, or give it another until`;
    return [{ rule: 'term-ended', path: `${path}.until`, message }];
  }
  const warnings: Warning[] = [];
  if (fromMs > nowMs) {
    warnings.push({
      rule: 'term-not-begun',
      path: `${path}.from`,
      message: `${what} begins ${whenText(fromMs, nowMs)}`,
    });
  }
  if (untilMs - nowMs <= SOON_MS) {
    warnings.push({
      rule: 'term-ends-soon',
      path: `${path}.until`,
      message: `${what} ends ${whenText(untilMs, nowMs)}`,
    });
  }
  return warnings;
}

/** `in 3 days (2026-12-01T00:00:00Z)` */
function whenText(atMs: number, nowMs: number): string {
  const days = Math.floor((atMs - nowMs) / DAY_MS);
  const when = days === 0 ? 'within a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return `${when} (${instantText(atMs)})`;
}
