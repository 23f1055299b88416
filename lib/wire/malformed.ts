import { RefusedError } from '../protect/refusal.ts';

/** Makes the refusal of a request that violates its protocol. `detail` says what is wrong and holds no value. */
export function malformed(detail: string): RefusedError {
  return new RefusedError('EVENT_MALFORMED', { detail });
}
