import { type Caller, callersOf } from '../../lib/protect/caller.ts';

/** The caller that a front end makes of a name, where no setting changes it. */
export function callerNamed(name: string): Caller {
  return callersOf((given) => given)({ by: 'name', name });
}
