/** How long a record of an unknown caller stands for the next refusals of its address. A summary is open as long. */
const WINDOW_MS = 30_000;

/** Addresses that get a record of their own in that time: with many addresses, records would cost as requests do. */
const MOST = 20;

/**
 * Tells which refusals of unknown callers need a record of their own: the first of an address in half a minute, for twenty
 * addresses at most. The others share a summary, so that callers who get nothing cannot fill the trail. One for each
 * execution environment.
 */
export class UnknownCallers {
  #sinceMs = Number.NEGATIVE_INFINITY;
  readonly #addresses = new Set<string>();

  isFirst(address: string | undefined, nowMs: number): boolean {
    // Also when the clock was set back.
    if (Math.abs(nowMs - this.#sinceMs) >= WINDOW_MS) {
      this.#sinceMs = nowMs;
      this.#addresses.clear();
    }
    const name = address ?? '';
    if (this.#addresses.has(name) || this.#addresses.size >= MOST) return false;
    this.#addresses.add(name);
    return true;
  }
}
