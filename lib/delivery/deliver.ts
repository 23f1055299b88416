// Sending parcels to one sink until each is delivered or known to be undeliverable: bounded retries, bisecting, order.
import type { DeliverySink, Parcel, Verdict } from './ports.ts';

/** What delivery must be given of time and chance. */
export interface Pace {
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface DeliverOptions extends Pace {
  /** No call but the first begins after this, in epoch milliseconds. */
  readonly deadlineMs: number;
  /** @default 6 sendings of a parcel that the sink may take later */
  readonly attempts?: number;
  /** @default 250 ms before the second sending, doubled up to 30 s, with jitter */
  readonly backoffMs?: number;
}

/** A parcel that did not get there, and why. */
export interface Undelivered {
  readonly parcel: Parcel;
  readonly kind: 'retry' | 'config' | 'data';
  readonly reason: string;
  /** How often it was sent. */
  readonly attempts: number;
}

export interface DeliveryReport {
  readonly delivered: readonly Parcel[];
  readonly undelivered: readonly Undelivered[];
}

const MAX_BACKOFF_MS = 30_000;

/**
 * Sends parcels in calls of the sink's size, one after the other, and each call again with what it left, before the next:
 * order is kept as far as the sink keeps it. A call refused as a whole is halved until the parcel that it was is alone.
 * Resolves when every parcel is delivered or given up; never rejects. The first `config` ends it: nothing else would get there.
 */
export async function deliver(
  parcels: readonly Parcel[],
  sink: DeliverySink,
  options: DeliverOptions,
): Promise<DeliveryReport> {
  const delivered: Parcel[] = [];
  const undelivered: Undelivered[] = [];
  /** Calls still to be made, the next one last. */
  const calls: Call[] = callsOf(parcels, sink)
    .map((call) => ({ parcels: call, attempts: 0 }))
    .toReversed();
  let calledOnce = false;
  for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
    if (calledOnce && options.nowMs() >= options.deadlineMs) {
      const { attempts } = call;
      undelivered.push(
        ...call.parcels.map((parcel) => ({ parcel, kind: 'retry', reason: 'no time left', attempts }) as const),
      );
      continue;
    }
    calledOnce = true;
    const sent = await send(call, sink, options);
    delivered.push(...sent.delivered);
    undelivered.push(...sent.undelivered);
    calls.push(...sent.again.toReversed());
    const misconfigured = sent.undelivered.find(({ kind }) => kind === 'config');
    if (misconfigured === undefined) continue;
    for (const { parcels: rest } of calls.splice(0).toReversed()) {
      undelivered.push(...rest.map((parcel) => ({ ...misconfigured, parcel, attempts: 0 })));
    }
  }
  return { delivered, undelivered };
}

interface Call {
  readonly parcels: readonly Parcel[];
  /** Sendings so far. */
  readonly attempts: number;
}

interface Sent extends DeliveryReport {
  readonly again: readonly Call[];
}

async function send(call: Call, sink: DeliverySink, options: DeliverOptions): Promise<Sent> {
  const { attempts: limit = 6, nowMs, deadlineMs } = options;
  if (call.attempts > 0) await options.sleep(backoff(call.attempts, options));
  const attempts = call.attempts + 1;
  const verdicts = await sink.deliver(call.parcels);
  const verdictOf = (i: number): Verdict => verdicts[i] ?? { kind: 'retry', reason: 'the reply was incomplete' };
  const delivered = call.parcels.filter((_, i) => verdictOf(i).kind === 'delivered');
  const undelivered: Undelivered[] = [];
  const retry: Undelivered[] = [];
  const split: Undelivered[] = [];
  for (const [i, parcel] of call.parcels.entries()) {
    const verdict = verdictOf(i);
    if (verdict.kind === 'delivered') continue;
    const { kind, reason } = verdict;
    if (kind === 'retry') retry.push({ parcel, kind, reason, attempts });
    else if (kind === 'split') split.push({ parcel, kind: 'data', reason, attempts });
    else undelivered.push({ parcel, kind, reason, attempts });
  }
  const again: Call[] = [];
  if (split.length === 1) undelivered.push(...split);
  else if (split.length > 1) {
    const half = split.length >>> 1;
    // No attempt is counted: what is sent next was not refused yet.
    for (const part of [split.slice(0, half), split.slice(half)]) again.push({ parcels: parcelsOf(part), attempts: 0 });
  }
  const late = nowMs() + backoff(attempts, options) >= deadlineMs;
  if (retry.length > 0 && (attempts >= limit || late)) undelivered.push(...retry);
  else if (retry.length > 0) again.push({ parcels: parcelsOf(retry), attempts });
  return { delivered, undelivered, again };
}

function parcelsOf(undelivered: readonly Undelivered[]): readonly Parcel[] {
  return undelivered.map(({ parcel }) => parcel);
}

function backoff(attempts: number, { backoffMs = 250, random }: DeliverOptions): number {
  return Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (attempts - 1)) * (0.5 + random() / 2);
}

/** Calls of at most the sink's size; a parcel larger than that travels alone, for the sink to refuse. */
function callsOf(parcels: readonly Parcel[], { maxParcels, maxBytes }: DeliverySink): readonly (readonly Parcel[])[] {
  const calls: Parcel[][] = [];
  let bytes = 0;
  for (const parcel of parcels) {
    const size = Buffer.byteLength(parcel.body) + Buffer.byteLength(parcel.id);
    const last = calls.at(-1);
    if (last !== undefined && last.length < maxParcels && bytes + size <= maxBytes) {
      last.push(parcel);
      bytes += size;
    } else {
      calls.push([parcel]);
      bytes = size;
    }
  }
  return calls;
}
