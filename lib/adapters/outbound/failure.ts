// Why a call to somebody else's service had no reply, in words that say nothing of what was sent.
import { errorName, httpStatusOf } from '../../base/error-code.ts';
import type { Verdict } from '../../delivery/ports.ts';

/** Why there was no reply, in a word. */
export function failureOf(error: unknown): string {
  const { name, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    code?: unknown;
  };
  if (name === 'AbortError' || name === 'TimeoutError') return 'time-out';
  return typeof code === 'string' ? code : 'no reply';
}

/** Certificates that Node does not accept (`CERT_HAS_EXPIRED`, …), forbidden addresses, and what no header can hold. */
const NEEDS_SOMEBODY = /CERT|LEAF_SIGNATURE|^ADDRESS_FORBIDDEN$|^ERR_INVALID_/;

/** The network may be better later; what is wrong with a setting, or with a server's certificate, waits for somebody. */
export function verdictOfFailure(error: unknown): Verdict {
  const reason = failureOf(error);
  return { kind: NEEDS_SOMEBODY.test(reason) ? 'config' : 'retry', reason };
}

/** Errors of AWS services that pass by themselves although their status is 4xx. */
const PASSING = /^(?:Throttl|TooManyRequests|RequestLimitExceeded|RequestTimeout|ExpiredToken|OperationAborted)/;

/** The same of a call by the AWS SDK, also of one for which credentials could not be had. No status: there was no answer. */
export function verdictOfAwsFailure(error: unknown): Verdict {
  const reason = errorName(error);
  const status = httpStatusOf(error) ?? 0;
  const passes = status < 300 || status === 429 || status >= 500 || PASSING.test(reason);
  return { kind: passes ? 'retry' : 'config', reason };
}
