// Gives one element a new key version.

import { ProtectorError } from '../base/errors.ts';
import { traitsOf } from './element-types.ts';
import { keyVersionOf, oldKeyVersionsOf, versionName } from './key-versions.ts';
import type { ElementDefinition } from './schema.ts';

/** The element has no key, or its values cannot be moved to another key. Choose another element, or add a new one. */
export class RotationError extends ProtectorError<'ELEMENT_NOT_ROTATABLE'> {}

export interface Rotation {
  readonly element: string;
  readonly keyVersion: number;
  readonly oldKeyVersions: readonly number[];
  /** The version before: `deSSN@1` to the policy and to callers. */
  readonly oldName: string;
}

/** Returns the members that the policy needs for the new key version. Throws `RotationError`. */
export function rotateElement(element: ElementDefinition, keyVersion: number): Rotation {
  const { name } = element;
  checkRotatable(element);
  const before = keyVersionOf(element);
  return {
    element: name,
    keyVersion,
    oldKeyVersions: [...new Set([...oldKeyVersionsOf(element), before])],
    oldName: versionName(name, before),
  };
}

function checkRotatable(element: ElementDefinition): void {
  const { name } = element;
  switch (traitsOf(element).key.kind) {
    case 'rotatable':
      return;
    case 'fixed': {
      const message = `${name} makes digests, and no digest can be moved to another key: add an element, and make new ones from the values`;
      throw new RotationError('ELEMENT_NOT_ROTATABLE', message);
    }
    case 'none':
    default:
      throw new RotationError('ELEMENT_NOT_ROTATABLE', `${name} keeps values in clear: it has no key`);
  }
}
