import { traitsOf } from './element-types.ts';
import { hasKey, keyVersionOf, oldKeyVersionsOf } from './key-versions.ts';
import { type RootKey, stateOf } from './keyring.ts';
import type { Problem } from '../document/problem.ts';
import type { PolicyDocument } from './schema.ts';
import type { OpenedKeyring } from './sealed-keyring.ts';
import type { Warning } from './warning.ts';

type Keyring = Pick<OpenedKeyring, 'dataStore' | 'content'>;

/**
 * Checks a policy against a keyring: same data store, and a usable root key for every version that an element names.
 */
export function checkKeys(policy: PolicyDocument, keyring: Keyring): Problem[] {
  const problems: Problem[] = [];
  if (policy.dataStore !== keyring.dataStore) {
    const message = `the keyring belongs to data store ${keyring.dataStore}, and each data store has keys of its own: name that one, or give this policy a workspace or deployment of its own`;
    problems.push({ path: '$.dataStore', message });
  }
  const roots = rootsOf(keyring);
  policy.elements.forEach((element, i) => {
    const version = keyVersionOf(element);
    const root = roots.get(version);
    const path = `$.elements[${i}].keyVersion`;
    if (root === undefined && hasKey(element)) problems.push({ path, message: absent(version) });
    if (root !== undefined && stateOf(root) === 'compromised' && hasKey(element)) {
      const remedy =
        traitsOf(element).key.kind === 'fixed'
          ? 'no digest can be moved to another key, so add a new element in its place'
          : 'rotate the element';
      problems.push({ path, message: `root key version ${version} is compromised: ${remedy}` });
    }
    oldKeyVersionsOf(element).forEach((old, n) => {
      if (!roots.has(old)) problems.push({ path: `$.elements[${i}].oldKeyVersions[${n}]`, message: absent(old) });
    });
  });
  return problems;
}

/** Warns about elements that protect with a deactivated root key. Digests keep their key: see `rotateElement`. */
export function lintKeys(policy: PolicyDocument, keyring: Keyring): Warning[] {
  const roots = rootsOf(keyring);
  return policy.elements.flatMap((element, i): Warning[] => {
    const version = keyVersionOf(element);
    const root = roots.get(version);
    if (traitsOf(element).key.kind !== 'rotatable' || root === undefined || stateOf(root) !== 'deactivated') return [];
    const message = `root key version ${version} is deactivated: "protector policy rotate" gives it the newest`;
    return [{ rule: 'deactivated-key', path: `$.elements[${i}].keyVersion`, message }];
  });
}

function rootsOf({ content }: Keyring): ReadonlyMap<number, RootKey> {
  return new Map(content.rootKeys.map((root) => [root.version, root]));
}

function absent(version: number): string {
  return `the keyring has no root key of version ${version}`;
}
