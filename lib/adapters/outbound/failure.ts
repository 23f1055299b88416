// Why a call to an external service had no reply, in words that reveal nothing of the request.
import { errorName, httpStatusOf } from '../../base/error-code.ts';
import type { Verdict } from '../../delivery/ports.ts';

/** Returns one word for why there was no reply. */
export function failureOf(error: unknown): string {
  const { name, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    code?: unknown;
  };
  if (name === 'AbortError' || name === 'TimeoutError') return 'time-out';
  return typeof code === 'string' ? code : 'no reply';
}

/**
 * Certificates that Node does not accept (`CERT_HAS_EXPIRED`, …), forbidden addresses, secrets that may not be read, and
 * invalid header values.
 */
const NEEDS_OPERATOR = /CERT|LEAF_SIGNATURE|^ADDRESS_FORBIDDEN$|^SECRET_REFUSED$|^ERR_INVALID_/;

/** Maps a failure: network errors to `retry`; wrong settings and bad server certificates to `config`. */
export function verdictOfFailure(error: unknown): Verdict {
  const reason = failureOf(error);
  return { kind: NEEDS_OPERATOR.test(reason) ? 'config' : 'retry', reason };
}

/** Temporary errors of AWS services despite their 4xx status. */
const PASSING = /^(?:Throttl|TooManyRequests|RequestLimitExceeded|RequestTimeout|ExpiredToken|OperationAborted)/;

/** Maps a failure of the AWS SDK, missing credentials included. No status means no answer. */
export function verdictOfAwsFailure(error: unknown): { readonly kind: 'retry' | 'config'; readonly reason: string } {
  const reason = errorName(error);
  const status = httpStatusOf(error) ?? 0;
  const passes = status < 300 || status === 429 || status >= 500 || PASSING.test(reason);
  return { kind: passes ? 'retry' : 'config', reason };
}
