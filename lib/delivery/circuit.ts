// Decides when a lane that has failed is tried again.
import type { Undelivered } from './deliver.ts';

/** The failure of one lane. While there is one, no parcel is sent before `nextTryMs`. */
export interface Circuit {
  /** Failures in a row, without a delivery in between. */
  readonly failures: number;
  readonly kind: 'retry' | 'config';
  /** The reason in the sink's verdict: a status or a code. */
  readonly reason: string;
  /** When the oldest waiting parcel began to wait, in epoch milliseconds. */
  readonly waitingSinceMs: number;
  readonly nextTryMs: number;
  /** The revision of the settings that failed. Others are tried at once. */
  readonly revision?: number | undefined;
}

export interface Failure {
  readonly kind: 'retry' | 'config';
  readonly reason: string;
  readonly afterMs?: number;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
const CONFIG_MS = 15 * 60_000;
/** A longer Retry-After is cut to this: waiting parcels become dead letters after a day. */
const LONGEST_ASKED_MS = 60 * 60_000;

/**
 * Returns the circuit after one more failure. `retry` waits a second after the first failure, then twice as long each
 * time up to five minutes, with jitter (half to whole), and at least as long as the sink asked for. `config` waits 15
 * minutes.
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

/** Returns the first failure of the sink or of the way to it. Bad parcels (`data`) and a lack of time are none. */
export function failureIn(undelivered: readonly Undelivered[], noTimeLeft: string): Failure | undefined {
  for (const { kind, reason, afterMs } of undelivered) {
    if (kind !== 'data' && reason !== noTimeLeft) return { kind, reason, ...(afterMs !== undefined && { afterMs }) };
  }
  return undefined;
}
