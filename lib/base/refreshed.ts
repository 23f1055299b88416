// A value that is kept for a while, and may be replaced where it comes from: a secret, a published key set.

/** How long a loaded value serves, in milliseconds. */
export interface Freshness {
  /** It is not loaded again before. */
  readonly freshMs: number;
  /** It serves no longer, also while it cannot be loaded again. At least `freshMs`. */
  readonly usableMs: number;
  /** The least time between two loads while there is a usable value. */
  readonly pauseMs: number;
  /** The least time between two loads while there is none. */
  readonly retryMs: number;
}

/** Keeps one value. Calls during a load share it. `load` must end in bounded time. */
export class Refreshed<T> {
  readonly #load: () => Promise<T>;
  readonly #freshness: Freshness;
  readonly #nowMs: () => number;
  #held: { readonly value: T; readonly atMs: number } | undefined;
  #failure: unknown;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  /** `nowMs`: epoch milliseconds. A clock that is set back makes a value old. */
  constructor(load: () => Promise<T>, freshness: Freshness, nowMs: () => number) {
    this.#load = load;
    this.#freshness = freshness;
    this.#nowMs = nowMs;
  }

  /** Returns a fresh value, or a usable one while none can be loaded. Rejects as the last load did. */
  async current(): Promise<T> {
    if (!this.#isYoungerThan(this.#freshness.freshMs)) await this.#refresh();
    if (this.#isYoungerThan(this.#freshness.usableMs)) return this.#held!.value;
    throw this.#failure;
  }

  /** Returns a value that was loaded after `seen`; undefined when there is none, or the last load was just before. */
  async newerThan(seen: T): Promise<T | undefined> {
    if (this.#held?.value === seen) await this.#refresh();
    return this.#held?.value === seen ? undefined : this.#held?.value;
  }

  #isYoungerThan(ms: number): boolean {
    return this.#held !== undefined && isWithin(this.#nowMs() - this.#held.atMs, ms);
  }

  async #refresh(): Promise<void> {
    const { usableMs, pauseMs, retryMs } = this.#freshness;
    const pause = this.#isYoungerThan(usableMs) ? pauseMs : retryMs;
    if (this.#running === undefined && isWithin(this.#nowMs() - this.#triedAtMs, pause)) return;
    this.#running ??= this.#reload().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #reload(): Promise<void> {
    const atMs = this.#nowMs();
    this.#triedAtMs = atMs;
    try {
      this.#held = { value: await this.#load(), atMs };
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** A negative age means that the clock was set back. */
function isWithin(ageMs: number, limitMs: number): boolean {
  return ageMs >= 0 && ageMs < limitMs;
}
