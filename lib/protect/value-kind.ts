import { traitsOf } from '../policy/element-types.ts';
import type { ValueKind } from '../policy/elements/traits.ts';
import type { ElementDefinition } from '../policy/schema.ts';

export type { ValueKind } from '../policy/elements/traits.ts';

/** Returns the kind of an element's clear values. */
export function clearKind(element: ElementDefinition): ValueKind {
  return traitsOf(element).values.clear;
}

/** Returns the kind of an element's protected values. */
export function protectedKind(element: ElementDefinition): ValueKind {
  return traitsOf(element).values.protected;
}
