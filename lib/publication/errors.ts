import { ProtectorError } from '../base/errors.ts';

/**
 * A step of a publication failed.
 *
 * - `PUBLICATION_UNAVAILABLE`: throttling, time-out, 5xx, no network, another update under way. The journal stays as it
 *   is, and the next run continues from there.
 * - `PUBLICATION_REFUSED`: the service will never do it (no permission, no such function, too large). The agent undoes
 *   the steps so far.
 * - `PUBLICATION_OUTDATED`: the resource was changed since it was read, and stays as it is. Read it again.
 * - `PUBLICATION_STATE_INVALID`: a stored document is missing or not what the agent wrote. The agent changes nothing.
 */
export class PublicationError extends ProtectorError<
  'PUBLICATION_UNAVAILABLE' | 'PUBLICATION_REFUSED' | 'PUBLICATION_OUTDATED' | 'PUBLICATION_STATE_INVALID'
> {}
