// Splunk HTTP Event Collector (help.splunk.com, "HTTP Event Collector REST API endpoints", "Troubleshoot HEC"): JSON
// objects one after another, a code in every reply and, for tokens with it enabled, indexer acknowledgement.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipped } from '../../base/gzip.ts';
import type { DeliverySink, Pace, Parcel, Verdict } from '../../delivery/ports.ts';
import { type Post, type PostReply, type PostTarget, postTo } from './post.ts';
import { jsonOf, verdictOfStatus, verdictsOf } from './reply.ts';

export interface SplunkSinkOptions {
  /** `https://host:8088` */
  readonly url: string;
  readonly token: string;
  /** Counts only acknowledged events as delivered. Must match the token's setting for indexer acknowledgement. */
  readonly acknowledge: boolean;
  readonly index?: string | undefined;
  /** @default `serverless-protector` */
  readonly source?: string | undefined;
  /** @default `_json` */
  readonly sourcetype?: string | undefined;
  readonly host?: string | undefined;
  readonly connection?: Pick<PostTarget, 'ca' | 'guard' | 'timeoutMs'>;
  /** How long a call polls for the acknowledgement. @default 10,000 */
  readonly acknowledgeWithinMs?: number | undefined;
  /** @default the system's clock and timer */
  readonly clock?: Pick<Pace, 'nowMs' | 'sleep'> | undefined;
  /** @default `splunk` */
  readonly name?: string;
}

/** Verdicts by code; the HTTP status decides for other codes. 5 and 6 may name one event. */
const CODES: Readonly<Record<number, 'config' | 'data' | 'retry'>> = {
  1: 'config', // token disabled
  2: 'config', // token is required
  3: 'config', // invalid authorization
  4: 'config', // invalid token
  5: 'data', // no data
  6: 'data', // invalid data format
  7: 'config', // incorrect index
  8: 'retry', // internal server error
  9: 'retry', // server is busy
  10: 'config', // data channel is missing
  11: 'config', // invalid data channel
  12: 'data', // event field is required
  13: 'data', // event field cannot be blank
  14: 'config', // acknowledgement is disabled
  15: 'data', // error in handling indexed fields
  16: 'config', // query string authorization is not enabled
};

const SYSTEM_CLOCK: Pick<Pace, 'nowMs' | 'sleep'> = { nowMs: Date.now, sleep: (ms) => sleep(ms) };

const FIRST_POLL_MS = 100;
const LAST_POLL_MS = 2_000;
/** Splunk advises to send events again that are not acknowledged after this time. */
const RESEND_AFTER_MS = 300_000;

interface Sent {
  readonly ackId: number;
  readonly atMs: number;
  /** Acknowledged, and not yet reported to a caller. */
  isDone: boolean;
}

/**
 * Splunk keeps repeats: the indexed field `eventId` shows them. Without acknowledgement, events are delivered once the
 * collector has queued them. With it, the sink first asks again for events that are queued and not acknowledged, and
 * sends only the others, as long as this sink lives. Sends at most 1,000 events and 1 MB a call.
 */
export function splunkHecSink(options: SplunkSinkOptions): DeliverySink {
  const { url, token, acknowledge, acknowledgeWithinMs = 10_000, clock = SYSTEM_CLOCK, name = 'splunk' } = options;
  const channel = randomUUID();
  const headers = {
    authorization: `Splunk ${token}`,
    ...(acknowledge && { 'x-splunk-request-channel': channel }),
  };
  const server = url.endsWith('/') ? url : `${url}/`;
  const to = (path: string): Post => postTo({ ...options.connection, url: new URL(path, server), headers });
  const postEvents = to('services/collector/event');
  const postAcks = to(`services/collector/ack?channel=${channel}`);
  /** Queued parcels by id. */
  const pending = new Map<string, Sent>();

  async function send(parcels: readonly Parcel[]): Promise<readonly Verdict[]> {
    if (parcels.length === 0) return [];
    const body = await gzipped(parcels.map((parcel) => eventOf(parcel, options)).join(''));
    let ackId: unknown;
    const verdicts = await verdictsOf(
      parcels,
      () => postEvents(body, { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      (reply) => {
        ackId = jsonOf(reply)?.['ackId'];
        return verdictOfReply(parcels, reply, acknowledge);
      },
    );
    if (!acknowledge || verdicts.some(({ kind }) => kind !== 'delivered')) return verdicts;
    if (typeof ackId !== 'number') return parcels.map(() => ({ kind: 'config', reason: 'no acknowledgement id' }));
    for (const { id } of parcels) pending.set(id, { ackId, atMs: clock.nowMs(), isDone: false });
    return acknowledged(parcels);
  }

  /** Polls until all are acknowledged or the time is up. */
  async function acknowledged(parcels: readonly Parcel[]): Promise<readonly Verdict[]> {
    const endMs = clock.nowMs() + acknowledgeWithinMs;
    let failed: Verdict | undefined;
    for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(LAST_POLL_MS, waitMs * 2)) {
      // oxlint-disable-next-line no-await-in-loop -- one poll after the other
      failed = await ask(parcels);
      const isOpen = parcels.some(({ id }) => pending.get(id)?.isDone === false);
      if (!isOpen || failed?.kind === 'config' || clock.nowMs() + waitMs > endMs) break;
      // oxlint-disable-next-line no-await-in-loop
      await clock.sleep(waitMs);
    }
    return parcels.map(({ id }) => {
      if (pending.get(id)?.isDone === false) return failed ?? { kind: 'retry', reason: 'not acknowledged' };
      pending.delete(id);
      return { kind: 'delivered' };
    });
  }

  /**
   * Notes acknowledgements, also those of other parcels of the same call, since Splunk reports each once. Returns a
   * verdict when the poll failed.
   */
  async function ask(parcels: readonly Parcel[]): Promise<Verdict | undefined> {
    const waiting = parcels.map(({ id }) => pending.get(id)).filter((sent) => sent?.isDone === false);
    const asked = new Set(waiting.map((sent) => sent!.ackId));
    if (asked.size === 0) return undefined;
    const acks = JSON.stringify({ acks: [...asked] });
    let answered: Readonly<Record<string, unknown>> | undefined;
    const [verdict] = await verdictsOf(
      parcels.slice(0, 1),
      () => postAcks(acks, { 'content-type': 'application/json' }),
      (reply) => {
        answered = jsonOf(reply)?.['acks'] as typeof answered;
        return reply.status === 200 && typeof answered === 'object' ? { kind: 'delivered' } : refusalOf(reply);
      },
    );
    if (verdict?.kind !== 'delivered') return verdict;
    for (const sent of pending.values()) sent.isDone ||= answered?.[sent.ackId] === true;
    return undefined;
  }

  return {
    name,
    maxParcels: 1_000,
    maxBytes: 1_000_000,
    async deliver(parcels) {
      const nowMs = clock.nowMs();
      for (const [id, { atMs }] of pending) if (nowMs - atMs > RESEND_AFTER_MS) pending.delete(id);
      const waiting = parcels.filter(({ id }) => pending.has(id));
      const known = new Map<string, Verdict>();
      const note = (some: readonly Parcel[], verdicts: readonly Verdict[]): void => {
        for (const [i, { id }] of some.entries()) known.set(id, verdicts[i]!);
      };
      note(waiting, waiting.length === 0 ? [] : await acknowledged(waiting));
      const unsent = parcels.filter(({ id }) => !known.has(id));
      note(unsent, await send(unsent));
      return parcels.map(({ id }) => known.get(id)!);
    },
  };
}

/** Writes an event. `time`, in seconds with milliseconds, takes precedence over any time in the event. */
function eventOf({ id, timeMs, body, about }: Parcel, options: SplunkSinkOptions): string {
  const { index, host, source = 'serverless-protector', sourcetype = '_json' } = options;
  const fields = { eventId: id, ...(about !== undefined && { tenantId: about.tenantId, eventName: about.event }) };
  const frame = JSON.stringify({ time: timeMs / 1000, host, source, sourcetype, index, fields });
  return `${frame.slice(0, -1)},"event":${about?.content === 'text' ? JSON.stringify(body) : body}}`;
}

/**
 * Reads the reply. Where it names the first bad event, Splunk has indexed those before it and not read those after it.
 * With acknowledgement the ones before never get one, so they are sent again.
 */
function verdictOfReply(
  parcels: readonly Parcel[],
  reply: PostReply,
  acknowledge: boolean,
): Verdict | readonly Verdict[] {
  const { code, 'invalid-event-number': invalid } = jsonOf(reply) ?? {};
  if (reply.status === 200 && code === 0) return { kind: 'delivered' };
  const verdict = refusalOf(reply);
  if (verdict.kind !== 'data' || parcels.length === 1) return verdict;
  const { reason } = verdict;
  if (typeof invalid !== 'number' || parcels[invalid] === undefined) return { kind: 'split', reason };
  return parcels.map((_, i) => {
    if (i === invalid) return verdict;
    return i < invalid && !acknowledge ? { kind: 'delivered' } : { kind: 'retry', reason: 'beside an invalid event' };
  });
}

function refusalOf(reply: PostReply): Verdict {
  const code = jsonOf(reply)?.['code'];
  const kind = typeof code === 'number' ? CODES[code] : undefined;
  if (kind !== undefined && reply.status !== 200) return { kind, reason: `code ${String(code)}` };
  if (reply.status === 200) return { kind: 'retry', reason: 'malformed reply' };
  return verdictOfStatus(reply, { 408: 'retry', 413: 'split', 429: 'retry' });
}
