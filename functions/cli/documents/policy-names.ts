// Parts of a policy by the names that people give. A name that the policy does not have gets a suggestion.
import { nearestOf } from '../../../lib/base/nearest.ts';
import { Membership } from '../../../lib/policy/membership.ts';
import { NameDirectory } from '../../../lib/policy/names.ts';
import type { ElementDefinition, PolicyDocument, RoleDefinition } from '../../../lib/policy/schema.ts';
import { CliError } from '../core/exit.ts';

/** Returns an element. Throws `CliError`. */
export function namedElement({ elements }: Pick<PolicyDocument, 'elements'>, name: string): ElementDefinition {
  return named(elements, name, 'element');
}

/** Returns a role. Throws `CliError`. */
export function namedRole({ roles }: Pick<PolicyDocument, 'roles'>, name: string): RoleDefinition {
  return named(roles, name, 'role');
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, what: string): T {
  const found = new NameDirectory(all.map((each) => [each.name, each] as const)).resolve(name);
  if (found.kind === 'found') return found.value;
  const names = all.map((each) => each.name);
  throw new CliError('CLI_USAGE', `The policy has no ${what} ${name}${suggestion(name, names)}`);
}

/** The most names that a message lists. */
const LISTED = 12;

/** Returns `; did you mean deSSN?`, or else the names that there are. */
export function suggestion(name: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const nearest = nearestOf(name, names) ?? nearestBare(name, names);
  if (nearest !== undefined) return `; did you mean ${nearest}?`;
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return `; it has ${names.slice(0, LISTED).join(', ')}${more}`;
}

/** Finds an element by its name without the `de` that names of elements usually begin with: `emial` is near to `deEmail`. */
function nearestBare(name: string, names: readonly string[]): string | undefined {
  const bare = new Map(names.map((each) => [each.replace(/^de(?=[A-Z_])/, ''), each]));
  const nearest = nearestOf(name, bare.keys());
  return nearest === undefined ? undefined : bare.get(nearest);
}

/** Returns the users that a policy names: in its list, its roles and its groups. */
export function usersOf(policy: PolicyDocument): string[] {
  return [...new Set([...(policy.users ?? []), ...new Membership(policy).users.keys()])];
}

/** Returns what to say of a user whom the policy does not have. */
export function noUser(policy: PolicyDocument, user: string): string {
  return `The policy in force has no user ${user}${suggestion(user, usersOf(policy))}: --user says who asks`;
}
