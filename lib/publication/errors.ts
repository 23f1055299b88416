import { ProtectorError } from '../base/errors.ts';

/**
 * What a service said to the publication of a policy.
 *
 * - `PUBLICATION_UNAVAILABLE`: throttling, time-out, 5xx, no network, another update under way. The journal stays as it is, and
 *   the next run goes on from there.
 * - `PUBLICATION_REFUSED`: the service will not do it however often it is asked (no permission, no such function, too large).
 *   What has been done so far is undone.
 * - `PUBLICATION_OUTDATED`: the thing was changed since it was looked at; nothing was done. Look again.
 * - `PUBLICATION_STATE_INVALID`: what is stored for the publication is not what was written there. Nothing is touched.
 */
export class PublicationError extends ProtectorError<
  'PUBLICATION_UNAVAILABLE' | 'PUBLICATION_REFUSED' | 'PUBLICATION_OUTDATED' | 'PUBLICATION_STATE_INVALID'
> {}
