// How long a batch waits for its lanes.
import { LONGEST_PATIENCE_MS, PATIENCE_MS } from './limits.ts';
import type { Pace } from './ports.ts';

/**
 * Ends `PATIENCE_MS` after the first lane is done, and at most `LONGEST_PATIENCE_MS` after its start: what the healthy
 * lanes of a batch need says what its process and network allow.
 */
export class Patience {
  readonly #pace: Pick<Pace, 'sleep'>;
  readonly #over = new AbortController();
  readonly #end: Promise<unknown>;
  #firstIsDone = (): void => {};

  constructor(pace: Pick<Pace, 'sleep'>) {
    this.#pace = pace;
    const firstDone = new Promise<void>((resolve) => {
      this.#firstIsDone = resolve;
    });
    const { signal } = this.#over;
    const afterFirst = firstDone.then(() => pace.sleep(PATIENCE_MS, signal));
    this.#end = Promise.race([afterFirst, pace.sleep(LONGEST_PATIENCE_MS, signal)]).catch(() => {});
    afterFirst.catch(() => {});
  }

  /** Resolves to what `work` resolves to, or to undefined when patience has ended and `work` had its own share of it. */
  async within<Result>(work: Promise<Result>): Promise<Result | undefined> {
    const own = new AbortController();
    const tooLong = this.#pace.sleep(PATIENCE_MS, own.signal).then(() => this.#end.then(() => undefined));
    tooLong.catch(() => {});
    try {
      const result = await Promise.race([work, tooLong]);
      if (result !== undefined) this.#firstIsDone();
      return result;
    } finally {
      own.abort();
    }
  }

  /** Ends the timers. */
  over(): void {
    this.#over.abort();
  }
}
