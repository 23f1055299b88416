// Sends parcels to one sink until each is delivered or given up: bounded retries, bisecting, order.
import { areEnough, judgedAlone } from './refusals.ts';
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
  /** Until when the caller is sure to hear verdicts, in epoch milliseconds. @default `cutOffMs` */
  readonly hearsUntilMs?: number;
  /** Reports each refusal as it is, although the sink refuses everything alike. @default false */
  readonly refusalsStand?: boolean;
}

/** A parcel that was not delivered, and why. */
export interface Undelivered {
  readonly parcel: Parcel;
  readonly kind: 'retry' | 'config' | 'data';
  readonly reason: string;
  /** How often the parcel was sent. */
  readonly attempts: number;
  /** For `retry`: how long to wait. */
  readonly afterMs?: number;
}

export interface DeliveryReport {
  readonly delivered: readonly Parcel[];
  readonly undelivered: readonly Undelivered[];
  /** How many of the delivered parcels were cut to a limit of their sink. */
  readonly cut: number;
}

const MAX_BACKOFF_MS = 30_000;

/** The reason of parcels that were not sent for lack of time. It does not count against the sink. */
export const NO_TIME_LEFT = 'no time left';

/**
 * Sends parcels in calls of the sink's size, one after the other. Parcels that a call left are sent again before the
 * next call, so that order is kept as far as the sink keeps it. A call that is refused as a whole is halved until the
 * bad parcel is alone. Where the sink takes none of a call and refuses all alike, a setting is wrong (`refusals.ts`).
 * The first `config` verdict ends the delivery, since no other parcel would arrive; with `inOrder`, so does the first
 * `retry` that is given up. Waits as long as the sink asks. Resolves when every parcel is delivered or given up; never
 * rejects.
 */
export async function deliver(
  parcels: readonly Parcel[],
  sink: DeliverySink,
  options: DeliverOptions,
): Promise<DeliveryReport> {
  const delivered: Parcel[] = [];
  const undelivered: Undelivered[] = [];
  /** Refused parcels that are not judged yet: the sink took nothing beside them. */
  const refused: Undelivered[] = [];
  let cut = 0;
  const calls = callsOf(parcels, sink);
  for (const [i, call] of calls.entries()) {
    const settled = await settle(call, sink, options, i === 0);
    delivered.push(...settled.delivered);
    cut += settled.cut;
    const others = settled.undelivered.filter(({ kind }) => kind !== 'data');
    const ours = settled.undelivered.filter(({ kind }) => kind === 'data');
    refused.push(...ours);
    undelivered.push(...others);
    const isTaking = settled.delivered.length > 0 || (ours.length === 1 && delivered.length > 0);
    if (options.refusalsStand === true || isTaking) undelivered.push(...refused.splice(0));
    else if (ours.length > 1 || areEnough(refused)) undelivered.push(...judgedAlone(refused.splice(0)));
    const end = undelivered.find((one) => endsDelivery(one, options));
    if (end === undefined) continue;
    undelivered.push(...leftBy(end, calls.slice(i + 1).flat()));
    break;
  }
  return { delivered, undelivered: [...undelivered, ...judgedAlone(refused)], cut };
}

function endsDelivery({ kind, reason }: Undelivered, { inOrder = false }: DeliverOptions): boolean {
  return kind === 'config' || (inOrder && kind === 'retry' && reason !== NO_TIME_LEFT);
}

/** Returns the parcels that are not sent, for the reason of the one that ended the delivery. */
function leftBy(end: Undelivered, parcels: readonly Parcel[]): readonly Undelivered[] {
  return parcels.map((parcel) => ({ ...end, parcel, attempts: 0 }));
}

interface Call {
  readonly parcels: readonly Parcel[];
  /** Attempts so far. */
  readonly attempts: number;
  /** How long to wait before the call. */
  readonly waitMs: number;
}

/** Makes a call, and the calls that follow from its reply, until each of its parcels is delivered or given up. */
async function settle(
  parcels: readonly Parcel[],
  sink: DeliverySink,
  options: DeliverOptions,
  isFirst: boolean,
): Promise<DeliveryReport> {
  const delivered: Parcel[] = [];
  const undelivered: Undelivered[] = [];
  let cut = 0;
  /** Calls still to make, the next one last. */
  const calls: Call[] = [{ parcels, attempts: 0, waitMs: 0 }];
  let mayCall = isFirst;
  for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
    if (!mayCall && options.nowMs() >= options.deadlineMs) {
      const { attempts } = call;
      undelivered.push(
        ...call.parcels.map((parcel) => ({ parcel, kind: 'retry', reason: NO_TIME_LEFT, attempts }) as const),
      );
      continue;
    }
    mayCall = false;
    const sent = await send(call, sink, options);
    delivered.push(...sent.delivered);
    undelivered.push(...sent.undelivered);
    cut += sent.cut;
    calls.push(...sent.again.toReversed());
    const end =
      sent.undelivered.find((one) => endsDelivery(one, options)) ?? settingIn(delivered, undelivered, options);
    if (end !== undefined)
      undelivered.push(
        ...leftBy(
          end,
          calls
            .splice(0)
            .toReversed()
            .flatMap((one) => one.parcels),
        ),
      );
  }
  return { delivered, undelivered, cut };
}

/** Returns a `config` verdict once the refusals of a call show that the others would be refused too. */
function settingIn(
  delivered: readonly Parcel[],
  undelivered: readonly Undelivered[],
  { refusalsStand = false }: DeliverOptions,
): Undelivered | undefined {
  const refused = undelivered.filter(({ kind }) => kind === 'data');
  return delivered.length === 0 && !refusalsStand && areEnough(refused) ? judgedAlone(refused)[0] : undefined;
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
  const delivered: Parcel[] = [];
  const undelivered: Undelivered[] = [];
  const retry: Undelivered[] = [];
  const split: Parcel[] = [];
  const single: Parcel[] = [];
  let cut = 0;
  for (const [i, parcel] of call.parcels.entries()) {
    const verdict = verdictOf(i);
    if (verdict.kind === 'delivered') {
      delivered.push(parcel);
      if (verdict.isCut === true || parcel.about?.isCut === true) cut += 1;
    } else if (verdict.kind === 'retry') {
      const { kind, reason, afterMs } = verdict;
      retry.push({
        parcel: withReceipt(parcel, sink),
        kind,
        reason,
        attempts,
        ...(afterMs !== undefined && { afterMs }),
      });
    } else if (verdict.kind === 'split') {
      const { reason, isSingle = false } = verdict;
      if (call.parcels.length === 1) undelivered.push({ parcel, kind: 'data', reason, attempts });
      else (isSingle ? single : split).push(parcel);
    } else {
      undelivered.push({ parcel: withReceipt(parcel, sink), ...verdict, attempts });
    }
  }
  // Smaller calls start at no attempts: none of them was refused yet.
  const parts = [...halvesOf(split), ...single.map((parcel) => [parcel])];
  const again: Call[] = parts.map((parcels) => ({ parcels, attempts: 0, waitMs: 0 }));
  const waitMs = retry.reduce((longest, { afterMs = 0 }) => Math.max(longest, afterMs), backoff(attempts, options));
  const late = nowMs() + waitMs >= deadlineMs;
  if (retry.length > 0 && (attempts >= limit || late)) undelivered.push(...retry);
  else if (retry.length > 0) again.push({ parcels: parcelsOf(retry), attempts, waitMs });
  return { delivered, undelivered, again, cut };
}

function halvesOf(parcels: readonly Parcel[]): readonly (readonly Parcel[])[] {
  const half = parcels.length >>> 1;
  return [parcels.slice(0, half), parcels.slice(half)].filter((part) => part.length > 0);
}

/** Returns the verdicts of one call. A sink that rejects, against its promise, counts as one that did not answer. */
async function answered(
  parcels: readonly Parcel[],
  sink: DeliverySink,
  { nowMs, sleep, cutOffMs, hearsUntilMs = cutOffMs }: DeliverOptions,
): Promise<readonly Verdict[]> {
  const none = (reason: string): readonly Verdict[] => parcels.map(() => ({ kind: 'retry', reason }));
  const call = sink.deliver(parcels, hearsUntilMs).catch(() => none('the sink failed'));
  if (cutOffMs === undefined) return call;
  const over = new AbortController();
  const cutOff = sleep(Math.max(0, cutOffMs - nowMs()), over.signal).then(() => none('no reply in time'));
  try {
    return await Promise.race([call, cutOff]);
  } finally {
    over.abort();
  }
}

/** Returns the parcel with what the sink must know to ask for it later. */
export function withReceipt(parcel: Parcel, sink: DeliverySink): Parcel {
  const { receipt: _spent, ...plain } = parcel;
  const receipt = sink.receiptOf?.(parcel.id);
  return receipt === undefined ? plain : { ...plain, receipt };
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
