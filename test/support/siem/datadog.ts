// Datadog's logs intake: limits of a request, and logs that it drops silently.
import { Secret } from '../../../lib/base/secret.ts';
import { type Call, Inbox, type Reply, startHttpReceiver } from './http-receiver.ts';
import { HTTP_FAULTS, type Receiver, type ReceiverOptions } from './receiver.ts';

const API_KEY = '0123456789abcdef0123456789abcdef';
const HOUR_MS = 3_600_000;

interface Log {
  readonly message?: unknown;
  readonly timestamp?: unknown;
  readonly eventId?: unknown;
}

export async function startDatadog(options: ReceiverOptions = {}): Promise<Receiver> {
  const inbox = new Inbox(false);

  function answer({ method, url, headers, body, isBad }: Call): Reply {
    if (method !== 'POST' || url.pathname !== '/api/v2/logs') return { status: 404 };
    if (headers['dd-api-key'] === undefined) return said(401, 'Unauthorized');
    if (headers['dd-api-key'] !== API_KEY) return said(403, 'Forbidden');
    if (Buffer.byteLength(body) > 5_000_000) return said(413, 'Payload too large');
    const logs = JSON.parse(body) as readonly Log[];
    if (!Array.isArray(logs) || logs.length > 1_000) return said(400, 'Bad request');
    if (logs.some(({ message }) => typeof message !== 'string' || isBad(message))) return said(400, 'Bad request');
    for (const { message, timestamp, eventId } of logs) {
      const timeMs = Number(timestamp);
      if (timeMs < Date.now() - 18 * HOUR_MS || timeMs > Date.now() + 2 * HOUR_MS) continue; // 202 all the same
      inbox.take({ id: String(eventId), body: String(message).slice(0, 1_000_000), timeMs });
    }
    return { status: 202 };
  }

  const receiver = await startHttpReceiver(
    {
      refusals: {
        throttle: said(429, 'Too many requests'),
        status500: said(500, 'Internal server error'),
        status503: said(503, 'Service unavailable'),
        deny: said(403, 'Forbidden'),
      },
      answer,
    },
    options,
  );
  return Object.assign(receiver, {
    settings: {
      kind: 'datadog' as const,
      site: 'datadoghq.com' as const,
      apiKey: new Secret(Buffer.from(API_KEY)),
      tags: 'env:test',
      url: receiver.endpoint,
    },
    accepted: () => inbox.events,
    deduplicates: false,
    faults: HTTP_FAULTS,
  });
}

function said(status: number, detail: string): Reply {
  return { status, body: { errors: [{ status: String(status), title: detail }] } };
}
