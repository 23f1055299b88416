// Keys in memory that a tenant's KMS has opened: few, for a short time, and overwritten at the end.

import type { Secret } from '../base/secret.ts';

/**
 * A key that several operations wait for and use. It is overwritten when the last one releases it, so never while an
 * operation is about to encrypt with it.
 */
export class SharedKey {
  /** Time of the call to the KMS, by a clock that can be set: the KMS vouched for the key then or a little later. */
  readonly sinceMs: number;
  readonly #ready: Promise<Secret>;
  #holders = 0;

  constructor(ready: Promise<Secret>, sinceMs: number) {
    this.#ready = ready;
    this.sinceMs = sinceMs;
  }

  /** Says whether the key may be used. A clock that was set back ends it too, since its age is unknown then. */
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

  /** Runs `work` as soon as the key is ready. Rejects as the KMS does. */
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

/** Keeps at most `limit` keys: the most recently used. */
export class OpenKeys {
  readonly #limit: number;
  readonly #places = new Map<string, Place>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Finds the key of this name; drops it if it is older than `openMs`. */
  find(name: string, openMs: number, nowMs: number): SharedKey | undefined {
    const place = this.#places.get(name);
    if (place === undefined) return undefined;
    if (!place.key.isWithin(openMs, nowMs)) {
      this.drop(name, place.key);
      return undefined;
    }
    this.#places.delete(name); // the map's last entry is the most recently used
    this.#places.set(name, place);
    return place.key;
  }

  /** Keeps a key under a name for at most `openMs`. */
  keep(name: string, key: SharedKey, openMs: number): void {
    this.drop(name);
    this.#places.set(name, { key: key.hold(), openMs });
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= this.#limit) break;
      this.drop(oldest);
    }
  }

  /** Drops the key of this name; if `key` is given, only that one. */
  drop(name: string, key?: SharedKey): void {
    const place = this.#places.get(name);
    if (place === undefined || (key !== undefined && place.key !== key)) return;
    this.#places.delete(name);
    place.key.release();
  }

  dropWhere(isGone: (name: string, place: Place) => boolean): void {
    for (const [name, place] of this.#places) if (isGone(name, place)) this.drop(name);
  }

  /** Drops every expired key, so that none stays in memory for lack of requests. */
  sweep(nowMs: number): void {
    this.dropWhere((_, { key, openMs }) => !key.isWithin(openMs, nowMs));
  }
}
