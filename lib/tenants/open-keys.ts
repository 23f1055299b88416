// Keys in memory that a tenant's KMS has opened: few, for a short time, and overwritten when they go.

import type { Secret } from '../base/secret.ts';

/**
 * A key that several wait for and work with. It is overwritten when the last has let go of it: never under the hands of one who
 * is about to encrypt with it.
 */
export class SharedKey {
  /** When the KMS was asked, by a clock that may be set: it has vouched for the key at this time or a little later. */
  readonly sinceMs: number;
  readonly #ready: Promise<Secret>;
  #holders = 0;

  constructor(ready: Promise<Secret>, sinceMs: number) {
    this.#ready = ready;
    this.sinceMs = sinceMs;
  }

  /** Whether it may be used. A clock that was set back ends a key as well: how old it is, nobody knows then. */
  isWithin(ageMs: number, nowMs: number): boolean {
    return nowMs >= this.sinceMs && nowMs - this.sinceMs < ageMs;
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) {
      void this.#ready.then(
        (key) => key.destroy(),
        () => {},
      );
    }
  }

  /** Does `work` as soon as the key is there. Rejects as the KMS does. */
  async use<T>(work: (key: Secret) => T): Promise<T> {
    this.hold();
    try {
      return work(await this.#ready);
    } finally {
      this.release();
    }
  }
}

interface Place {
  readonly key: SharedKey;
  readonly openMs: number;
}

/** At most so many keys, the ones used last. */
export class OpenKeys {
  readonly #limit: number;
  readonly #places = new Map<string, Place>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#places.size;
  }

  /** The key of this name that is not older than `openMs`; what is older goes. */
  find(name: string, openMs: number, nowMs: number): SharedKey | undefined {
    const place = this.#places.get(name);
    if (place === undefined) return undefined;
    if (!place.key.isWithin(openMs, nowMs)) {
      this.drop(name, place.key);
      return undefined;
    }
    this.#places.delete(name); // the last in the order of the map is the one used last
    this.#places.set(name, place);
    return place.key;
  }

  /** Keeps a key for others to find, for at most `openMs`. */
  keep(name: string, key: SharedKey, openMs: number): void {
    this.drop(name);
    this.#places.set(name, { key: key.hold(), openMs });
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= this.#limit) break;
      this.drop(oldest);
    }
  }

  /** Lets go of the key of this name; of `key` alone, where it is given. */
  drop(name: string, key?: SharedKey): void {
    const place = this.#places.get(name);
    if (place === undefined || (key !== undefined && place.key !== key)) return;
    this.#places.delete(name);
    place.key.release();
  }

  dropWhere(isGone: (name: string, place: Place) => boolean): void {
    for (const [name, place] of this.#places) if (isGone(name, place)) this.drop(name);
  }

  /** Lets go of everything that is too old, so that no key stays in memory because nobody asks for it. */
  sweep(nowMs: number): void {
    this.dropWhere((_, { key, openMs }) => !key.isWithin(openMs, nowMs));
  }
}
