// What the elements of a policy do with root keys: what a rotation moves, and what a compromised key leaves behind.

import { traitsOf } from './element-types.ts';
import { hasKey, keyVersionOf, oldKeyVersionsOf, versionName } from './key-versions.ts';
import { type KeyringDocument, type RootKeyState, stateOf } from './keyring.ts';
import type { PolicyDocument } from './schema.ts';

/** A root key and the elements whose keys are derived from it. Holds no key. */
export interface RootKeyUse {
  readonly version: number;
  readonly state: RootKeyState;
  /** Elements that protect with it and can be rotated to a newer one. */
  readonly protects: readonly string[];
  /** Old versions that are still read with it: `deSSN@1`. */
  readonly reads: readonly string[];
  /** Digests: no digest can be moved to another key, so a new element has to take over. */
  readonly digests: readonly string[];
}

type Elements = Pick<PolicyDocument, 'elements'>;

/** Returns the uses of each root key, oldest first. */
export function keyUse({ elements }: Elements, { rootKeys }: KeyringDocument): RootKeyUse[] {
  return rootKeys.map((root) => {
    const { version } = root;
    const pinned = elements.filter((element) => hasKey(element) && keyVersionOf(element) === version);
    const isRotatable = (element: (typeof pinned)[number]): boolean => traitsOf(element).key.kind === 'rotatable';
    return {
      version,
      state: stateOf(root),
      protects: pinned.filter(isRotatable).map(({ name }) => name),
      reads: elements.flatMap((element) =>
        oldKeyVersionsOf(element).includes(version) ? [versionName(element.name, version)] : [],
      ),
      digests: pinned.filter((element) => !isRotatable(element)).map(({ name }) => name),
    };
  });
}

/** Returns the compromised root keys that elements of the policy protect with. */
export function compromisedUse(policy: Elements, keyring: KeyringDocument): RootKeyUse[] {
  return keyUse(policy, keyring).filter(
    ({ state, protects, digests }) => state === 'compromised' && protects.length + digests.length > 0,
  );
}

/** The most elements that a message names. */
const NAMED = 5;

/** Says which elements protect with compromised root keys: `root key version 1 is compromised and protects deSSN`. */
export function describeCompromised(uses: readonly RootKeyUse[]): string {
  return uses
    .map(
      ({ version, protects, digests }) =>
        `root key version ${version} is compromised and protects ${someOf([...protects, ...digests])}`,
    )
    .join('; ');
}

/** Lists names, at most five. */
export function someOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more.toLocaleString('en-US')} more` : names.join(', ');
}
