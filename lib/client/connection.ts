// Requests to the gateway: POST with JSON both ways, in bounded time, retried only where a repeat is harmless.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, errorName } from '../base/error-code.ts';
import { isObject, type JsonObject, membersOf } from '../base/json.ts';
import { Secret } from '../base/secret.ts';
import { RELEASE } from '../contract/release.ts';
import { ClientError, serviceError } from './errors.ts';

export interface ConnectionOptions {
  /** URL of the gateway without `/api/1/`: `https://gateway.example.com`. `http:` to this machine only. */
  readonly url: string;
  readonly apiKey: string | Secret;
  /** @default 10,000 ms per attempt */
  readonly timeoutMs?: number;
  /** @default 3 attempts of a request that may be retried */
  readonly attempts?: number;
  /** @default 100 ms before the second attempt, twice that before each further one, with jitter */
  readonly backoffMs?: number;
  /** @default the global one */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * - `freely`: retried whatever happened to the first attempt (keys, counts that are reported at least once)
 * - `unless received`: retried only where the service certainly did nothing (events, which it cannot deduplicate)
 */
export type Repeat = 'freely' | 'unless received';

const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Temporary: throttled, or something behind the gateway is unavailable. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** No connection was made, so the request was not received. */
const UNSENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

interface Failure {
  readonly error: ClientError;
  readonly repeatable: readonly Repeat[];
}

export class Connection {
  readonly #base: string;
  readonly #apiKey: Secret;
  readonly #timeoutMs: number;
  readonly #attempts: number;
  readonly #backoffMs: number;
  readonly #fetch: typeof globalThis.fetch;

  /** Throws `TypeError` for an invalid URL or key. */
  constructor({ url, apiKey, timeoutMs = 10_000, attempts = 3, backoffMs = 100, ...options }: ConnectionOptions) {
    const { protocol, hostname, origin, pathname } = new URL(url);
    if (protocol !== 'https:' && !(protocol === 'http:' && LOCAL.has(hostname))) {
      throw new TypeError('The URL of the gateway must begin with https:');
    }
    this.#base = `${origin}${pathname.replace(/\/+$/, '')}/api/1/`;
    this.#apiKey = typeof apiKey === 'string' ? new Secret(Buffer.from(apiKey)) : apiKey;
    // An invalid header value would be quoted in the error of the HTTP client.
    if (!/^[\x21-\x7e]+$/.test(this.#key()))
      throw new TypeError('The API key must be made of visible ASCII characters');
    this.#timeoutMs = timeoutMs;
    this.#attempts = attempts;
    this.#backoffMs = backoffMs;
    this.#fetch = options.fetch ?? globalThis.fetch;
  }

  /** Returns the JSON of a 2xx reply. Rejects with `ClientError` for every other outcome. */
  async post(route: string, body: JsonObject, repeat: Repeat): Promise<unknown> {
    const text = JSON.stringify(body);
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(route, text);
      if (!('error' in answer)) return answer.value;
      if (attempt >= this.#attempts || !answer.repeatable.includes(repeat)) throw answer.error;
      await sleep(this.#backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    }
  }

  async #attempt(route: string, body: string): Promise<{ readonly value: unknown } | Failure> {
    try {
      const response = await this.#fetch(`${this.#base}${route}`, {
        method: 'POST',
        body,
        headers: {
          'Content-Type': 'application/json',
          Authorization: `cmk ${this.#key()}`,
          'x-icl-tsc-language': 'typescript',
          'x-icl-tsc-version': RELEASE,
        },
        // A redirect would send the key to another host.
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return this.#read(response.status, await response.text());
    } catch (error) {
      return unanswered(error);
    }
  }

  #read(status: number, text: string): { readonly value: unknown } | Failure {
    const json = parsed(text);
    const isGood = status >= 200 && status < 300;
    if (isGood && json !== undefined) return { value: json };
    const repeatable: Repeat[] = status === 429 ? ['freely', 'unless received'] : PASSING.has(status) ? ['freely'] : [];
    if (!isGood && isObject(json) && typeof json['code'] === 'number' && typeof json['message'] === 'string') {
      // The gateway never repeats the key, but a proxy can.
      const message = json['message'].replaceAll(this.#key(), '[secret]');
      return { error: serviceError(json['code'], message, status), repeatable };
    }
    const error = new ClientError('UNKNOWN_ERROR', 'The answer is none of the gateway', { httpStatus: status });
    return { error, repeatable };
  }

  #key(): string {
    return this.#apiKey.exposeText('latin1');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes an error without its cause, which can quote the request. */
function unanswered(error: unknown): Failure {
  const { cause } = membersOf(error);
  const reason = cause === undefined ? errorName(error) : errorCode(cause);
  return {
    error: new ClientError('UNABLE_TO_MAKE_REQUEST', `The gateway has not answered (${reason})`),
    repeatable: UNSENT.has(reason) ? ['freely', 'unless received'] : ['freely'],
  };
}
