// What HTTP replies have in common, whoever sends them: the verdict of a status, and when to come again.
import { isObject } from '../../base/json.ts';
import type { Parcel, Verdict } from '../../delivery/ports.ts';
import { verdictOfFailure } from '../outbound/failure.ts';
import type { PostReply } from './post.ts';

/** What each status means to one service; the others mean what their class does. */
export type StatusTable = Readonly<Record<number, Exclude<Verdict['kind'], 'delivered'>>>;

/** Redirects are not followed: the setting is wrong. Else 4xx is `config`, and everything else `retry`. */
export function verdictOfStatus({ status }: PostReply, table: StatusTable): Verdict {
  return { kind: table[status] ?? (status >= 300 && status < 500 ? 'config' : 'retry'), reason: `status ${status}` };
}

/** Thrown in place of a reply where what comes before a call has been refused. */
export class VerdictError extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super('refused before the call');
    this.verdict = verdict;
  }
}

/**
 * One call for all parcels: what `read` makes of the reply, for each of them or for all alike. Without a reply it is the same
 * for all. Where the service says when to come again (Retry-After), every `retry` says so too. Never rejects.
 */
export async function verdictsOf(
  parcels: readonly Parcel[],
  send: () => Promise<PostReply>,
  read: (reply: PostReply) => Verdict | readonly Verdict[],
): Promise<readonly Verdict[]> {
  try {
    const reply = await send();
    const verdict = read(reply);
    const verdicts = isList(verdict) ? verdict : parcels.map(() => verdict);
    const afterMs = retryAfterMs(reply, Date.now());
    return afterMs === undefined ? verdicts : verdicts.map((one) => (one.kind === 'retry' ? { ...one, afterMs } : one));
  } catch (error) {
    const verdict = error instanceof VerdictError ? error.verdict : verdictOfFailure(error);
    return parcels.map(() => verdict);
  }
}

function isList(verdict: Verdict | readonly Verdict[]): verdict is readonly Verdict[] {
  return Array.isArray(verdict);
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterMs({ headers }: PostReply, nowMs: number): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** A reply's JSON object; undefined when it is none. */
export function jsonOf({ text }: PostReply): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
