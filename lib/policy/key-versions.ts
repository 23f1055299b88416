// An element's key versions: the version that it protects with, and older versions that stay readable until their
// columns are re-protected. To a caller, an old version is an element of its own. The policy, mapping.json and records
// call it `deSSN@1`; SQL calls it `deSSN_v1`, because a function name with an @ would have to be quoted.

import { traitsOf } from './element-types.ts';
import type { ElementDefinition } from './schema.ts';

const OLD_VERSION = /@\d+$/;

/** Returns the key version that the element protects with; 1 for an element without a key. */
export function keyVersionOf(element: ElementDefinition): number {
  const { key } = traitsOf(element);
  return (key.kind === 'none' ? undefined : key.version(element)) ?? 1;
}

/** Returns the older key versions that stay readable. */
export function oldKeyVersionsOf(element: ElementDefinition): readonly number[] {
  const { key } = traitsOf(element);
  return (key.kind === 'rotatable' ? key.oldVersions(element) : undefined) ?? [];
}

/** Tells whether the element protects with a key at all. */
export function hasKey(element: ElementDefinition): boolean {
  return traitsOf(element).key.kind !== 'none';
}

/** `deSSN@1` */
export function versionName(element: string, version: number): string {
  return `${element}@${version}`;
}

/** `deSSN_v1` */
export function sqlVersionName(element: string, version: number): string {
  return `${element}_v${version}`;
}

/** Tells whether a name is the name of an old version. A policy that gives an element such a name is refused. */
export function isOldVersion(name: string): boolean {
  return OLD_VERSION.test(name);
}

/** Removes the version from a name: grants name elements without one. */
export function elementName(name: string): string {
  return name.replace(OLD_VERSION, '');
}

/** Indexes elements by all their names. Both names of an old version lead to the element `deSSN@1`. */
export function elementsByName(elements: readonly ElementDefinition[]): ReadonlyMap<string, ElementDefinition> {
  const found = new Map(elements.map((element) => [element.name, element]));
  for (const element of elements) {
    for (const version of oldKeyVersionsOf(element)) {
      const old = atKeyVersion(element, version);
      found.set(old.name, old);
      found.set(sqlVersionName(element.name, version), old);
    }
  }
  return found;
}

/** Returns the element under an old key: only name and version differ. */
function atKeyVersion(element: ElementDefinition, version: number): ElementDefinition {
  return {
    ...element,
    name: versionName(element.name, version),
    keyVersion: version,
    oldKeyVersions: [],
  } as ElementDefinition;
}
