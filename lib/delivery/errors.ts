import { ProtectorError } from '../base/errors.ts';

/**
 * The store failed. `STORE_UNAVAILABLE`: the object may or may not be there; retry. `STORE_CONFLICT`: another writer
 * was first, or an earlier write of the caller whose reply was lost; read the object again.
 */
export class StoreError extends ProtectorError<'STORE_UNAVAILABLE' | 'STORE_CONFLICT'> {}

/** Tells whether another writer was first. */
export function isConflict(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'STORE_CONFLICT';
}
