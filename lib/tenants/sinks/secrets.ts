// Secrets inside of settings, in their four forms: a reference as people write it, the text in the sealed file, a
// `Secret` in memory, and `[secret]` where settings are shown.

import { replacing } from '../../base/json.ts';

/** A secret in a sealed file. */
export interface SealedSecret {
  readonly secret: string;
}

export function isSealedSecret(part: object): part is SealedSecret {
  return 'secret' in part && typeof part.secret === 'string';
}

/** The type `Value` with `To` for each `From` in it, however deep. */
export type Replaced<Value, From, To> = Value extends From
  ? To
  : Value extends object
    ? { readonly [Member in keyof Value]: Replaced<Value[Member], From, To> }
    : Value;

/** Copies a value with `replacement(part)` for each part of the form `From`. */
export function replaceSecrets<Value, From extends object, To>(
  value: Value,
  isSecret: (part: object) => part is From,
  replacement: (secret: From) => To,
): Replaced<Value, From, To> {
  const replaced = replacing(value, (part) => (isSecret(part) ? replacement(part) : undefined));
  return replaced as Replaced<Value, From, To>; // the only cast: TypeScript cannot follow the recursion
}
