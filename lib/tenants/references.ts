// References to secrets, wherever they stand in a document.

import { memberStep } from '../document/path.ts';
import type { SecretRef } from './sinks/members.ts';

/** Values of the secrets file by name. */
export type SecretValues = ReadonlyMap<string, string>;

export interface Reference {
  readonly name: string;
  /** Place of the reference, such as `$.tenants[0].sinks[1].token`. */
  readonly path: string;
}

/** Finds every well-formed reference in a value. `path` is the place of the value. */
export function referencesIn(value: unknown, path: string): Reference[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isReference(value)) return [{ name: value.secretRef, path }];
  return Object.entries(value).flatMap(([member, part]) =>
    referencesIn(part, path + (Array.isArray(value) ? `[${member}]` : memberStep(member))),
  );
}

/** An API key has its reference beside its id, so an object with other members can be a reference too. */
export function isReference(value: object): value is SecretRef {
  return 'secretRef' in value && typeof value.secretRef === 'string';
}
