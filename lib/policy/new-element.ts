// A new element of a type: what the type needs, and the settings that new elements should have.

import { traitsOf } from './element-types.ts';
import { type ElementDefinition, elementSchema } from './schema.ts';

export interface NewElement {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
}

type Settings = Readonly<Record<string, unknown>>;

/** Members that make an element this one. */
const OWN = new Set(['id', 'name', 'description', 'keyVersion', 'oldKeyVersions']);

/**
 * Returns the members of a new element of a type, in the order in which a file has them. `settings` are members that the caller
 * chose: the policy's own check says whether they fit.
 */
export function newElement(
  { id, name, description }: NewElement,
  type: ElementDefinition['type'],
  settings: Settings,
): Settings {
  const example = traitsOf({ type }).describe().element as Settings;
  const parsed = elementSchema.safeParse({ ...example, id, name });
  // The option was added late, so its default is the weaker one: new elements refuse what they would leave clear.
  const refuse = parsed.success && 'otherCharacters' in parsed.data ? { otherCharacters: 'refuse' } : {};
  return { id, name, ...(description !== undefined && { description }), ...example, ...refuse, ...settings };
}

/** Returns the members of a new element with the settings of another one. Its key is its own. */
export function elementLike({ id, name, description }: NewElement, other: Settings, settings: Settings): Settings {
  const copied = Object.fromEntries(Object.entries(other).filter(([member]) => !OWN.has(member)));
  return { id, name, ...(description !== undefined && { description }), ...copied, ...settings };
}
