// Warns about break-glass roles that are more than an exception, or that fail in an emergency.

import type { Membership } from './membership.ts';
import type { PolicyDocument, RoleDefinition } from './schema.ts';
import type { Warning } from './warning.ts';

/** Warns about break-glass roles, in the order of the document. */
export function lintBreakGlass({ roles, conflictResolution }: PolicyDocument, { users }: Membership): Warning[] {
  return roles.flatMap((role, i): Warning[] => {
    if (role.breakGlass !== true) return [];
    const path = `$.roles[${i}]`;
    const warnings: Warning[] = [];
    const endless = role.grants.some(({ until }) => until === undefined)
      ? [...users].flatMap(([user, tenure]) => (tenure.roles.at(-1)!.includes(role) ? [user] : []))
      : [];
    if (endless.length > 0) {
      const who = endless.length === 1 ? endless[0]! : `${endless[0]} and ${endless.length - 1} more`;
      const message = `${who} ${endless.length === 1 ? 'has' : 'have'} it without an end: give it for a time, with until`;
      warnings.push({ rule: 'break-glass-without-end', path, message });
    }
    const overruled = conflictResolution === 'most-restrictive' && isOverruled(role, users);
    if (overruled) {
      const message =
        'other roles of its members name its elements, and the most restrictive wins, in an emergency too';
      warnings.push({ rule: 'break-glass-overruled', path, message });
    }
    return warnings;
  });
}

/** Tells whether a member has another role that names an element of the role. */
function isOverruled(role: RoleDefinition, users: Membership['users']): boolean {
  const elements = new Set(role.grants.map(({ element }) => element));
  const combinations = new Set([...users.values()].flatMap(({ roles }) => roles));
  const others = new Set([...combinations].flatMap((roles) => (roles.includes(role) ? roles : [])));
  others.delete(role);
  return [...others].some(({ grants }) => grants.some(({ element }) => elements.has(element)));
}
