// One request to an external service: HTTPS, one time limit for the whole call, no redirects, the server always verified.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { OutboundGuard } from '../outbound/guard.ts';

export interface Target {
  /** `https:`, or `http:` to this machine. */
  readonly url: URL;
  /** Allows `http:` to any host: the request holds no secret, and the reply is signed. @default false */
  readonly allowsClearText?: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM. @default the authorities that Node trusts */
  readonly ca?: string | undefined;
  /** PEM of the client's certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Keeps its connections out of private networks. @default any address, as the operator sets */
  readonly guard?: OutboundGuard | undefined;
  /** From the start of the connection to the last byte of the reply. @default 10,000 */
  readonly timeoutMs?: number | undefined;
  /** Longest reply. @default 16 MB */
  readonly maxReplyBytes?: number | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Sends a request; rejects with an error whose `code` says why there is no reply (`ECONNRESET`, `ETIMEDOUT`, …). */
export type Exchange = (body?: string | Buffer, headers?: Readonly<Record<string, string>>) => Promise<Reply>;

const MAX_REPLY_BYTES = 16 * 1024 * 1024;
const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Returns a function that sends requests to the target and keeps connections open between them. A redirect is a reply
 * like any other: requests go only to the host of the URL, and only to addresses that the guard allows. Throws
 * `RangeError` for a URL that would send credentials in the clear.
 */
export function exchangeWith(method: 'GET' | 'POST', target: Target): Exchange {
  const { url, ca, cert, key, guard, timeoutMs = 10_000, allowsClearText = false } = target;
  const { maxReplyBytes = MAX_REPLY_BYTES } = target;
  const secure = url.protocol === 'https:';
  const isClear = url.protocol === 'http:' && (allowsClearText || LOCAL_HOSTS.has(url.hostname));
  if (!secure && !isClear) {
    throw new RangeError('The URL must begin with https:// (http:// only to this machine)');
  }
  const socket = { keepAlive: true, ...(guard !== undefined && { lookup: guard.lookup }) };
  const agent = secure ? new HttpsAgent({ ...socket, ca, cert, key }) : new HttpAgent(socket);
  return (body, headers = {}) =>
    new Promise((resolve, reject) => {
      guard?.check(url.hostname);
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = {
        method,
        agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { ...target.headers, ...headers, ...length },
      };
      const sent = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > maxReplyBytes) response.destroy(new Error('The reply is too long'));
        });
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          const { complete, headers: replied, statusCode: status = 0 } = response;
          if (complete) resolve({ status, headers: replied, text: whole.toString('utf8'), bytes: whole });
          else reject(new Error('The reply was cut off'));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
}
