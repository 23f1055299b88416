import { ProtectorError } from '../base/errors.ts';

/**
 * `STORE_UNAVAILABLE`: it is not certain that the object is there; worth a retry. `STORE_CONFLICT`: somebody else wrote it
 * first, or one's own write whose reply was lost: read it again.
 */
export class StoreError extends ProtectorError<'STORE_UNAVAILABLE' | 'STORE_CONFLICT'> {}
