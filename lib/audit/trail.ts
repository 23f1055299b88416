// The life of an audit record up to the sink: aggregate, chain, sign, write, and only then may the answer leave.
import { Aggregate, isPolicyEntry, type TrailEntry } from './aggregate.ts';
import { DISCLOSING_CODES, LOGS_NOT_SENT } from './codes.ts';
import { AuditError } from './errors.ts';
import { policyCode } from './policy-codes.ts';
import { toPolicyRecord } from './policy-record.ts';
import type { AuditLine, AuditSink } from './ports.ts';
import { type AuditEntry, checkEntry, type HostFacts, toAuditRecord } from './record.ts';
import type { Signer } from './sign.ts';

/** How long a summary is added to before it is written: the reference product's interval between flushes. */
const SUMMARY_MS = 30_000;

export interface AuditTrailOptions {
  readonly signer: Signer;
  readonly sink: AuditSink;
  /** Names this environment's chain; never shared by two trails, or the verifier will report both. */
  readonly chainId: string;
  readonly host: HostFacts;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /** @default 10,000 records that are recorded but not known to be durable; above that new ones are refused. */
  readonly maxPendingLines?: number;
}

/**
 * One chain of signed records, written before the answers they are about.
 *
 * Call `record` for everything a request did, then await `flush` at once, and answer only when it resolves. With another
 * await in between, a flush of a different request may carry the entries; if that one fails, they are reported as
 * withheld although their own flush can still succeed.
 */
export class AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #maxPendingLines: number;
  readonly #recorded = new Aggregate();
  /** Requests that get no record of their own, across requests. */
  readonly #summaries = new Aggregate();
  #oldestSummaryMs = 0;
  /** Signed but not known to be durable. Their numbers are spent, so these bytes are offered until the sink has them. */
  #pending: AuditLine[] = [];
  /** What the next write has to say about the writes that failed. */
  #withheld: AuditEntry[] = [];
  #sequence = 0;
  #previous: string | undefined;
  #refused = 0;
  #running: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(options: AuditTrailOptions) {
    // The one text of a record that toAuditRecord does not cap; a log stream name has at most 512 characters.
    this.#options = { ...options, chainId: options.chainId.slice(0, 512).toWellFormed() };
    this.#maxPendingLines = options.maxPendingLines ?? 10_000;
  }

  /** How many entries were refused because the sink has been failing for too long. */
  get refusedEntries(): number {
    return this.#refused;
  }

  /**
   * Takes note of an entry, merging it with equal ones. Nothing is durable before `flush` resolves.
   *
   * Throws `AuditError` `AUDIT_SINK_UNAVAILABLE` when too much is waiting for the sink: the request must be refused. The
   * trail then offers the waiting lines by itself, so that it recovers although nobody gets as far as `flush`. Throws what
   * `checkEntry` throws for an entry that cannot become a record.
   */
  record(entry: TrailEntry): void {
    if (isPolicyEntry(entry)) policyCode(entry.code);
    else checkEntry(entry);
    if (this.#waitingLines() >= this.#maxPendingLines) {
      this.#refused += 1;
      if (this.#running === undefined) this.#begin().catch(() => {}); // the next record or flush meets the same failure
      throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'Too many audit records wait for the sink: refused');
    }
    if (isPolicyEntry(entry) || entry.requests === undefined) return this.#recorded.add(entry);
    const nowMs = Math.floor(this.#options.nowMs());
    if (this.#summaries.size === 0) this.#oldestSummaryMs = nowMs;
    this.#summaries.add({ ...entry, firstTimeMs: nowMs, lastTimeMs: nowMs });
  }

  #waitingLines(): number {
    return this.#pending.length + this.#withheld.length + this.#recorded.size + this.#summaries.size;
  }

  /** Resolves once the summaries are durable too, if there are any: what an environment that ends calls last. Rejects as `flush` does. */
  async close(): Promise<void> {
    if (this.#summaries.size === 0) return;
    await this.flush().catch(() => {}); // what failed is offered again, with the summaries
    this.#oldestSummaryMs = Number.NEGATIVE_INFINITY;
    await this.flush();
  }

  /**
   * Resolves once everything recorded before the call is durable. Rejects with `AuditError` otherwise, and then no value
   * may leave; the lines stay pending and are offered first by the next flush. Summaries are written along with anything
   * else, or when the first thing in them is 30 seconds old; until then no answer waits for them.
   *
   * Writes never overlap. Callers that arrive during a write share the one after it, and its outcome.
   */
  flush(): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#begin();
    if (this.#recorded.size === 0) return this.#running;
    const begin = () => {
      this.#waiting = undefined;
      return this.#begin();
    };
    this.#waiting = this.#running.then(begin, begin);
    return this.#waiting;
  }

  #begin(): Promise<void> {
    this.#running = this.#write().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #write(): Promise<void> {
    const summaryDue = this.#options.nowMs() - this.#oldestSummaryMs >= SUMMARY_MS;
    const summaries = this.#waitingLines() > this.#summaries.size || summaryDue ? this.#summaries.drain() : [];
    const carried = [...this.#withheld, ...this.#recorded.drain()];
    this.#withheld = [];
    for (const entry of [...carried, ...summaries]) this.#pending.push(this.#seal(entry));
    if (this.#pending.length === 0) return;
    try {
      await this.#options.sink.append(this.#pending);
    } catch (error) {
      for (const entry of carried) if (isDisclosing(entry)) this.#withheld.push(withheld(entry));
      if (error instanceof AuditError) throw error;
      // Not passed on as a cause: an error that is not an AuditError breaks the port's promise and may quote the lines.
      throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'The audit sink failed');
    }
    this.#pending = [];
  }

  /** The next line of the chain. From here on its number is spent. */
  #seal(entry: TrailEntry): AuditLine {
    const { signer, chainId, host, nowMs } = this.#options;
    const timeMs = Math.floor(nowMs());
    const unsigned = {
      ...(isPolicyEntry(entry) ? toPolicyRecord(entry, host, timeMs) : toAuditRecord(entry, host, timeMs)),
      signature: {
        key_id: signer.keyId,
        chain_id: chainId,
        sequence: this.#sequence + 1,
        ...(this.#previous === undefined ? {} : { previous: this.#previous }),
      },
    };
    const checksum = signer.checksum(unsigned);
    this.#sequence += 1;
    this.#previous = checksum;
    return { timeMs, line: JSON.stringify({ ...unsigned, signature: { ...unsigned.signature, checksum } }) };
  }
}

function isDisclosing(entry: TrailEntry): entry is AuditEntry {
  return !isPolicyEntry(entry) && DISCLOSING_CODES.has(entry.code);
}

/** "These answers were withheld": the record that corrects a success whose write failed. */
function withheld(success: AuditEntry): AuditEntry {
  const { substituted: _substituted, row: _row, weakCount: _weakCount, mask: _mask, ...facts } = success;
  return { ...facts, code: LOGS_NOT_SENT };
}
