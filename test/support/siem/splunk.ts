// The HTTP Event Collector of Splunk Enterprise: its reply codes, and acknowledgement per channel.
import { Secret } from '../../../lib/base/secret.ts';
import { type Call, Inbox, type Reply, startHttpReceiver } from './http-receiver.ts';
import { HTTP_FAULTS, type Receiver, type ReceiverOptions } from './receiver.ts';

const TOKEN = '6d3ee1bc-7f3a-4a41-9d0d-5a1c5b5c9e07';
const CHANNEL = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
/** `max_content_length` of limits.conf, reduced to keep tests small. */
const MAX_CONTENT = 1_000_000;

interface HecEvent {
  readonly time?: unknown;
  readonly event?: unknown;
  readonly fields?: { readonly eventId?: unknown };
}

export async function startSplunk(options: ReceiverOptions = {}): Promise<Receiver> {
  const { acknowledge = false } = options;
  const inbox = new Inbox(false);
  /** Acknowledgement ids by channel that no caller has asked for. */
  const acks = new Map<string, Map<number, boolean>>();
  let nextAck = 0;

  function events({ headers, body, fault, isBad }: Call): Reply {
    const channel = headers['x-splunk-request-channel'];
    if (acknowledge && channel === undefined) return said(10);
    if (acknowledge && !(typeof channel === 'string' && CHANNEL.test(channel))) return said(11);
    if (Buffer.byteLength(body) > MAX_CONTENT) return { status: 413, body: 'Content-Length too large' };
    if (body === '') return said(5);
    for (const [number, text] of splitObjects(body).entries()) {
      const parsed = parse(text);
      if (parsed === undefined) return said(6, number);
      const { event, time, fields } = parsed;
      if (event === undefined) return said(12, number);
      if (event === '') return said(13, number);
      if (typeof time !== 'number' || typeof fields?.eventId !== 'string') return said(6, number);
      const raw = typeof event === 'string' ? event : text.slice(text.indexOf(',"event":') + 9, -1);
      if (isBad(raw)) return said(6, number);
      inbox.take({ id: fields.eventId, body: raw, timeMs: Math.round(time * 1000) });
    }
    if (!acknowledge) return said(0);
    const ids = acks.get(String(channel)) ?? new Map<number, boolean>();
    acks.set(String(channel), ids.set(nextAck, fault !== 'unacknowledged'));
    return { status: 200, body: { text: 'Success', code: 0, ackId: nextAck++ } };
  }

  /** Reports acknowledgements. Forgets an id once it was reported as true. */
  function status({ url, body }: Call): Reply {
    if (!acknowledge) return said(14);
    const ids = acks.get(url.searchParams.get('channel') ?? '');
    const asked = (JSON.parse(body) as { acks: number[] }).acks;
    const told = asked.map((id) => [id, ids?.get(id) === true] as const);
    for (const [id, done] of told) if (done) ids?.delete(id);
    return { status: 200, body: { acks: Object.fromEntries(told) } };
  }

  const receiver = await startHttpReceiver(
    {
      operationOf: ({ pathname }) => (pathname.endsWith('/ack') ? 'ack' : 'send'),
      refusals: {
        throttle: { status: 429, body: { text: 'HEC queue is at capacity', code: 26 } },
        status500: said(8),
        status503: said(9),
        deny: said(4),
      },
      answer(call) {
        const { authorization } = call.headers;
        if (authorization === undefined) return said(2);
        if (!authorization.startsWith('Splunk ')) return said(3);
        if (authorization !== `Splunk ${TOKEN}`) return said(4);
        if (call.method !== 'POST') return { status: 405, body: '' };
        if (call.url.pathname === '/services/collector/event') return events(call);
        return call.url.pathname === '/services/collector/ack' ? status(call) : { status: 404, body: '' };
      },
    },
    options,
  );
  const token = new Secret(Buffer.from(TOKEN));
  return Object.assign(receiver, {
    settings: { kind: 'splunk' as const, url: receiver.endpoint, token, acknowledge, ca: options.ca },
    accepted: () => inbox.events,
    deduplicates: false,
    faults: acknowledge ? [...HTTP_FAULTS, 'unacknowledged' as const] : HTTP_FAULTS,
  });
}

/** HTTP status and text of the collector's codes. */
const CODES: Readonly<Record<number, readonly [status: number, text: string]>> = {
  0: [200, 'Success'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  8: [500, 'Internal server error'],
  9: [503, 'Server is busy'],
  10: [400, 'Data channel is missing'],
  11: [400, 'Invalid data channel'],
  12: [400, 'Event field is required'],
  13: [400, 'Event field cannot be blank'],
  14: [400, 'ACK is disabled'],
};

function said(code: number, invalid?: number): Reply {
  const [status, text] = CODES[code]!;
  return { status, body: { text, code, ...(invalid !== undefined && { 'invalid-event-number': invalid }) } };
}

/** Splits objects that follow one another, with or without white space between. */
function splitObjects(text: string): readonly string[] {
  const objects: string[] = [];
  let depth = 0;
  let inString = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' && depth++ === 0) start = at;
    else if (character === '}' && --depth === 0) objects.push(text.slice(start, at + 1));
  }
  if (depth > 0) objects.push(text.slice(start));
  return objects;
}

function parse(text: string): HecEvent | undefined {
  try {
    return JSON.parse(text) as HecEvent;
  } catch {
    return undefined;
  }
}
