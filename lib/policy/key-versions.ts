// An element's key versions: the one it protects with, and older ones that are read until their columns are re-protected.
// An old version is an element of its own to whoever reads with it. The policy, mapping.json and records call it `deSSN@1`;
// `deSSN_v1` is the same in SQL, where a function name cannot hold an @ unless it is quoted.

import type { ElementDefinition } from './schema.ts';

const OLD_VERSION = /@\d+$/;

/** The key version that the element protects with. */
export function keyVersionOf(element: ElementDefinition): number {
  return ('keyVersion' in element ? element.keyVersion : undefined) ?? 1;
}

/** Versions before it that can still be read. */
export function oldKeyVersionsOf(element: ElementDefinition): readonly number[] {
  return ('oldKeyVersions' in element ? element.oldKeyVersions : undefined) ?? [];
}

/** `deSSN@1` */
export function versionName(element: string, version: number): string {
  return `${element}@${version}`;
}

/** `deSSN_v1` */
export function sqlVersionName(element: string, version: number): string {
  return `${element}_v${version}`;
}

/** Whether the name is that of an old version. No element is called so: a policy in which one is, is refused. */
export function isOldVersion(name: string): boolean {
  return OLD_VERSION.test(name);
}

/** The element whose old version this is, or the name itself: grants name elements without a version. */
export function elementName(name: string): string {
  return name.replace(OLD_VERSION, '');
}

/** Elements by every name that they go by; both names of an old version give the element `deSSN@1`. */
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

/** The element as it was under an old key: the same in all but name and version. */
function atKeyVersion(element: ElementDefinition, version: number): ElementDefinition {
  return {
    ...element,
    name: versionName(element.name, version),
    keyVersion: version,
    oldKeyVersions: [],
  } as ElementDefinition;
}
