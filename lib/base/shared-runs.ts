/**
 * Runs one piece of work again and again, without overlap. All calls during a run share the next one: a group commit,
 * when the work is a write.
 */
export class SharedRuns {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** True when no run is going on or asked for. */
  get idle(): boolean {
    return this.#running === undefined && this.#waiting === undefined;
  }

  /** Resolves as a run does that begins no earlier than this call. */
  next(): Promise<void> {
    // Checked first: for a moment, one run has ended and the waiting one has not begun.
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<void> => {
      this.#waiting = undefined;
      return this.#begin();
    };
    this.#waiting = this.#running.then(begin, begin);
    return this.#waiting;
  }

  /** Resolves as the last run does that was asked for, or as a new one that begins now. */
  last(): Promise<void> {
    return this.#waiting ?? this.#running ?? this.#begin();
  }

  #begin(): Promise<void> {
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
