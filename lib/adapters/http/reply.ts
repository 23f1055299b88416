// What all HTTP replies have in common: the verdict of a status, web pages in place of a reply, and Retry-After.
import { isObject } from '../../base/json.ts';
import type { Parcel, Verdict } from '../../delivery/ports.ts';
import { verdictOfFailure } from '../outbound/failure.ts';
import type { PostReply } from './post.ts';

/** The meaning of statuses for one service. Other statuses mean what their class means. */
export type StatusTable = Readonly<Record<number, Exclude<Verdict['kind'], 'delivered'>>>;

/**
 * Maps a reply whose body rejects nothing. Any 2xx is `delivered`: services and those that imitate them answer 200, 201,
 * 202 and 204, with a body or without. A web page is the word of another server (a sign-in, a proxy) and no delivery.
 * Other statuses are mapped by the table, else 3xx (not followed: the setting is wrong) and 4xx to `config`, and others
 * to `retry`.
 */
export function verdictOfStatus(reply: PostReply, table: StatusTable): Verdict {
  const { status } = reply;
  if (isSuccess(reply)) return isWebPage(reply) ? { kind: 'retry', reason: 'malformed reply' } : { kind: 'delivered' };
  return { kind: table[status] ?? (status >= 300 && status < 500 ? 'config' : 'retry'), reason: `status ${status}` };
}

export function isSuccess({ status }: PostReply): boolean {
  return status >= 200 && status < 300;
}

function isWebPage({ headers, text }: PostReply): boolean {
  const type = headers['content-type'];
  return (typeof type === 'string' && /^\s*text\/html\b/i.test(type)) || /^\s*<(?:!doctype\s+html|html)\b/i.test(text);
}

/** Thrown in place of a reply when a step before the call was refused. */
export class VerdictError extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super('refused before the call');
    this.verdict = verdict;
  }
}

/**
 * Makes one call for all parcels and returns what `read` makes of the reply: a verdict for each, or one for all. A call
 * without a reply gives one verdict for all. Adds the service's Retry-After to every `retry`. Never rejects.
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

/** Reads Retry-After (RFC 9110, 10.2.3): seconds or a date. */
function retryAfterMs({ headers }: PostReply, nowMs: number): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** Returns the reply's JSON object, or undefined when it is not one. */
export function jsonOf({ text }: PostReply): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
