import { keyVersionOf, oldKeyVersionsOf } from './key-versions.ts';
import { type RootKey, stateOf } from './keyring.ts';
import type { Problem } from '../document/problem.ts';
import type { PolicyDocument } from './schema.ts';
import type { OpenedKeyring } from './sealed-keyring.ts';
import type { Warning } from './warning.ts';

type Keyring = Pick<OpenedKeyring, 'dataStore' | 'content'>;

/** Why a policy cannot be published with a keyring: it is another data store's, or lacks a key that an element pins. */
export function checkKeys(policy: PolicyDocument, keyring: Keyring): Problem[] {
  const problems: Problem[] = [];
  if (policy.dataStore !== keyring.dataStore) {
    const message = `the keyring is that of data store ${keyring.dataStore}: another data store has keys of its own`;
    problems.push({ path: '$.dataStore', message });
  }
  const roots = rootsOf(keyring);
  policy.elements.forEach((element, i) => {
    const version = keyVersionOf(element);
    const root = roots.get(version);
    const path = `$.elements[${i}].keyVersion`;
    if (root === undefined && element.method !== 'clear') problems.push({ path, message: absent(version) });
    if (root !== undefined && stateOf(root) === 'compromised' && element.method !== 'clear') {
      problems.push({ path, message: `root key version ${version} is compromised: rotate the element` });
    }
    oldKeyVersionsOf(element).forEach((old, n) => {
      if (!roots.has(old)) problems.push({ path: `$.elements[${i}].oldKeyVersions[${n}]`, message: absent(old) });
    });
  });
  return problems;
}

/** Elements that still protect with a root key that a newer one has replaced. Digests stay with theirs: see `rotateElement`. */
export function lintKeys(policy: PolicyDocument, keyring: Keyring): Warning[] {
  const roots = rootsOf(keyring);
  return policy.elements.flatMap((element, i): Warning[] => {
    const version = keyVersionOf(element);
    const root = roots.get(version);
    if (element.method === 'clear' || element.method === 'hash') return [];
    if (root === undefined || stateOf(root) !== 'deactivated') return [];
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
