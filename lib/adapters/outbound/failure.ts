// Why a call to somebody else's service had no reply, in words that say nothing of what was sent.
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

/** Certificates that Node does not accept (`CERT_HAS_EXPIRED`, `ERR_TLS_CERT_ALTNAME_INVALID`, …), and forbidden addresses. */
const NEEDS_SOMEBODY = /CERT|LEAF_SIGNATURE|^ADDRESS_FORBIDDEN$/;

/** The network may be better later; an address that is forbidden, or a certificate that is not trusted, waits for somebody. */
export function verdictOfFailure(error: unknown): Verdict {
  const reason = failureOf(error);
  return { kind: NEEDS_SOMEBODY.test(reason) ? 'config' : 'retry', reason };
}
