// Who asks. Every front end takes its caller from here, before it reads a body, and no body can make another one.

/** What a front end knows of who asks. */
export type Introduction =
  /** The name in a warehouse's request or in a token; in a body only where the settings say so. Empty: none is given. */
  | { readonly by: 'name'; readonly name: string }
  /** The policy agent, which invokes a function itself to see whether its new version gives the known answers. */
  | { readonly by: 'agent'; readonly name: string };

declare const decided: unique symbol;

/** The caller of a request. Only `callersOf` makes one: the type checker takes no other object for it. */
export interface Caller {
  /** The user of the policy, not yet spelled as the policy does; empty when no user is known. */
  readonly user: string;
  readonly [decided]: true;
}

/** Decides who asks. */
export type Identify = (introduction: Introduction) => Caller;

/** No user is known: the request names none, or was refused before its name was believed. */
export const NO_CALLER: Caller = callerOf('');

/**
 * Returns the one function that makes callers. `policyUser` maps a given name to the user of the policy: by the
 * settings, a part of the name, or one user for all. The agent stays the agent, because its user may use elements of its
 * own only.
 */
export function callersOf(policyUser: (name: string) => string): Identify {
  return ({ by, name }) => callerOf(by === 'agent' ? name : policyUser(name));
}

function callerOf(user: string): Caller {
  return { user } as Caller;
}
