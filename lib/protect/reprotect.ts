import { traitsOf } from '../policy/element-types.ts';
import { hasKey } from '../policy/key-versions.ts';
import type { ElementDefinition } from '../policy/schema.ts';
import { RefusedError } from './refusal.ts';
import { clearKind } from './value-kind.ts';

/**
 * Refuses to move values between elements that do not fit, before any work: a digest has no clear value, bytes are not
 * text, and a reprotect must not turn protected values into clear ones. Throws `RefusedError`: `HMAC_MISUSED`,
 * `ELEMENT_UNFIT`.
 */
export function checkReprotect(from: ElementDefinition, to: ElementDefinition): void {
  if (!traitsOf(from).isReversible || !traitsOf(to).isReversible) throw new RefusedError('HMAC_MISUSED');
  const unprotects = !hasKey(to) && hasKey(from);
  if (unprotects || clearKind(from) !== clearKind(to)) throw new RefusedError('ELEMENT_UNFIT');
}
