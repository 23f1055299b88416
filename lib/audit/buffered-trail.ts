// The trail that answers first: entries are merged across requests and written once an interval, and when the environment ends.
import { Aggregate } from './aggregate.ts';
import { Chain, type ChainOptions } from './chain.ts';
import { durableOf } from './errors.ts';
import type { AuditLine, AuditSink, RequestTrail, Trail } from './ports.ts';
import { checkTrailEntry, type TrailEntry } from './entry.ts';

export interface BufferedTrailOptions extends ChainOptions {
  readonly sink: AuditSink;
  /** How old the oldest entry may be before a request writes it. */
  readonly flushIntervalMs: number;
  /** @default 500 different entries, which are written whatever their age. */
  readonly maxEntries?: number;
  /** @default 10,000 lines the sink did not take; the oldest of more are not offered again, having been spilled. */
  readonly maxPendingLines?: number;
  /** Takes the lines of a failed write, each once, for another place. They are still offered to the sink. */
  readonly spill: (lines: readonly AuditLine[]) => void;
}

/**
 * One chain of signed records, written after the answers they are about. What is in memory when the process is killed is
 * lost, and shows as nothing: no number was spent on it. `record` and `flush` of a request never fail for the sink's sake.
 */
export class BufferedTrail implements Trail {
  readonly #options: BufferedTrailOptions;
  readonly #chain: Chain;
  readonly #maxEntries: number;
  readonly #maxPendingLines: number;
  readonly #recorded = new Aggregate({ acrossRequests: true });
  /** Signed and not known to be durable; the first `#spilled` of them lie in the other place as well. */
  #pending: AuditLine[] = [];
  #spilled = 0;
  /** When the oldest entry was recorded, or the last write failed. */
  #sinceMs: number | undefined;
  #running: Promise<void> | undefined;

  constructor(options: BufferedTrailOptions) {
    this.#options = options;
    this.#chain = new Chain(options);
    this.#maxEntries = options.maxEntries ?? 500;
    this.#maxPendingLines = options.maxPendingLines ?? 10_000;
  }

  /** A write that is due begins here and runs beside the request. */
  open(): RequestTrail {
    if (this.#isDue()) void this.#begin();
    return {
      record: (entry) => {
        checkTrailEntry(entry);
        const timeMs = Math.floor(this.#options.nowMs());
        this.#recorded.add({ ...entry, firstTimeMs: timeMs, lastTimeMs: timeMs } satisfies TrailEntry);
        this.#sinceMs ??= timeMs;
      },
      flush: async (giveUp) => {
        if (this.#recorded.size >= this.#maxEntries) void this.#begin();
        // Awaited although nothing depends on it: an environment is frozen once it has answered, its connections with it.
        if (this.#running !== undefined) await settled(this.#running, giveUp);
      },
    };
  }

  /** Writes everything, when the environment is about to end. Never rejects: what the sink does not take is spilled. */
  async close(giveUp?: AbortSignal): Promise<void> {
    if (this.#running !== undefined) await settled(this.#running, giveUp);
    await settled(this.#begin(), giveUp);
    this.#sealRecorded();
    this.#spill();
  }

  #isDue(): boolean {
    return this.#sinceMs !== undefined && this.#options.nowMs() - this.#sinceMs >= this.#options.flushIntervalMs;
  }

  #begin(): Promise<void> {
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #write(): Promise<void> {
    this.#sealRecorded();
    this.#sinceMs = undefined;
    const offered = this.#pending;
    if (offered.length === 0) return;
    try {
      await this.#options.sink.append(offered);
      this.#forget(offered.length);
    } catch (error) {
      this.#forget(durableOf(error));
      this.#sinceMs = this.#options.nowMs(); // again after an interval, not with every request
      this.#spill();
      this.#forget(Math.max(0, this.#pending.length - this.#maxPendingLines));
    }
  }

  /** The oldest lines are durable, or too many to keep. */
  #forget(lines: number): void {
    this.#pending = this.#pending.slice(lines);
    this.#spilled = Math.max(0, this.#spilled - lines);
  }

  #sealRecorded(): void {
    for (const entry of this.#recorded.drain()) this.#pending.push(this.#chain.seal(entry));
  }

  #spill(): void {
    const lines = this.#pending.slice(this.#spilled);
    if (lines.length === 0) return;
    this.#spilled = this.#pending.length;
    this.#options.spill(lines);
  }
}

/** Resolves when `work` has ended, one way or the other, or `giveUp` is aborted. */
function settled(work: Promise<void>, giveUp?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    work.then(resolve, () => resolve());
    if (giveUp?.aborted === true) resolve();
    giveUp?.addEventListener('abort', () => resolve(), { once: true });
  });
}
