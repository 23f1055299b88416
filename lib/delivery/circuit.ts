// When a lane that has failed is tried again.
import type { Undelivered } from './deliver.ts';

/** The trouble of one lane. While there is one, nothing is sent before `nextTryMs`. */
export interface Circuit {
  /** In a row, without anything delivered in between. */
  readonly failures: number;
  readonly kind: 'retry' | 'config';
  /** As the sink's verdict gave it: a status or a code. */
  readonly reason: string;
  /** Since when the oldest of what waits has waited, in epoch milliseconds. */
  readonly waitingSinceMs: number;
  readonly nextTryMs: number;
}

export interface Failure {
  readonly kind: 'retry' | 'config';
  readonly reason: string;
  readonly afterMs?: number;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
const CONFIG_MS = 15 * 60_000;
/** A sink that asks to be left alone for longer is asked again all the same: what waits becomes a dead letter after a day. */
const LONGEST_ASKED_MS = 60 * 60_000;

/**
 * After the first failure a second, then twice as long each time up to five minutes, with jitter (half to whole); at least
 * what the sink asked for. What somebody must change is looked at every 15 minutes.
 */
export function afterFailure(
  before: Circuit | undefined,
  { kind, reason, afterMs = 0 }: Failure,
  waitingSinceMs: number,
  nowMs: number,
  random: () => number,
): Circuit {
  const failures = (before?.failures ?? 0) + 1;
  const backoffMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20)) * (0.5 + random() / 2);
  const waitMs = kind === 'config' ? CONFIG_MS : Math.max(backoffMs, Math.min(afterMs, LONGEST_ASKED_MS));
  return { failures, kind, reason, waitingSinceMs, nextTryMs: Math.round(nowMs + waitMs) };
}

/** What says that the sink, or the way to it, does not work: neither a parcel that is at fault itself nor time that was up. */
export function failureIn(undelivered: readonly Undelivered[], noTimeLeft: string): Failure | undefined {
  for (const { kind, reason, afterMs } of undelivered) {
    if (kind !== 'data' && reason !== noTimeLeft) return { kind, reason, ...(afterMs !== undefined && { afterMs }) };
  }
  return undefined;
}
