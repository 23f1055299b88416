import { RefusedError } from '../refusal.ts';

/** Throws `RefusedError` `IV_NOT_ALLOWED` for an external IV; an empty one counts as none. */
export function refuseIv(externalIv: string | undefined): void {
  if (externalIv !== undefined && externalIv !== '') throw new RefusedError('IV_NOT_ALLOWED');
}
