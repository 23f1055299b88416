// Requests to the gateway: POST and JSON both ways, in bounded time, repeated only where a repeat does no harm.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, errorName } from '../base/error-code.ts';
import { isObject, type JsonObject, membersOf } from '../base/json.ts';
import { Secret } from '../base/secret.ts';
import { RELEASE } from '../contract/release.ts';
import { ClientError, serviceError } from './errors.ts';

export interface ConnectionOptions {
  /** Of the gateway, without `/api/1/`: `https://gateway.example.com`. `http:` for this machine only. */
  readonly url: string;
  readonly apiKey: string | Secret;
  /** @default 10,000 ms per attempt */
  readonly timeoutMs?: number;
  /** @default 3 attempts of a request that may be repeated */
  readonly attempts?: number;
  /** @default 100 ms before the second attempt, twice that before each further one, with jitter */
  readonly backoffMs?: number;
  /** @default the global one */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * - `freely`: whatever became of the first attempt, another one is fine (keys, counts that are reported at least once)
 * - `unless received`: only where the service surely did nothing (events, which it cannot tell from other ones)
 */
export type Repeat = 'freely' | 'unless received';

const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Throttled, or something behind the gateway is not there: later it may be. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** No connection came about, so nobody received anything. */
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

  /** Throws `TypeError` for a URL or a key that cannot be meant. */
  constructor({ url, apiKey, timeoutMs = 10_000, attempts = 3, backoffMs = 100, ...options }: ConnectionOptions) {
    const { protocol, hostname, origin, pathname } = new URL(url);
    if (protocol !== 'https:' && !(protocol === 'http:' && LOCAL.has(hostname))) {
      throw new TypeError('The URL of the gateway must begin with https:');
    }
    this.#base = `${origin}${pathname.replace(/\/+$/, '')}/api/1/`;
    this.#apiKey = typeof apiKey === 'string' ? new Secret(Buffer.from(apiKey)) : apiKey;
    // What no header can hold would be quoted by the error of whoever builds the header.
    if (!/^[\x21-\x7e]+$/.test(this.#key()))
      throw new TypeError('The API key must be made of visible ASCII characters');
    this.#timeoutMs = timeoutMs;
    this.#attempts = attempts;
    this.#backoffMs = backoffMs;
    this.#fetch = options.fetch ?? globalThis.fetch;
  }

  /** The JSON that the service answers with 2xx. Rejects with `ClientError` for everything else. */
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
        // Somebody else's host must not be sent the key.
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
      // Nothing of ours repeats the key; what stands in between may.
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

/** No cause goes along: it may quote the request. */
function unanswered(error: unknown): Failure {
  const { cause } = membersOf(error);
  const reason = cause === undefined ? errorName(error) : errorCode(cause);
  return {
    error: new ClientError('UNABLE_TO_MAKE_REQUEST', `The gateway has not answered (${reason})`),
    repeatable: UNSENT.has(reason) ? ['freely', 'unless received'] : ['freely'],
  };
}
