import { foldCase } from '../base/fold-case.ts';

/** The result of looking up a name whose case may have changed in transit. */
export type Resolved<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous' };

/**
 * Looks up names exactly, or else without regard to the case of ASCII letters if one entry only matches: SQL engines
 * fold identifiers, policies do not.
 */
export class NameDirectory<T> {
  readonly #exact: ReadonlyMap<string, T>;
  /** `undefined` where several names fold to one. Built on the first inexact name: most names are exact. */
  #folded: Map<string, T | undefined> | undefined;

  /** The last of several entries of one name wins. A map is used as it is, not copied. */
  constructor(entries: Iterable<readonly [string, T]>) {
    this.#exact = entries instanceof Map ? entries : new Map(entries);
  }

  /** Returns all names as given. */
  names(): readonly string[] {
    return [...this.#exact.keys()];
  }

  resolve(name: string): Resolved<T> {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return { kind: 'found', value: exact };
    this.#folded ??= this.#fold();
    const folded = foldCase(name);
    if (!this.#folded.has(folded)) return { kind: 'unknown' };
    const value = this.#folded.get(folded);
    return value === undefined ? { kind: 'ambiguous' } : { kind: 'found', value };
  }

  #fold(): Map<string, T | undefined> {
    const map = new Map<string, T | undefined>();
    for (const [name, value] of this.#exact) {
      const folded = foldCase(name);
      map.set(folded, map.has(folded) ? undefined : value);
    }
    return map;
  }
}
