// A bounded number of connections that calls which hang cannot use up.
import { CONNECTIONS, YIELD_MS } from './limits.ts';
import type { Pace } from './ports.ts';

/**
 * Runs at most `limit` tasks at the same time, in the order of their arrival. A task that takes longer than `slowMs`
 * goes on, but its slot goes to the next: however many tasks hang, the others wait `slowMs` for each `limit` of them.
 */
export class Slots {
  readonly #pace: Pick<Pace, 'sleep'>;
  readonly #slowMs: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(pace: Pick<Pace, 'sleep'>, limit = CONNECTIONS, slowMs = YIELD_MS) {
    this.#pace = pace;
    this.#free = limit;
    this.#slowMs = slowMs;
  }

  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const over = new AbortController();
    const done = task();
    const slow = this.#pace.sleep(this.#slowMs, over.signal);
    void Promise.race([done, slow])
      .catch(() => {})
      .then(() => this.#release());
    try {
      return await done;
    } finally {
      over.abort();
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
