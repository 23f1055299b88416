// An audit record up to the sink: aggregate, chain, sign, write; only then may the answer leave.
import { SharedRuns } from '../base/shared-runs.ts';
import { Aggregate } from './aggregate.ts';
import { Chain, type ChainOptions } from './chain.ts';
import { LOGS_NOT_SENT } from './codes.ts';
import { checkTrailEntry, isDisclosing, isPolicyEntry, type TrailEntry } from './entry.ts';
import { AuditError, durableOf } from './errors.ts';
import type { AuditLine, AuditSink, RequestTrail, Trail } from './ports.ts';
import type { AuditEntry } from './record.ts';

/** How long a summary is open before it is written: the flush interval of the reference product. */
const SUMMARY_MS = 30_000;

export interface AuditTrailOptions extends ChainOptions {
  readonly sink: AuditSink;
  /** @default 10,000 records not known to be durable; beyond that new ones are refused */
  readonly maxPendingLines?: number;
}

/** The records that one request wants written, and the outcome it was told: the first one stands. */
interface Ask {
  readonly entries: readonly TrailEntry[];
  told: 'nothing' | 'durable' | 'given up';
}

/**
 * Writes one chain of signed records, before the answers they are about. Concurrent requests share writes, never
 * outcomes: either a request is told that its records are durable, or its successes are reported as withheld (code 51);
 * never both.
 */
export class AuditTrail implements Trail {
  readonly #chain: Chain;
  readonly #sink: AuditSink;
  readonly #maxPendingLines: number;
  readonly #nowMs: () => number;
  /** Summaries of requests that get no record of their own. No answer waits for them. */
  readonly #summaries = new Aggregate({ acrossRequests: true });
  #oldestSummaryMs = 0;
  /** The requests whose records the next write carries. */
  #asked: Ask[] = [];
  /**
   * Signed lines not known to be durable. Their numbers are spent, so these bytes are offered until the sink has them.
   */
  #pending: AuditLine[] = [];
  /** Withheld answers that the next write reports. */
  #withheld: AuditEntry[] = [];
  #refused = 0;
  readonly #writes = new SharedRuns(() => this.#offer());
  readonly #alone: RequestTrail;

  constructor(options: AuditTrailOptions) {
    this.#chain = new Chain(options);
    this.#sink = options.sink;
    this.#nowMs = options.nowMs;
    this.#maxPendingLines = options.maxPendingLines ?? 10_000;
    this.#alone = this.open();
  }

  /** Number of entries refused because too many records wait for a failing sink. */
  get refusedEntries(): number {
    return this.#refused;
  }

  open(): RequestTrail {
    const recorded = new Aggregate();
    return {
      record: (entry) => {
        checkTrailEntry(entry);
        this.#checkRoom(recorded.size);
        if (isPolicyEntry(entry) || entry.requests === undefined) recorded.add(entry);
        else this.#summarize(entry);
      },
      flush: (giveUp) => this.#flush(recorded.drain(), giveUp),
    };
  }

  /** Records into the trail's own request, for a caller that has one request at a time. */
  record(entry: TrailEntry): void {
    this.#alone.record(entry);
  }

  flush(giveUp?: AbortSignal): Promise<void> {
    return this.#alone.flush(giveUp);
  }

  /** Writes the summaries too. Call it when the environment ends. Rejects as `flush` does. */
  async close(): Promise<void> {
    if (this.#summaries.size === 0) return;
    await this.flush().catch(() => {}); // the next flush offers the failed lines again, with the summaries
    this.#oldestSummaryMs = Number.NEGATIVE_INFINITY;
    await this.flush();
  }

  #summarize(entry: AuditEntry): void {
    const nowMs = Math.floor(this.#nowMs());
    if (this.#summaries.size === 0) this.#oldestSummaryMs = nowMs;
    this.#summaries.add({ ...entry, firstTimeMs: nowMs, lastTimeMs: nowMs });
  }

  /**
   * Throws when too many records wait for the sink. Then also offers the waiting lines, so that the trail recovers
   * although no request reaches `flush`.
   */
  #checkRoom(recorded: number): void {
    if (this.#pending.length + this.#withheld.length + this.#summaries.size + recorded < this.#maxPendingLines) return;
    this.#refused += 1;
    if (this.#writes.idle) this.#writes.next().catch(() => {}); // the next flush meets the same failure
    throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'Refused: too many audit records wait for the sink');
  }

  #flush(entries: readonly TrailEntry[], giveUp?: AbortSignal): Promise<void> {
    const ask: Ask = { entries, told: 'nothing' };
    if (entries.length > 0) this.#asked.push(ask);
    return unlessGivenUp(ask, entries.length > 0 ? this.#writes.next() : this.#writes.last(), giveUp);
  }

  async #offer(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const corrections = this.#withheld;
    this.#withheld = [];
    for (const entry of corrections) this.#pending.push(this.#chain.seal(entry));
    for (const { entries } of asked) for (const entry of entries) this.#pending.push(this.#chain.seal(entry));
    if (this.#pending.length > 0 || this.#summariesAreDue()) {
      for (const entry of this.#summaries.drain()) this.#pending.push(this.#chain.seal(entry));
    }
    if (this.#pending.length === 0) return;
    try {
      await this.#sink.append(this.#pending);
    } catch (error) {
      for (const ask of asked) this.#withhold(ask);
      this.#pending = this.#pending.slice(durableOf(error));
      if (error instanceof AuditError) throw error;
      // No cause: an error that is not an AuditError breaks the port's promise and may quote the lines.
      throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'The audit sink failed');
    }
    this.#pending = [];
    for (const ask of asked) {
      if (ask.told === 'given up') this.#withhold(ask);
      else ask.told = 'durable';
    }
  }

  /** Tells whether the summaries are due without other records: their oldest entry is 30 seconds old. */
  #summariesAreDue(): boolean {
    return this.#summaries.size > 0 && this.#nowMs() - this.#oldestSummaryMs >= SUMMARY_MS;
  }

  #withhold({ entries }: Ask): void {
    for (const entry of entries) if (isDisclosing(entry)) this.#withheld.push(withheld(entry));
  }
}

/** Settles as `write` does, or rejects as soon as `giveUp` is aborted, unless the records are durable by then. */
function unlessGivenUp(ask: Ask, write: Promise<void>, giveUp?: AbortSignal): Promise<void> {
  if (giveUp === undefined) return write;
  return new Promise((resolve, reject) => {
    const abandon = (): void => {
      if (ask.told === 'durable') return;
      ask.told = 'given up';
      reject(new AuditError('AUDIT_SINK_UNAVAILABLE', 'The audit sink had not answered when the time was up'));
    };
    const settle =
      <Outcome extends unknown[]>(how: (...outcome: Outcome) => void) =>
      (...outcome: Outcome): void => {
        giveUp.removeEventListener('abort', abandon);
        how(...outcome);
      };
    write.then(settle(resolve), settle(reject));
    if (giveUp.aborted) abandon();
    else giveUp.addEventListener('abort', abandon, { once: true });
  });
}

/** Makes the entry that corrects a success whose write failed: the answers were withheld. */
function withheld(success: AuditEntry): AuditEntry {
  const {
    substituted: _substituted,
    row: _row,
    weakCount: _weakCount,
    clearCount: _clearCount,
    mask: _mask,
    ...facts
  } = success;
  return { ...facts, code: LOGS_NOT_SENT };
}
