// A timestamp authority over HTTP (RFC 3161 §3.4).
import { LogError } from '../../transparency/errors.ts';
import type { TimestampAuthority } from '../../transparency/ports.ts';
import { failureOf } from '../outbound/failure.ts';
import type { OutboundGuard } from '../outbound/guard.ts';
import { postTo } from './post.ts';

export interface HttpTimestampAuthorityOptions {
  /** `https:` or `http:`: the request holds a hash, and the reply is signed. */
  readonly url: URL;
  /** Keeps its connections out of private networks. */
  readonly guard: OutboundGuard;
  /** Limit of one request. */
  readonly timeoutMs: number;
}

/**
 * Returns the client of a timestamp authority. `ask` rejects with `LogError`: `LOG_TIMESTAMP_UNAVAILABLE` without an
 * answer, `LOG_TIMESTAMP_REFUSED` for another status than 200. Throws `RangeError` for a URL that is neither.
 */
export function httpTimestampAuthority({ url, guard, timeoutMs }: HttpTimestampAuthorityOptions): TimestampAuthority {
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' };
  const post = postTo({ url, headers, guard, timeoutMs, allowsClearText: true });
  return {
    name: url.host,
    async ask(request) {
      const { status, bytes } = await post(Buffer.from(request)).catch((error: unknown) => {
        const why = `The timestamp authority ${url.host} gave no answer: ${failureOf(error)}`;
        throw new LogError('LOG_TIMESTAMP_UNAVAILABLE', why);
      });
      if (status === 200) return bytes;
      throw new LogError('LOG_TIMESTAMP_REFUSED', `The timestamp authority ${url.host} answered with status ${status}`);
    },
  };
}
