import type { ElementDefinition } from '../policy/schema.ts';
import { RefusedError } from './refusal.ts';
import { clearKind } from './value-kind.ts';

/**
 * Refuses to move values between elements that do not fit, before any work: a digest has no clear value, bytes are not
 * text, and a reprotect must not turn protected values into clear ones. Throws `RefusedError`: `HMAC_MISUSED`,
 * `ELEMENT_UNFIT`.
 */
export function checkReprotect(from: ElementDefinition, to: ElementDefinition): void {
  if (from.method === 'hash' || to.method === 'hash') throw new RefusedError('HMAC_MISUSED');
  const unprotects = to.method === 'clear' && from.method !== 'clear';
  if (unprotects || clearKind(from) !== clearKind(to)) throw new RefusedError('ELEMENT_UNFIT');
}
