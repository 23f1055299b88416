import { RefusedError } from '../protect/refusal.ts';

/** The refusal of a request that has not the shape of its protocol. `detail` says what is wrong, and holds no value. */
export function malformed(detail: string): RefusedError {
  return new RefusedError('EVENT_MALFORMED', { detail });
}
