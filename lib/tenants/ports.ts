import type { Secret } from '../base/secret.ts';
import type { EncryptionContext } from '../crypto/ports.ts';

/** A fresh 256-bit key, plain and as the tenant's KMS wrapped it. */
export interface WrappedKey {
  readonly plaintext: Secret;
  readonly wrapped: Uint8Array;
}

/**
 * A tenant's own KMS. `key` is that of a `KmsConfiguration`. Every method rejects with `TenantError` of a KMS code, within a
 * bounded time; `unwrap` with `INVALID_PROVIDED_EDEK` for other bytes or another context than those that were wrapped.
 */
export interface TenantKms {
  generate(key: string, context: EncryptionContext): Promise<WrappedKey>;
  /** Wraps a 256-bit key that is there already. */
  wrap(key: string, plaintext: Secret, context: EncryptionContext): Promise<Uint8Array>;
  unwrap(key: string, wrapped: Uint8Array, context: EncryptionContext): Promise<Secret>;
}

/** The sealed tenants as they lie somewhere. */
export interface SealedText {
  readonly text: string;
  /** Changes whenever the text does. */
  readonly tag: string;
}

/** Where the sealed tenants lie, to be looked at again and again. */
export interface TenantsSource {
  /**
   * What is there; `undefined`: it is still what has the tag `known`. Rejects with `TenantsSourceError` within a bounded time.
   */
  read(known: string | undefined): Promise<SealedText | undefined>;
}
