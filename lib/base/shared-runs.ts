/**
 * Runs of one piece of work that never overlap. Who comes during a run shares the one after it with all others who do: a group
 * commit, when the work is a write.
 */
export class SharedRuns {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  get idle(): boolean {
    return this.#running === undefined && this.#waiting === undefined;
  }

  /** The outcome of a run that begins no earlier than this call. */
  next(): Promise<void> {
    // First, because there is a moment when a run has ended and the one that waits for it has not begun.
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<void> => {
      this.#waiting = undefined;
      return this.#begin();
    };
    this.#waiting = this.#running.then(begin, begin);
    return this.#waiting;
  }

  /** The outcome of the last run that is asked for already, or of one that begins now. */
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
