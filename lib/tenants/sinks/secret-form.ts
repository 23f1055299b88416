// Forms of secrets that several kinds of sink share.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { attempt } from '../../base/attempt.ts';

/**
 * Says what keeps a value out of an HTTP header (RFC 9110, section 5.5, without obsolete forms): no header can be
 * injected.
 */
export function wrongHeaderValue(value: string): string | undefined {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)
    ? undefined
    : 'is not a valid header value: it must be printable ASCII without blanks around it';
}

/** Parses a private key in PEM without a passphrase. */
export function privateKeyOf(pem: unknown): KeyObject | undefined {
  if (typeof pem !== 'string') return undefined;
  const parsed = attempt(() => createPrivateKey(pem));
  return parsed.ok ? parsed.value : undefined;
}
