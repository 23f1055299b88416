// The life of a security event up to the sink: it gets an id, a place in its tenant's chain, and a line. It is accepted
// only when the line is durable.
import { SharedRuns } from '../base/shared-runs.ts';
import { EventError } from './errors.ts';
import type { EventDraft, SecurityEvent } from './event.ts';
import { eventLine } from './line.ts';
import type { EventLine, EventSink } from './ports.ts';
import { type UlidSource, ulids } from './ulid.ts';

export interface EventLogOptions extends UlidSource {
  readonly sink: EventSink;
  /** Limit of lines that may not be durable, in UTF-16 code units; above it, new events are refused. @default 16 Mi */
  readonly maxPendingLength?: number;
  /** Limit of open chains; beyond it, the chain of the least recently used tenant ends. @default 10,000 */
  readonly maxChains?: number;
}

/** A line with a number: it must become durable in the end. */
interface Pending extends EventLine {
  durable: boolean;
}

interface Chain {
  readonly id: string;
  /** The last number assigned. */
  sequence: number;
}

/** URL-safe characters of a ray id times 6 bits. */
const RAY_ID_BYTES = 12;

/**
 * Accepts security events in one execution environment. Each tenant's events are numbered from 1 without gaps, in a
 * chain that begins with the environment. Concurrent calls share writes, never outcomes: if the sink takes some lines
 * and not others, each call learns about its own.
 *
 * No number is assigned twice. Lines that may not be durable are offered again, byte for byte, before later ones, so an
 * event that was refused with `EVENT_NOT_DURABLE` can still be delivered.
 */
export class EventLog {
  readonly #sink: EventSink;
  readonly #nowMs: () => number;
  readonly #random: (bytes: number) => Uint8Array;
  readonly #maxPendingLength: number;
  readonly #maxChains: number;
  readonly #nextId: () => string;
  /** By tenant, the least recently used first. */
  readonly #chains = new Map<string, Chain>();
  /** Lines not offered yet or possibly not durable, in the order of their numbers. */
  #pending: Pending[] = [];
  #pendingLength = 0;
  readonly #writes = new SharedRuns(() => this.#offer());

  constructor(options: EventLogOptions) {
    this.#sink = options.sink;
    this.#nowMs = options.nowMs;
    this.#random = options.random;
    this.#maxPendingLength = options.maxPendingLength ?? 16 * 1024 * 1024;
    this.#maxChains = options.maxChains ?? 10_000;
    this.#nextId = ulids(options);
  }

  /**
   * Accepts the events of one request, all under one `tspRayId`. Resolves to the accepted events once every one is
   * durable. Rejects with `EventError` `EVENT_NOT_DURABLE` when that is uncertain: also as soon as `giveUp` is aborted,
   * and at once when too many lines wait for the sink.
   */
  accept(drafts: readonly EventDraft[], giveUp?: AbortSignal): Promise<readonly SecurityEvent[]> {
    return unlessGivenUp(() => this.#accept(drafts), giveUp);
  }

  /**
   * Waits for the current write, and offers what is still not durable once more. Call it last, before the environment
   * ends. Rejects as `accept` does.
   */
  async close(): Promise<void> {
    if (!this.#writes.idle || this.#pending.length > 0) await this.#writes.next();
  }

  async #accept(drafts: readonly EventDraft[]): Promise<readonly SecurityEvent[]> {
    if (drafts.length === 0) return [];
    this.#checkRoom();
    const events = this.#numbered(drafts);
    const lines = events.map((event): Pending => {
      return { tenantId: event.tenantId, line: eventLine(event), durable: false };
    });
    this.#pending.push(...lines);
    for (const { line } of lines) this.#pendingLength += line.length;
    try {
      await this.#writes.next();
    } catch (error) {
      if (!lines.every(({ durable }) => durable)) throw error;
    }
    return events;
  }

  /**
   * Refuses events above the limit. Then the log offers the waiting lines itself, so that it recovers without new
   * events.
   */
  #checkRoom(): void {
    if (this.#pendingLength < this.#maxPendingLength) return;
    if (this.#writes.idle) this.#writes.next().catch(() => {}); // the next call meets the same failure
    throw new EventError('EVENT_NOT_DURABLE', 'Too many security events wait for the sink: refused');
  }

  #numbered(drafts: readonly EventDraft[]): readonly SecurityEvent[] {
    const receivedMs = Math.floor(this.#nowMs());
    const tspRayId = Buffer.from(this.#random(RAY_ID_BYTES)).toString('base64url');
    return drafts.map(({ tenantId, timeMs = receivedMs, iclFields, customFields }) => {
      const chain = this.#chainOf(tenantId);
      chain.sequence += 1;
      return {
        tenantId,
        eventId: this.#nextId(),
        chainId: chain.id,
        sequence: chain.sequence,
        timeMs,
        receivedMs,
        iclFields: { ...iclFields, tspRayId },
        customFields,
      };
    });
  }

  #chainOf(tenantId: string): Chain {
    const chain = this.#chains.get(tenantId) ?? { id: this.#nextId(), sequence: 0 };
    this.#chains.delete(tenantId);
    this.#chains.set(tenantId, chain);
    if (this.#chains.size > this.#maxChains) this.#chains.delete(this.#chains.keys().next().value!);
    return chain;
  }

  async #offer(): Promise<void> {
    const offered = this.#pending;
    this.#pending = [];
    if (offered.length === 0) return;
    try {
      await this.#sink.append(offered);
      for (const line of offered) line.durable = true;
    } catch (error) {
      const accepted = error instanceof EventError ? error.accepted : [];
      for (const [i, line] of offered.entries()) line.durable = accepted[i] === true;
      if (error instanceof EventError) throw error;
      // Not the cause of the new error: an error that is no EventError breaks the port's promise and can quote the
      // lines.
      throw new EventError('EVENT_NOT_DURABLE', 'The event sink failed');
    } finally {
      this.#pending = [...offered.filter(({ durable }) => !durable), ...this.#pending];
      this.#pendingLength = this.#pending.reduce((sum, { line }) => sum + line.length, 0);
    }
  }
}

/**
 * Returns the outcome of `work`, or rejects as soon as `giveUp` is aborted; does not start `work` if it is aborted
 * before.
 */
function unlessGivenUp<T>(work: () => Promise<T>, giveUp?: AbortSignal): Promise<T> {
  if (giveUp === undefined) return work();
  return new Promise((resolve, reject) => {
    const abandon = (): void => {
      reject(new EventError('EVENT_NOT_DURABLE', 'The event sink had not answered when the time was up'));
    };
    if (giveUp.aborted) return abandon();
    giveUp.addEventListener('abort', abandon, { once: true });
    void work()
      .then(resolve, reject)
      .finally(() => giveUp.removeEventListener('abort', abandon));
  });
}
