/** What a name that may have been case-folded on its way here stands for. */
export type Resolved<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous' };

/**
 * A directory in which a name matches exactly, or else case-insensitively if exactly one entry does: SQL engines fold
 * identifiers, policies do not.
 */
export class NameDirectory<T> {
  readonly #exact = new Map<string, T>();
  /** `undefined` where several names fold to one. */
  readonly #folded = new Map<string, T | undefined>();

  constructor(entries: Iterable<readonly [string, T]>) {
    for (const [name, value] of entries) {
      this.#exact.set(name, value);
      const folded = name.toLowerCase();
      this.#folded.set(folded, this.#folded.has(folded) ? undefined : value);
    }
  }

  /** All names, as they were given. */
  names(): readonly string[] {
    return [...this.#exact.keys()];
  }

  resolve(name: string): Resolved<T> {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return { kind: 'found', value: exact };
    const folded = name.toLowerCase();
    if (!this.#folded.has(folded)) return { kind: 'unknown' };
    const value = this.#folded.get(folded);
    return value === undefined ? { kind: 'ambiguous' } : { kind: 'found', value };
  }
}
