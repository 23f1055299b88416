import { traitsOf } from '../policy/element-types.ts';
import type { ValueKind } from '../policy/elements/traits.ts';
import type { ElementDefinition } from '../policy/schema.ts';

export type { ValueKind } from '../policy/elements/traits.ts';

/** Returns what the clear values of an element are. */
export function clearKind(element: ElementDefinition): ValueKind {
  return traitsOf(element).values.clear;
}

/** Returns what the protected values of an element are. */
export function protectedKind(element: ElementDefinition): ValueKind {
  return traitsOf(element).values.protected;
}
