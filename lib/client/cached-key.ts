// One document key for many documents, for a short time: the gateway is asked once, and told afterwards what was done.
import { once } from '../base/once.ts';
import type { Fields } from './documents.ts';
import { decryptFields, encryptFields } from './documents.ts';
import { ClientError } from './errors.ts';
import type { WrappedKey } from './replies.ts';

export interface CachedKeyOptions {
  /** @default 60,000, which is also the most */
  readonly maxAgeMs?: number;
  /** @default 10,000 documents */
  readonly maxUses?: number;
}

/** How often a key was used, in the words of `report-operations`. */
export interface Uses {
  readonly wraps: number;
  readonly unwraps: number;
}

const MAX_AGE_MS = 60_000;

/**
 * Made by `ProtectorClient.withCachedKey`. After a minute, or `maxUses` documents, it takes no more: the key is wiped, and what
 * was done is reported, without anybody asking. Until then, a timer keeps the process alive.
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

  /** Throws `ClientError`: `CACHED_KEY_CLOSED`, or as `ProtectorClient.encryptDocument` does. */
  encryptDocument(fields: Fields): Fields {
    return this.#use(() => {
      const encrypted = encryptFields(this.#key.dek, this.#tenantId, fields);
      this.#wraps += 1;
      return encrypted;
    });
  }

  /** Documents under this key alone. */
  decryptDocument(fields: Fields): Fields {
    return this.#use(() => {
      const plaintext = decryptFields(this.#key.dek, fields);
      this.#unwraps += 1;
      return plaintext;
    });
  }

  /** Wipes the key. Resolves once the gateway has what was done on record, at least once; called again, tries again. */
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

  /** A report that fails here is tried again by `close`. */
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
