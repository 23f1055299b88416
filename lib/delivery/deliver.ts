// Sends parcels to one sink until each is delivered or given up: bounded retries, bisecting, order.
import type { DeliverySink, Pace, Parcel, Verdict } from './ports.ts';

export interface DeliverOptions extends Pace {
  /** Only the first call may begin after this, in epoch milliseconds. */
  readonly deadlineMs: number;
  /** How often a parcel is sent that the sink may take later. @default 6 */
  readonly attempts?: number;
  /** Before the second attempt; doubled for each further one up to 30 s, with jitter. @default 250 */
  readonly backoffMs?: number;
  /** Ends at the first parcel that has to wait, so that no later one overtakes it. @default false */
  readonly inOrder?: boolean;
  /** When an open call counts as one without a reply, in epoch milliseconds. @default the sink's own limit */
  readonly cutOffMs?: number;
}

/** A parcel that was not delivered, and why. */
export interface Undelivered {
  readonly parcel: Parcel;
  readonly kind: 'retry' | 'config' | 'data';
  readonly reason: string;
  /** How often the parcel was sent. */
  readonly attempts: number;
  /** For `retry`: how long the sink asks to wait. */
  readonly afterMs?: number;
}

export interface DeliveryReport {
  readonly delivered: readonly Parcel[];
  readonly undelivered: readonly Undelivered[];
}

const MAX_BACKOFF_MS = 30_000;

/** The reason of parcels that were not sent for lack of time. It does not count against the sink. */
export const NO_TIME_LEFT = 'no time left';

/**
 * Sends parcels in calls of the sink's size, one after the other. Parcels that a call left are sent again before the
 * next call, so that order is kept as far as the sink keeps it. A call that is refused as a whole is halved until the
 * bad parcel is alone. The first `config` verdict ends the delivery, since no other parcel would arrive; with
 * `inOrder`, so does the first `retry` that is given up. Waits as long as the sink asks. Resolves when every parcel is
 * delivered or given up; never rejects.
 */
export async function deliver(
  parcels: readonly Parcel[],
  sink: DeliverySink,
  options: DeliverOptions,
): Promise<DeliveryReport> {
  const delivered: Parcel[] = [];
  const undelivered: Undelivered[] = [];
  /** Calls still to make, the next one last. */
  const calls: Call[] = callsOf(parcels, sink)
    .map((call) => ({ parcels: call, attempts: 0, waitMs: 0 }))
    .toReversed();
  let calledOnce = false;
  for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
    if (calledOnce && options.nowMs() >= options.deadlineMs) {
      const { attempts } = call;
      undelivered.push(
        ...call.parcels.map((parcel) => ({ parcel, kind: 'retry', reason: NO_TIME_LEFT, attempts }) as const),
      );
      continue;
    }
    calledOnce = true;
    const sent = await send(call, sink, options);
    delivered.push(...sent.delivered);
    undelivered.push(...sent.undelivered);
    calls.push(...sent.again.toReversed());
    const end = sent.undelivered.find(
      ({ kind }) => kind === 'config' || (options.inOrder === true && kind === 'retry'),
    );
    if (end === undefined) continue;
    for (const { parcels: rest } of calls.splice(0).toReversed()) {
      undelivered.push(...rest.map((parcel) => ({ ...end, parcel, attempts: 0 })));
    }
  }
  return { delivered, undelivered };
}

interface Call {
  readonly parcels: readonly Parcel[];
  /** Attempts so far. */
  readonly attempts: number;
  /** How long to wait before the call. */
  readonly waitMs: number;
}

interface Sent extends DeliveryReport {
  readonly again: readonly Call[];
}

async function send(call: Call, sink: DeliverySink, options: DeliverOptions): Promise<Sent> {
  const { attempts: limit = 6, nowMs, deadlineMs } = options;
  if (call.attempts > 0) await options.sleep(call.waitMs);
  const attempts = call.attempts + 1;
  const verdicts = await answered(call.parcels, sink, options);
  const verdictOf = (i: number): Verdict => verdicts[i] ?? { kind: 'retry', reason: 'the reply was incomplete' };
  const delivered = call.parcels.filter((_, i) => verdictOf(i).kind === 'delivered');
  const undelivered: Undelivered[] = [];
  const retry: Undelivered[] = [];
  const split: Undelivered[] = [];
  for (const [i, parcel] of call.parcels.entries()) {
    const verdict = verdictOf(i);
    if (verdict.kind === 'delivered') continue;
    const { kind, reason } = verdict;
    if (kind === 'retry') retry.push({ parcel, kind, reason, attempts, ...afterOf(verdict) });
    else if (kind === 'split') split.push({ parcel, kind: 'data', reason, attempts });
    else undelivered.push({ parcel, kind, reason, attempts });
  }
  const again: Call[] = [];
  if (split.length === 1) undelivered.push(...split);
  else if (split.length > 1) {
    const half = split.length >>> 1;
    // The halves start at no attempts: neither was refused yet.
    for (const part of [split.slice(0, half), split.slice(half)]) {
      again.push({ parcels: parcelsOf(part), attempts: 0, waitMs: 0 });
    }
  }
  const waitMs = retry.reduce((longest, { afterMs = 0 }) => Math.max(longest, afterMs), backoff(attempts, options));
  const late = nowMs() + waitMs >= deadlineMs;
  if (retry.length > 0 && (attempts >= limit || late)) undelivered.push(...retry);
  else if (retry.length > 0) again.push({ parcels: parcelsOf(retry), attempts, waitMs });
  return { delivered, undelivered, again };
}

/** Returns the verdicts of one call. A sink that rejects, against its promise, counts as one that did not answer. */
async function answered(
  parcels: readonly Parcel[],
  sink: DeliverySink,
  { nowMs, sleep, cutOffMs }: DeliverOptions,
): Promise<readonly Verdict[]> {
  const none = (reason: string): readonly Verdict[] => parcels.map(() => ({ kind: 'retry', reason }));
  const call = sink.deliver(parcels).catch(() => none('the sink failed'));
  if (cutOffMs === undefined) return call;
  const over = new AbortController();
  const cutOff = sleep(Math.max(0, cutOffMs - nowMs()), over.signal).then(() => none('no reply in time'));
  try {
    return await Promise.race([call, cutOff]);
  } finally {
    over.abort();
  }
}

function afterOf(verdict: Verdict & { readonly kind: 'retry' }): { readonly afterMs?: number } {
  return verdict.afterMs === undefined ? {} : { afterMs: verdict.afterMs };
}

function parcelsOf(undelivered: readonly Undelivered[]): readonly Parcel[] {
  return undelivered.map(({ parcel }) => parcel);
}

function backoff(attempts: number, { backoffMs = 250, random }: DeliverOptions): number {
  return Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (attempts - 1)) * (0.5 + random() / 2);
}

/** Splits parcels into calls of the sink's size. A larger parcel travels alone, for the sink to refuse. */
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
