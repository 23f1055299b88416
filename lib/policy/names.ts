import { foldCase } from '../base/fold-case.ts';

/** The result of looking up a name whose case may have changed in transit. */
export type Resolved<T> =
  /** `name` is the entry's own spelling. */
  | { readonly kind: 'found'; readonly name: string; readonly value: T }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous' };

/**
 * Looks up names exactly, or else without regard to the case of ASCII letters if one entry only matches: SQL engines
 * fold identifiers, policies do not.
 */
export class NameDirectory<T> {
  readonly #exact: ReadonlyMap<string, T>;
  /**
   * Folded name → the entry's name, `undefined` where several names fold to one. Built on the first inexact name: most
   * names are exact.
   */
  #folded: Map<string, string | undefined> | undefined;

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
    if (exact !== undefined) return { kind: 'found', name, value: exact };
    this.#folded ??= this.#fold();
    const folded = foldCase(name);
    if (!this.#folded.has(folded)) return { kind: 'unknown' };
    const spelled = this.#folded.get(folded);
    return spelled === undefined
      ? { kind: 'ambiguous' }
      : { kind: 'found', name: spelled, value: this.#exact.get(spelled)! };
  }

  #fold(): Map<string, string | undefined> {
    const map = new Map<string, string | undefined>();
    for (const name of this.#exact.keys()) {
      const folded = foldCase(name);
      map.set(folded, map.has(folded) ? undefined : name);
    }
    return map;
  }
}
