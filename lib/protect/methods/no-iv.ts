import { RefusedError } from '../refusal.ts';

/** Refuses an external IV: throws `RefusedError` `IV_NOT_ALLOWED`. An empty IV counts as none. */
export function refuseIv(externalIv: string | undefined): void {
  if (externalIv !== undefined && externalIv !== '') throw new RefusedError('IV_NOT_ALLOWED');
}
