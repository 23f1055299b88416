// Splunk HTTP Event Collector (help.splunk.com, "HTTP Event Collector REST API endpoints", "Troubleshoot HEC"): JSON
// objects one after another, a code in every reply and, for tokens with it enabled, indexer acknowledgement.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from '../../base/attempt.ts';
import { gzipped } from '../../base/gzip.ts';
import { isObject, type JsonObject, membersOf } from '../../base/json.ts';
import type { DeliverySink, Pace, Parcel, Verdict } from '../../delivery/ports.ts';
import { apiUrl, type Post, type PostReply, type PostTarget, postTo } from './post.ts';
import { isSuccess, jsonOf, verdictOfStatus, verdictsOf } from './reply.ts';

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

const SYSTEM_CLOCK: Pick<Pace, 'nowMs' | 'sleep'> = {
  nowMs: Date.now,
  sleep: (ms) => sleep(ms),
};

const FIRST_POLL_MS = 100;
const LAST_POLL_MS = 2_000;
/** Time for a question's reply to arrive. */
const POLL_TAKES_MS = 250;
/** Splunk advises to send events again that are not acknowledged after this time. */
const RESEND_AFTER_MS = 300_000;
/** What was sent long ago and is not offered again is forgotten. */
const FORGET_AFTER_MS = 3_600_000;

/** A parcel that the collector has queued. */
interface Sent {
  readonly channel: string;
  readonly ackId: number;
  readonly atMs: number;
  /** Acknowledged. Splunk says so once, so it is remembered: the caller of that time may have given up. */
  isDone: boolean;
}

/**
 * Splunk keeps repeats: the indexed field `eventId` shows them. Without acknowledgement, events are delivered once the
 * collector has queued them. With it, the sink asks for events that are queued and not acknowledged, in this process or
 * by their receipts from another, and sends them again only after five minutes, when the last question brought nothing.
 * Sends at most 1,000 events and 1 MB a call.
 */
export function splunkHecSink(options: SplunkSinkOptions): DeliverySink {
  const { token, acknowledge, acknowledgeWithinMs = 10_000, clock = SYSTEM_CLOCK, name = 'splunk' } = options;
  const ownChannel = randomUUID();
  const server = options.url.replace(/\/services\/collector(?:\/event)?\/*$/, '');
  const to = (path: string, channel: string): Post => {
    const url = apiUrl(server, `services/collector/${path}`);
    if (path === 'ack') url.searchParams.set('channel', channel);
    const header = acknowledge ? { 'x-splunk-request-channel': channel } : {};
    return postTo({ ...options.connection, url, headers: { authorization: `Splunk ${token}`, ...header } });
  };
  const postEvents = to('event', ownChannel);
  /** Posts questions, by channel. */
  const postAcks = new Map<string, Post>();
  const pending = new Map<string, Sent>();

  async function send(parcels: readonly Parcel[], poll: Poll): Promise<readonly Verdict[]> {
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
    for (const { id } of parcels) {
      pending.set(id, { channel: ownChannel, ackId, atMs: clock.nowMs(), isDone: false });
    }
    return acknowledged(parcels, poll);
  }

  /**
   * Polls until all are acknowledged or the time is up. Asks nothing that the caller would not hear: what Splunk says
   * once would be lost.
   */
  async function acknowledged(parcels: readonly Parcel[], { endMs, lastMs }: Poll): Promise<readonly Verdict[]> {
    let failed: ReadonlyMap<string, Verdict> = new Map();
    const isOpen = (): boolean => parcels.some(({ id }) => pending.get(id)?.isDone === false);
    for (let waitMs = FIRST_POLL_MS; isOpen() && clock.nowMs() <= lastMs; waitMs = Math.min(LAST_POLL_MS, waitMs * 2)) {
      // oxlint-disable-next-line no-await-in-loop -- one poll after the other
      failed = await ask(parcels);
      const isRefused = [...failed.values()].some(({ kind }) => kind === 'config');
      const leftMs = Math.min(endMs, lastMs) - clock.nowMs();
      if (!isOpen() || isRefused || leftMs <= 0) break;
      // oxlint-disable-next-line no-await-in-loop
      await clock.sleep(Math.min(waitMs, leftMs));
    }
    return parcels.map(({ id }): Verdict => {
      const sent = pending.get(id);
      if (sent?.isDone === true) return { kind: 'delivered' };
      return failed.get(sent?.channel ?? '') ?? { kind: 'retry', reason: 'not acknowledged' };
    });
  }

  /**
   * Notes acknowledgements, also those of other parcels of the same calls. Returns a verdict for each channel whose poll
   * failed.
   */
  async function ask(parcels: readonly Parcel[]): Promise<ReadonlyMap<string, Verdict>> {
    const waiting = parcels.flatMap(({ id }) => pending.get(id) ?? []).filter(({ isDone }) => !isDone);
    const failed = new Map<string, Verdict>();
    for (const [channel, of] of Map.groupBy(waiting, (sent) => sent.channel)) {
      const post = postAcks.get(channel) ?? to('ack', channel);
      postAcks.set(channel, post);
      let acks: JsonObject = {};
      // oxlint-disable-next-line no-await-in-loop -- more than one channel is rare
      const [verdict] = await verdictsOf(
        parcels.slice(0, 1),
        () =>
          post(JSON.stringify({ acks: [...new Set(of.map(({ ackId }) => ackId))] }), {
            'content-type': 'application/json',
          }),
        (reply) => {
          const told = jsonOf(reply)?.['acks'];
          if (!isSuccess(reply) || !isObject(told)) return refusalOf(reply);
          acks = told;
          return { kind: 'delivered' };
        },
      );
      if (verdict?.kind !== 'delivered') failed.set(channel, verdict!);
      for (const sent of pending.values()) if (sent.channel === channel) sent.isDone ||= acks[sent.ackId] === true;
    }
    return failed;
  }

  /** Takes up what another process noted, and forgets what is not offered any more. */
  function remember(parcels: readonly Parcel[], nowMs: number): void {
    for (const { id, receipt } of parcels) {
      const sent = receipt === undefined || pending.has(id) ? undefined : sentOf(receipt);
      if (sent !== undefined) pending.set(id, sent);
    }
    const offered = new Set(parcels.map(({ id }) => id));
    for (const [id, { atMs }] of pending) if (nowMs - atMs > FORGET_AFTER_MS && !offered.has(id)) pending.delete(id);
  }

  return {
    name,
    maxParcels: 1_000,
    maxBytes: 1_000_000,
    async deliver(parcels, untilMs = Number.POSITIVE_INFINITY) {
      const nowMs = clock.nowMs();
      const poll: Poll = { endMs: nowMs + acknowledgeWithinMs, lastMs: untilMs - POLL_TAKES_MS };
      remember(parcels, nowMs);
      const known = new Map<string, Verdict>();
      const note = (some: readonly Parcel[], verdicts: readonly Verdict[]): void => {
        for (const [i, { id }] of some.entries()) known.set(id, verdicts[i]!);
      };
      const waiting = parcels.filter(({ id }) => pending.has(id));
      const young = waiting.filter(({ id }) => nowMs - pending.get(id)!.atMs <= RESEND_AFTER_MS);
      const old = waiting.filter((parcel) => !young.includes(parcel));
      note(old, await acknowledged(old, { ...poll, endMs: nowMs }));
      for (const { id } of old) {
        if (known.get(id)?.kind === 'delivered') continue;
        pending.delete(id);
        known.delete(id);
      }
      note(young, await acknowledged(young, poll));
      const unsent = parcels.filter(({ id }) => !known.has(id));
      note(unsent, await send(unsent, poll));
      return parcels.map(({ id }) => known.get(id)!);
    },
    receiptOf(id) {
      const sent = pending.get(id);
      return sent === undefined ? undefined : JSON.stringify(sent);
    },
  };
}

/** How long a call asks for acknowledgements. */
interface Poll {
  readonly endMs: number;
  /** No question begins after this: the caller would not hear the answer. */
  readonly lastMs: number;
}

/** Reads a receipt. Returns undefined for one of another form, whose parcel is then sent again. */
function sentOf(receipt: string): Sent | undefined {
  const parsed = attempt(() => JSON.parse(receipt) as unknown);
  const { channel, ackId, atMs, isDone } = membersOf(parsed.ok ? parsed.value : undefined);
  const isSound = typeof channel === 'string' && typeof ackId === 'number' && typeof atMs === 'number';
  return isSound ? { channel, ackId, atMs, isDone: isDone === true } : undefined;
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
  const { 'invalid-event-number': invalid } = jsonOf(reply) ?? {};
  const verdict = refusalOf(reply);
  if (verdict.kind !== 'data' || parcels.length === 1) return verdict;
  const { reason } = verdict;
  if (typeof invalid !== 'number' || parcels[invalid] === undefined) return { kind: 'split', reason };
  return parcels.map((_, i) => {
    if (i === invalid) return verdict;
    return i < invalid && !acknowledge ? { kind: 'delivered' } : { kind: 'split', reason: 'beside an invalid event' };
  });
}

/** Maps a reply by its code, if it has one that rejects, and by its status otherwise. */
function refusalOf(reply: PostReply): Verdict {
  const code = jsonOf(reply)?.['code'];
  if (typeof code === 'number' && code !== 0) {
    const kind = CODES[code] ?? (isSuccess(reply) ? 'retry' : undefined);
    if (kind !== undefined) return { kind, reason: `code ${code}` };
  }
  return verdictOfStatus(reply, { 408: 'retry', 413: 'split', 429: 'retry' });
}
