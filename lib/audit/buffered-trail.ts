// The trail that answers first: merges entries across requests, and writes them once an interval and when the
// environment ends.
import { Aggregate } from './aggregate.ts';
import { Chain, type ChainOptions } from './chain.ts';
import { durableOf } from './errors.ts';
import type { AuditLine, AuditSink, RequestTrail, Trail } from './ports.ts';
import { checkTrailEntry, isBreakGlass, type TrailEntry } from './entry.ts';

export interface BufferedTrailOptions extends ChainOptions {
  readonly sink: AuditSink;
  /** Age of the oldest entry at which a request starts a write. */
  readonly flushIntervalMs: number;
  /** @default 500 different entries; at this number they are written whatever their age */
  readonly maxEntries?: number;
  /** @default 10,000 lines that the sink did not take; beyond that the oldest, already spilled, are dropped */
  readonly maxPendingLines?: number;
  /** Takes the lines of a failed write, each once, to keep them elsewhere. The sink is still offered them. */
  readonly spill: (lines: readonly AuditLine[]) => void;
}

/**
 * Writes one chain of signed records, after the answers they are about. A killed process loses its unwritten entries
 * without a trace, because no number was spent on them. The use of a break-glass role is written before its answer leaves.
 * `record` and `flush` of a request never fail because of the sink.
 */
export class BufferedTrail implements Trail {
  readonly #options: BufferedTrailOptions;
  readonly #chain: Chain;
  readonly #maxEntries: number;
  readonly #maxPendingLines: number;
  readonly #recorded = new Aggregate({ acrossRequests: true });
  /** Signed lines that are not known to be durable; the first `#spilled` of them are spilled already. */
  #pending: AuditLine[] = [];
  #spilled = 0;
  /** When the oldest entry was recorded, or when the last write failed. */
  #sinceMs: number | undefined;
  #running: Promise<void> | undefined;

  constructor(options: BufferedTrailOptions) {
    this.#options = options;
    this.#chain = new Chain(options);
    this.#maxEntries = options.maxEntries ?? 500;
    this.#maxPendingLines = options.maxPendingLines ?? 10_000;
  }

  /** Opens a request's trail. Starts a write that is due; it runs beside the request. */
  open(): RequestTrail {
    if (this.#isDue()) void this.#begin();
    let isUrgent = false;
    return {
      record: (entry) => {
        checkTrailEntry(entry);
        const timeMs = Math.floor(this.#options.nowMs());
        this.#recorded.add({ ...entry, firstTimeMs: timeMs, lastTimeMs: timeMs } satisfies TrailEntry);
        this.#sinceMs ??= timeMs;
        isUrgent ||= isBreakGlass(entry);
      },
      flush: async (giveUp) => {
        if (this.#recorded.size >= this.#maxEntries) void this.#begin();
        // Nothing depends on the write, but Lambda freezes the environment and its connections after the answer.
        if (this.#running !== undefined) await settled(this.#running, giveUp);
        // The use of a break-glass role does not wait for the interval. A failed write spills its record.
        if (isUrgent && this.#recorded.size > 0) await settled(this.#begin(), giveUp);
      },
    };
  }

  /** Writes everything before the environment ends. Never rejects: spills what the sink does not take. */
  async close(giveUp?: AbortSignal): Promise<void> {
    if (this.#running !== undefined) await settled(this.#running, giveUp);
    await settled(this.#begin(), giveUp);
    this.spill();
  }

  /**
   * Spills everything that is not known to be durable, before the process dies of a fault. A line that a write under way
   * delivers too has the same number and the same bytes.
   */
  spill(): void {
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
      this.#sinceMs = this.#options.nowMs(); // retry after an interval, not with every request
      this.#spill();
      this.#forget(Math.max(0, this.#pending.length - this.#maxPendingLines));
    }
  }

  /** Drops the oldest lines: they are durable, or there are too many. */
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

/** Resolves when `work` resolves, rejects, or `giveUp` is aborted. */
function settled(work: Promise<void>, giveUp?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    work.then(resolve, () => resolve());
    if (giveUp?.aborted === true) resolve();
    giveUp?.addEventListener('abort', () => resolve(), { once: true });
  });
}
