// A new key version for one element: what the policy says of it then.

import { ProtectorError } from '../base/errors.ts';
import { keyVersionOf, oldKeyVersionsOf, versionName } from './key-versions.ts';
import type { ElementDefinition } from './schema.ts';

/** The element has no key, or nothing that it protected could be moved to another one. */
export class RotationError extends ProtectorError<'ELEMENT_NOT_ROTATABLE'> {}

export interface Rotation {
  readonly element: string;
  readonly keyVersion: number;
  readonly oldKeyVersions: readonly number[];
  /** The version it had: `deSSN@1` to the policy and to callers. */
  readonly oldName: string;
}

/** Throws `RotationError` for an element without a key, and for a digest. */
export function rotateElement(element: ElementDefinition, keyVersion: number): Rotation {
  const { name, method } = element;
  if (method === 'clear')
    throw new RotationError('ELEMENT_NOT_ROTATABLE', `${name} keeps values in clear: it has no key`);
  if (method === 'hash') {
    const message = `${name} makes digests, and no digest can be moved to another key: add an element, and make new ones from the values`;
    throw new RotationError('ELEMENT_NOT_ROTATABLE', message);
  }
  const before = keyVersionOf(element);
  return {
    element: name,
    keyVersion,
    oldKeyVersions: [...new Set([...oldKeyVersionsOf(element), before])],
    oldName: versionName(name, before),
  };
}
