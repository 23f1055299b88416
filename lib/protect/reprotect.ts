import { misfitOf } from '../policy/moves.ts';
import type { ElementDefinition } from '../policy/schema.ts';
import { RefusedError } from './refusal.ts';

/**
 * Refuses to move values between elements that do not fit, before any work; see `misfitOf`. The decision has refused moves
 * that show the user more. Throws `RefusedError`: `HMAC_MISUSED`, `ELEMENT_UNFIT`.
 */
export function checkReprotect(from: ElementDefinition, to: ElementDefinition): void {
  const misfit = misfitOf(from, to);
  if (misfit !== undefined) throw new RefusedError(misfit);
}
