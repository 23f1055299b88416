// One invocation of a function by Lambda.
import type { Context } from 'aws-lambda';

export type LambdaHandler<Event, Reply> = (event: Event, context: Context) => Promise<Reply>;

/** The part of the time limit that stays for wording a refusal. */
const REPLY_WITHIN_MS = 500;

/**
 * Returns a signal that aborts half a second before the time limit, so that a sink that hangs does not take the refusal
 * with it; no signal where there is no limit. Call `clear` when the work is done.
 */
export function deadlineOf(context: Context): { signal?: AbortSignal; clear: () => void } {
  // Absent on a laptop.
  const remainingMs = (context as Partial<Context>).getRemainingTimeInMillis?.();
  if (remainingMs === undefined) return { clear: () => {} };
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), Math.max(0, remainingMs - REPLY_WITHIN_MS));
  return { signal: giveUp.signal, clear: () => clearTimeout(timer) };
}
