import type { Secret } from '../base/secret.ts';
import type { EncryptionContext } from '../crypto/ports.ts';

/** A fresh 256-bit key, plain and as the tenant's KMS wrapped it. */
export interface WrappedKey {
  readonly plaintext: Secret;
  readonly wrapped: Uint8Array;
}

/**
 * A tenant's own KMS. `key` is that of a `KmsConfiguration`. Every method rejects with `TenantError` of a KMS code,
 * within a bounded time; `unwrap` rejects with `INVALID_PROVIDED_EDEK` unless bytes and context are those of the wrap.
 */
export interface TenantKms {
  generate(key: string, context: EncryptionContext): Promise<WrappedKey>;
  /** Wraps an existing 256-bit key. */
  wrap(key: string, plaintext: Secret, context: EncryptionContext): Promise<Uint8Array>;
  unwrap(key: string, wrapped: Uint8Array, context: EncryptionContext): Promise<Secret>;
}

/** The sealed tenants as stored. */
export interface SealedText {
  readonly text: string;
  /** Changes whenever the text does. */
  readonly tag: string;
}

/** The store of the sealed tenants, read again and again. */
export interface TenantsSource {
  /**
   * Reads the sealed tenants, or returns `undefined` if their tag is still `known`. Rejects with `TenantsSourceError`
   * within a bounded time.
   */
  read(known: string | undefined): Promise<SealedText | undefined>;
}
