import { ProtectorError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';

/**
 * Public, authenticated facts that a wrapped key is bound to (KMS "encryption context"). It opens only under equal
 * facts.
 */
export type EncryptionContext = Readonly<Record<string, string>>;

/** A fresh 256-bit key, plain and wrapped under the key named `keyId`. */
export interface DataKey {
  readonly keyId: string;
  readonly plaintext: Secret;
  readonly wrapped: Uint8Array;
}

/**
 * Wraps and unwraps 256-bit data keys under a key that never leaves the service. Rejects with `KeyServiceError` only.
 */
export interface KeyService {
  /** Makes a fresh data key. The caller destroys its plaintext. */
  generateDataKey(context: EncryptionContext): Promise<DataKey>;
  /** Resolves to the data key, the caller's to destroy, only if all arguments are those of one `generateDataKey`. */
  unwrapDataKey(keyId: string, wrapped: Uint8Array, context: EncryptionContext): Promise<Secret>;
}

/**
 * The key service did not answer with a key. Retry `KEY_SERVICE_UNAVAILABLE` (time-out, 5xx, no network), and
 * `KEY_SERVICE_THROTTLED` more slowly. Do not retry `KEY_REFUSED` (other context, other key, altered bytes, no
 * permission, disabled key): check the key's policy and what was deployed.
 */
export class KeyServiceError extends ProtectorError<
  'KEY_SERVICE_UNAVAILABLE' | 'KEY_SERVICE_THROTTLED' | 'KEY_REFUSED'
> {}
