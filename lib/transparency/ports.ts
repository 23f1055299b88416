/**
 * Reads the objects of a log. Rejects with `LogError` `LOG_STORE_UNAVAILABLE` or `LOG_STORE_REFUSED`, within a bounded
 * time.
 */
export interface TileReader {
  /** Reads the whole object, or undefined when there is none. Sees every write that was acknowledged before. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Lists the paths that begin with `prefix`, which ends with a slash, in no particular order. */
  list(prefix: string): AsyncIterable<string>;
}

/**
 * Stores the objects of a log. Paths are relative, of letters, digits, dots, hyphens and slashes. Every promise
 * resolves once the change is durable and visible to every reader. Rejects as `TileReader` does; then the change may or
 * may not have happened.
 */
export interface TileStore extends TileReader {
  /**
   * Writes a new object, whole or not at all. Resolves to `exists` and leaves the object alone when there is one. Of
   * two calls for one path exactly one resolves to `created`, also across processes. The log cannot fork because of
   * this promise.
   */
  create(path: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /** Writes or overwrites an object in one step. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes an object; resolves also when there is none. */
  remove(path: string): Promise<void>;
}

/** A timestamp authority (RFC 3161 §3.4). */
export interface TimestampAuthority {
  /** Names it in messages. */
  readonly name: string;
  /** Sends a TimeStampReq and resolves to the TimeStampResp, both DER. Rejects within a bounded time without an answer. */
  ask(request: Uint8Array): Promise<Uint8Array>;
}

/** The supported signature algorithms of C2SP notes. */
export type CheckpointAlgorithm = 'ed25519' | 'ecdsa-p256';

/** A public key as SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7). */
export interface CheckpointPublicKey {
  readonly algorithm: CheckpointAlgorithm;
  readonly spki: Uint8Array;
}

/** Signs checkpoints with a key that it alone holds. */
export interface CheckpointSigner {
  readonly publicKey: CheckpointPublicKey;
  /**
   * Signs `message` (at most 4,096 bytes) itself, not a digest: Ed25519 as 64 bytes (RFC 8032), ECDSA with SHA-256 as
   * DER (RFC 3279 §2.2.3). Rejects with `LogError` `LOG_SIGNER_UNAVAILABLE` or `LOG_SIGNER_REFUSED`, within a bounded
   * time.
   */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The submission prefix of a witness (C2SP tlog-witness). */
export interface WitnessClient {
  /**
   * Sends the body of an `add-checkpoint` request and resolves to the answer, whatever its status. Rejects when there
   * is none.
   */
  addCheckpoint(body: string): Promise<WitnessReply>;
}

/** The answer of a witness: HTTP status and body. */
export interface WitnessReply {
  readonly status: number;
  readonly text: string;
}
