import { ProtectorError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';

/** Public, authenticated facts a wrapped key is bound to (KMS "encryption context"): it opens only under equal ones. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** A fresh 256-bit key, plain and wrapped under the key named `keyId`. */
export interface DataKey {
  readonly keyId: string;
  readonly plaintext: Secret;
  readonly wrapped: Uint8Array;
}

/** Wraps and unwraps 256-bit data keys under a key that never leaves the service. Rejects with `KeyServiceError` only. */
export interface KeyService {
  generateDataKey(context: EncryptionContext): Promise<DataKey>;
  /** Resolves to the data key only if `keyId`, `wrapped` and `context` are those of one `generateDataKey`. */
  unwrapDataKey(keyId: string, wrapped: Uint8Array, context: EncryptionContext): Promise<Secret>;
}

/**
 * `KEY_SERVICE_UNAVAILABLE` (time-out, 5xx, no network) is worth a retry, `KEY_SERVICE_THROTTLED` a slower one. `KEY_REFUSED` (other context,
 * other key, altered bytes, no permission, disabled key) is not: check the key's policy and what was deployed.
 */
export class KeyServiceError extends ProtectorError<
  'KEY_SERVICE_UNAVAILABLE' | 'KEY_SERVICE_THROTTLED' | 'KEY_REFUSED'
> {}
