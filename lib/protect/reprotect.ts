import { traitsOf } from '../policy/element-types.ts';
import { hasKey } from '../policy/key-versions.ts';
import type { ElementDefinition } from '../policy/schema.ts';
import { RefusedError } from './refusal.ts';
import { clearKind } from './value-kind.ts';

/**
 * Refuses, before any work, to move values between elements that cannot follow each other: a digest has no clear value, bytes
 * are no text, and what is protected does not become clear by way of a reprotect. Throws `RefusedError`.
 */
export function checkReprotect(from: ElementDefinition, to: ElementDefinition): void {
  if (!traitsOf(from).isReversible || !traitsOf(to).isReversible) throw new RefusedError('HMAC_MISUSED');
  const unprotects = !hasKey(to) && hasKey(from);
  if (unprotects || clearKind(from) !== clearKind(to)) throw new RefusedError('ELEMENT_UNFIT');
}
