/** Symbols that the batches of one request may walk beyond their own share: 4,000 steps of a value of 64 symbols. */
const REQUEST_SHARE = 2 ** 18;
/** Steps for each symbol of a batch. Values of real texts take one to ten. */
const BATCH_SHARE = 8;

/** Takes symbols that walk a step. Returns false when the share is used up. */
export type MayWalk = (symbols: number) => boolean;

/**
 * Bounds the walks to tokens that equal their own NFC form: a value whose marks leave few such tokens may take thousands of
 * steps, and a request may have thousands of such values.
 */
export class WalkAllowance {
  /** What is left for the request under way; undefined outside a request. */
  #left: number | undefined;

  /** Runs a request, whose batches share one allowance. `work` is synchronous. */
  within<T>(work: () => T): T {
    this.#left = REQUEST_SHARE;
    try {
      return work();
    } finally {
      this.#left = undefined;
    }
  }

  /** Returns the share of a batch with so many symbols: its own, and then what is left of the request's. */
  forBatch(symbols: number): MayWalk {
    let own = BATCH_SHARE * symbols + (this.#left === undefined ? REQUEST_SHARE : 0);
    return (walked) => {
      own -= walked;
      if (own >= 0) return true;
      if (this.#left === undefined) return false;
      this.#left += own;
      own = 0;
      return this.#left >= 0;
    };
  }
}
