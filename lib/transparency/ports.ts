/** Reads the objects of a log. Rejects with `LogError` `LOG_STORE_UNAVAILABLE` or `LOG_STORE_REFUSED`, within a bounded time. */
export interface TileReader {
  /** The whole object, or undefined when there is none. Sees every write that was answered before. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Paths that begin with `prefix`, which ends with a slash, in no particular order. */
  list(prefix: string): AsyncIterable<string>;
}

/**
 * Keeps the objects of a log. Paths are relative, of letters, digits, dots, hyphens and slashes. Every promise resolves once the
 * change is durable and visible to every reader; the rejections are those of `TileReader`, after which the change may or may not
 * have happened.
 */
export interface TileStore extends TileReader {
  /**
   * Writes an object that is not there yet, whole or not at all. `exists` when there is one, which is left alone. Of two calls
   * for one path exactly one resolves to `created`, whichever processes they come from. On this promise rests that the log
   * cannot fork.
   */
  create(path: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /** Writes or overwrites an object in one step. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes an object; resolves as well when there is none. */
  remove(path: string): Promise<void>;
}

/** The signature algorithms of C2SP notes that are used here. */
export type CheckpointAlgorithm = 'ed25519' | 'ecdsa-p256';

/** A public key as SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7). */
export interface CheckpointPublicKey {
  readonly algorithm: CheckpointAlgorithm;
  readonly spki: Uint8Array;
}

/** Signs checkpoints under a key that nobody else holds. */
export interface CheckpointSigner {
  readonly publicKey: CheckpointPublicKey;
  /**
   * The signature of `message` (at most 4,096 bytes) itself, not of a digest: Ed25519 as 64 bytes (RFC 8032), ECDSA with SHA-256
   * as DER (RFC 3279 §2.2.3). Rejects with `LogError` `LOG_SIGNER_UNAVAILABLE` or `LOG_SIGNER_REFUSED`, within a bounded time.
   */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
