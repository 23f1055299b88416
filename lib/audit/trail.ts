// The life of an audit record up to the sink: aggregate, chain, sign, write, and only then may the answer leave.
import { SharedRuns } from '../base/shared-runs.ts';
import { Aggregate } from './aggregate.ts';
import { Chain, type ChainOptions } from './chain.ts';
import { LOGS_NOT_SENT } from './codes.ts';
import { checkTrailEntry, isDisclosing, isPolicyEntry, type TrailEntry } from './entry.ts';
import { AuditError, durableOf } from './errors.ts';
import type { AuditLine, AuditSink, RequestTrail, Trail } from './ports.ts';
import type { AuditEntry } from './record.ts';

/** How long a summary is added to before it is written: the reference product's interval between flushes. */
const SUMMARY_MS = 30_000;

export interface AuditTrailOptions extends ChainOptions {
  readonly sink: AuditSink;
  /** @default 10,000 records that are recorded but not known to be durable; above that new ones are refused. */
  readonly maxPendingLines?: number;
}

/** What one request asks to be written, and what it was told: the first word stands. */
interface Ask {
  readonly entries: readonly TrailEntry[];
  told: 'nothing' | 'durable' | 'given up';
}

/**
 * One chain of signed records, written before the answers they are about. Requests at the same time share writes, never
 * outcomes: a request is told that its records are durable, or it is not told so and its successes are reported as
 * withheld (code 51), and never both.
 */
export class AuditTrail implements Trail {
  readonly #chain: Chain;
  readonly #sink: AuditSink;
  readonly #maxPendingLines: number;
  readonly #nowMs: () => number;
  /** Requests that get no record of their own, across requests. No answer waits for them. */
  readonly #summaries = new Aggregate({ acrossRequests: true });
  #oldestSummaryMs = 0;
  /** What the next write carries. */
  #asked: Ask[] = [];
  /** Signed but not known to be durable. Their numbers are spent, so these bytes are offered until the sink has them. */
  #pending: AuditLine[] = [];
  /** What the next write has to say about answers that did not leave. */
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

  /** How many entries were refused because the sink has been failing for too long. */
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

  /** For a caller that has one request at a time, and so needs none of its own. */
  record(entry: TrailEntry): void {
    this.#alone.record(entry);
  }

  flush(giveUp?: AbortSignal): Promise<void> {
    return this.#alone.flush(giveUp);
  }

  /** Resolves once the summaries are durable too: what an environment that ends calls last. Rejects as `flush` does. */
  async close(): Promise<void> {
    if (this.#summaries.size === 0) return;
    await this.flush().catch(() => {}); // what failed is offered again, with the summaries
    this.#oldestSummaryMs = Number.NEGATIVE_INFINITY;
    await this.flush();
  }

  #summarize(entry: AuditEntry): void {
    const nowMs = Math.floor(this.#nowMs());
    if (this.#summaries.size === 0) this.#oldestSummaryMs = nowMs;
    this.#summaries.add({ ...entry, firstTimeMs: nowMs, lastTimeMs: nowMs });
  }

  /**
   * Refuses when too much is waiting for the sink. The trail then offers the waiting lines by itself, so that it recovers
   * although nobody gets as far as `flush`.
   */
  #checkRoom(recorded: number): void {
    if (this.#pending.length + this.#withheld.length + this.#summaries.size + recorded < this.#maxPendingLines) return;
    this.#refused += 1;
    if (this.#writes.idle) this.#writes.next().catch(() => {}); // the next flush meets the same failure
    throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'Too many audit records wait for the sink: refused');
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
      // Not passed on as a cause: an error that is not an AuditError breaks the port's promise and may quote the lines.
      throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'The audit sink failed');
    }
    this.#pending = [];
    for (const ask of asked) {
      if (ask.told === 'given up') this.#withhold(ask);
      else ask.told = 'durable';
    }
  }

  /** They are written along with anything else, or when the first thing in them is 30 seconds old. */
  #summariesAreDue(): boolean {
    return this.#summaries.size > 0 && this.#nowMs() - this.#oldestSummaryMs >= SUMMARY_MS;
  }

  #withhold({ entries }: Ask): void {
    for (const entry of entries) if (isDisclosing(entry)) this.#withheld.push(withheld(entry));
  }
}

/** The outcome of `write`, or a refusal as soon as `giveUp` is aborted, unless the ask is durable by then. */
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

/** "These answers were withheld": the record that corrects a success whose write failed. */
function withheld(success: AuditEntry): AuditEntry {
  const { substituted: _substituted, row: _row, weakCount: _weakCount, mask: _mask, ...facts } = success;
  return { ...facts, code: LOGS_NOT_SENT };
}
