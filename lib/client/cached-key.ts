// One document key for many documents, for a short time: one call to the gateway, and a report of the uses at the end.
import { once } from '../base/once.ts';
import type { Fields } from './documents.ts';
import { decryptFields, encryptFields } from './documents.ts';
import { ClientError } from './errors.ts';
import type { WrappedKey } from './replies.ts';

export interface CachedKeyOptions {
  /** At most 60,000. @default 60,000 */
  readonly maxAgeMs?: number;
  /** @default 10,000 documents */
  readonly maxUses?: number;
}

/** The uses of a key, in the terms of `report-operations`. */
export interface Uses {
  readonly wraps: number;
  readonly unwraps: number;
}

const MAX_AGE_MS = 60_000;

/**
 * Made by `ProtectorClient.cachedKey` and `withCachedKey`. After a minute, or `maxUses` documents, it closes by itself:
 * it wipes the key and reports the uses. Until then, a timer keeps the process alive.
 */
export class CachedKey {
  readonly edek: string;
  readonly #key: WrappedKey;
  readonly #tenantId: string;
  readonly #timer: NodeJS.Timeout;
  #left: number;
  #wraps = 0;
  #unwraps = 0;
  readonly #report: () => Promise<void>;

  constructor(
    tenantId: string,
    key: WrappedKey,
    report: (uses: Uses) => Promise<void>,
    { maxAgeMs = MAX_AGE_MS, maxUses = 10_000 }: CachedKeyOptions,
  ) {
    this.edek = key.edek;
    this.#key = key;
    this.#tenantId = tenantId;
    this.#left = maxUses;
    this.#report = once(async () => {
      if (this.#wraps + this.#unwraps > 0) await report({ wraps: this.#wraps, unwraps: this.#unwraps });
    });
    this.#timer = setTimeout(() => this.#end(), Math.min(maxAgeMs, MAX_AGE_MS));
  }

  /** Encrypts a document. Throws `ClientError`: `CACHED_KEY_CLOSED`, or as `ProtectorClient.encryptDocument` does. */
  encryptDocument(fields: Fields): Fields {
    return this.#use(() => {
      const encrypted = encryptFields(this.#key.dek, this.#tenantId, fields);
      this.#wraps += 1;
      return encrypted;
    });
  }

  /** Decrypts a document that is under this key. */
  decryptDocument(fields: Fields): Fields {
    return this.#use(() => {
      const plaintext = decryptFields(this.#key.dek, fields);
      this.#unwraps += 1;
      return plaintext;
    });
  }

  /**
   * Wipes the key. Resolves once the gateway has recorded the uses, at least once. After a failure, call it again to
   * retry.
   */
  async close(): Promise<void> {
    this.#wipe();
    await this.#report();
  }

  #use<T>(work: () => T): T {
    if (this.#left <= 0) throw new ClientError('CACHED_KEY_CLOSED', 'The cached key is closed, too old, or used up');
    this.#left -= 1;
    try {
      return work();
    } finally {
      if (this.#left === 0) this.#end();
    }
  }

  /** Ends the key without waiting for the report; `close` retries a report that fails here. */
  #end(): void {
    this.#wipe();
    this.#report().catch(() => {});
  }

  #wipe(): void {
    clearTimeout(this.#timer);
    this.#left = 0;
    this.#key.dek.destroy();
  }
}
