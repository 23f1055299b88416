import type { Freshness } from '../../lib/base/refreshed.ts';

const MINUTE_MS = 60_000;

/**
 * How long a secret of Secrets Manager serves. A rotated one is read when the one before is refused, so the pause bounds
 * calls and not the rotation.
 */
export const SECRET_FRESHNESS: Freshness = {
  freshMs: 5 * MINUTE_MS,
  usableMs: 15 * MINUTE_MS,
  pauseMs: 30_000,
  retryMs: 1_000,
};
