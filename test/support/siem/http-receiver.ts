// Common parts of SIEMs that speak HTTP: faults, compressed bodies, and replies in JSON.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { FaultPlan } from '../faults.ts';
import { bodyOf, serve } from '../http-server.ts';
import type { AcceptedEvent, Receiver, ReceiverFault, ReceiverFaultKind, ReceiverOptions } from './receiver.ts';

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: string;
  /** `partial` or `unacknowledged`, for this call. */
  readonly fault: ReceiverFaultKind | undefined;
  readonly isBad: (body: string) => boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One service: its operations, and its replies to faults. */
export interface Service {
  /** Returns the operation of a call, for faults of one operation. @default `send` */
  readonly operationOf?: (url: URL) => string;
  readonly refusals: Readonly<Record<'throttle' | 'status500' | 'status503' | 'deny', Reply>>;
  answer(call: Call): Reply;
}

export interface HttpReceiver extends Omit<Receiver, 'settings' | 'accepted' | 'faults' | 'deduplicates'> {
  readonly endpoint: string;
}

const nothingIsBad = (_body: string): boolean => false;

export async function startHttpReceiver(service: Service, options: ReceiverOptions = {}): Promise<HttpReceiver> {
  const plan = new FaultPlan<ReceiverFault>();
  let calls = 0;
  let isBad = nothingIsBad;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://receiver');
    const bytes = await bodyOf(request);
    calls += 1;
    const fault = plan.next(service.operationOf?.(url) ?? 'send');
    switch (fault?.kind) {
      case 'reset':
        return void request.socket.destroy();
      case 'hang':
        return;
      case 'slow':
        return drip(response, () => plan.hung());
      case 'redirect':
        return void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
      case 'throttle':
      case 'status500':
      case 'status503':
      case 'deny':
        return reply(response, service.refusals[fault.kind], fault.retryAfter);
      default:
    }
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    const call = { method: request.method ?? '', url, headers: request.headers, body: body.toString(), isBad };
    const answered = service.answer({ ...call, fault: fault?.kind });
    if (fault?.kind === 'drop') return void response.destroy();
    if (fault?.kind === 'malformed') return void response.writeHead(200).end('<html>Please sign in</html>');
    if (fault?.kind !== 'cut') return reply(response, answered);
    response.writeHead(answered.status, { 'content-length': '1000' }).write('{');
    response.destroy();
  }

  const server = await serve(answer, options.certificate);
  return {
    ...server,
    environment: {},
    get calls() {
      return calls;
    },
    ...plan.controls,
    refuse: (bad) => {
      isBad = bad;
    },
  };
}

function reply(response: ServerResponse, { status, headers = {}, body = {} }: Reply, retryAfter?: string): void {
  const type = { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Sends a byte at a time until the caller gives up; the call hangs from the third one on. */
function drip(response: ServerResponse, hung: () => void): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let bytes = 0;
  const timer = setInterval(() => {
    response.write(' ');
    bytes += 1;
    if (bytes === 3) hung();
  }, 1);
  response.on('close', () => clearInterval(timer));
}

/** Accepted events, of a service that drops repeats or of one that keeps them. */
export class Inbox {
  readonly events: AcceptedEvent[] = [];
  readonly #ids: Set<string> | undefined;

  constructor(deduplicates: boolean) {
    this.#ids = deduplicates ? new Set() : undefined;
  }

  /** Takes an event. Returns false for a dropped repeat. */
  take(event: AcceptedEvent): boolean {
    if (this.#ids?.has(event.id) === true) return false;
    this.#ids?.add(event.id);
    this.events.push(event);
    return true;
  }
}
