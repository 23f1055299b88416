import type { Pace } from '../../lib/delivery/ports.ts';

const START_MS = 1_800_000_000_000;

/** A clock that stands still, `aheadMs` after the start. Pauses end at once; limits, which have a signal, never do. */
export function stillClock(aheadMs = 0): Pace {
  return {
    nowMs: () => START_MS + aheadMs,
    sleep: (_ms, signal) => (signal === undefined ? Promise.resolve() : new Promise(() => {})),
    random: () => 0.5,
  };
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * Time that passes only when no other work is left: it jumps to the end of the next sleep. While it is stopped, no
 * sleep ends, so that the work done meanwhile was done without waiting.
 */
export class VirtualTime implements Pace {
  stopped = false;
  #nowMs: number;
  #sleepers: Sleeper[] = [];
  #pumping = false;

  constructor(nowMs = START_MS) {
    this.#nowMs = nowMs;
  }

  readonly nowMs = (): number => this.#nowMs;
  readonly random = (): number => 0.5;
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const sleeper = { untilMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(new Error('aborted'));
      });
      this.#pump();
    });

  /** Lets time pass without a sleep. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  go(): void {
    this.stopped = false;
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (this.stopped || this.#sleepers.length === 0) return;
      const [next] = this.#sleepers.toSorted((a, b) => a.untilMs - b.untilMs);
      this.#sleepers = this.#sleepers.filter((one) => one !== next);
      this.#nowMs = Math.max(this.#nowMs, next!.untilMs);
      next!.wake();
      this.#pump();
    });
  }
}
