// The client of the tenant gateway for applications: keys, documents and security events of tenants.
import { settled, valueOf } from '../base/attempt.ts';
import type { JsonObject } from '../base/json.ts';
import { scopeOf, type Secret } from '../base/secret.ts';
import { eventBody, type EventMetadata, metadataBody, type RequestMetadata } from '../events/log-security-event.ts';
import type { EventName } from '../events/names.ts';
import { CachedKey, type CachedKeyOptions, type Uses } from './cached-key.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { decryptPieces, encryptPieces, type Pieces } from './document-stream.ts';
import { decryptFields, encryptFields, type Fields } from './documents.ts';
import { ClientError } from './errors.ts';
import { dekOf, type KeyBatch, readBatch, readDek, readWrappedKey, type WrappedKey } from './replies.ts';

export interface EncryptedDocument {
  readonly encryptedDocument: Fields;
  /** The document key, wrapped by the tenant's KMS (base64). Store it with the document. */
  readonly edek: string;
}

export interface PlaintextDocument {
  readonly plaintextDocument: Fields;
  readonly edek: string;
}

/** The outcome of each document of a batch: it is in one of the two maps. */
export interface DocumentBatch<Document> {
  readonly documents: ReadonlyMap<string, Document>;
  readonly failures: ReadonlyMap<string, ClientError>;
}

/**
 * Documents have the format of the public tenant-security clients and can be exchanged with them; deterministic fields
 * need those clients. Every method rejects with `ClientError`. Requests for keys are retried when the gateway does not
 * answer or is busy, which at worst leaves one more event; security events are retried only when they certainly did not
 * arrive.
 */
export class ProtectorClient {
  readonly #connection: Connection;

  constructor(options: ConnectionOptions) {
    this.#connection = new Connection(options);
  }

  /** Makes a document key. The caller must destroy it after use. */
  async wrapKey(metadata: RequestMetadata): Promise<WrappedKey> {
    return readWrappedKey(await this.#post('document/wrap', metadata));
  }

  async unwrapKey(edek: string, metadata: RequestMetadata): Promise<Secret> {
    return readDek(await this.#post('document/unwrap', metadata, { encryptedDocumentKey: edek }));
  }

  /** Makes a key for each id; at most 1,000. */
  async wrapKeys(ids: Iterable<string>, metadata: RequestMetadata): Promise<KeyBatch<WrappedKey>> {
    const documentIds = [...new Set(ids)];
    const reply = await this.#post('document/batch-wrap', metadata, { documentIds });
    return readBatch(reply, documentIds, readWrappedKey);
  }

  /** Unwraps EDEKs by id; at most 1,000. */
  async unwrapKeys(edeks: ReadonlyMap<string, string>, metadata: RequestMetadata): Promise<KeyBatch<Secret>> {
    const reply = await this.#post('document/batch-unwrap', metadata, { edeks: Object.fromEntries(edeks) });
    return readBatch(reply, edeks.keys(), readDek);
  }

  /** Returns a new EDEK of the same key: for another tenant, or by the tenant's current primary configuration. */
  async rekey(edek: string, newTenantId: string, metadata: RequestMetadata): Promise<string> {
    const more = { encryptedDocumentKey: edek, newTenantId };
    const rekeyed = readWrappedKey(await this.#post('document/rekey', metadata, more));
    rekeyed.dek.destroy();
    return rekeyed.edek;
  }

  async encryptDocument(document: Fields, metadata: RequestMetadata): Promise<EncryptedDocument> {
    const { dek: made, edek } = await this.wrapKey(metadata);
    using dek = made;
    return { encryptedDocument: encryptFields(dek, metadata.tenantId, document), edek };
  }

  async decryptDocument(document: EncryptedDocument, metadata: RequestMetadata): Promise<PlaintextDocument> {
    const { encryptedDocument, edek } = document;
    using dek = await this.unwrapKey(edek, metadata);
    return { plaintextDocument: decryptFields(dek, encryptedDocument), edek };
  }

  /** Encrypts documents by id; at most 1,000. */
  async encryptDocuments(
    documents: ReadonlyMap<string, Fields>,
    metadata: RequestMetadata,
  ): Promise<DocumentBatch<EncryptedDocument>> {
    const batch = await this.wrapKeys(documents.keys(), metadata);
    return eachDocument(batch, ({ dek, edek }, id) => {
      return { encryptedDocument: encryptFields(dek, metadata.tenantId, documents.get(id)!), edek };
    });
  }

  async decryptDocuments(
    documents: ReadonlyMap<string, EncryptedDocument>,
    metadata: RequestMetadata,
  ): Promise<DocumentBatch<PlaintextDocument>> {
    const edeks = new Map([...documents].map(([id, { edek }]) => [id, edek]));
    return eachDocument(await this.unwrapKeys(edeks, metadata), (dek, id) => {
      const { encryptedDocument, edek } = documents.get(id)!;
      return { plaintextDocument: decryptFields(dek, encryptedDocument), edek };
    });
  }

  /**
   * Encrypts one field of any length in pieces, such as a stream of Node or of the Web. Wipes the key after the last
   * piece.
   */
  async encryptStream(
    plaintext: Pieces,
    metadata: RequestMetadata,
  ): Promise<{ readonly encrypted: AsyncIterable<Uint8Array>; readonly edek: string }> {
    const { dek, edek } = await this.wrapKey(metadata);
    return { encrypted: encryptPieces(dek, metadata.tenantId, plaintext), edek };
  }

  /**
   * Decrypts such a field. Pieces are not authenticated before the end: do not act on them earlier (`decryptPieces`).
   */
  async decryptStream(encrypted: Pieces, edek: string, metadata: RequestMetadata): Promise<AsyncIterable<Uint8Array>> {
    return decryptPieces(await this.unwrapKey(edek, metadata), encrypted);
  }

  /**
   * Returns a key for many documents within a minute: a new one, or that of `edek`. The caller must close it, which
   * reports the number of documents.
   */
  async cachedKey(
    metadata: RequestMetadata,
    { edek, ...options }: CachedKeyOptions & { readonly edek?: string } = {},
  ): Promise<CachedKey> {
    const key = edek === undefined ? await this.wrapKey(metadata) : { dek: await this.unwrapKey(edek, metadata), edek };
    const report = async (uses: Uses): Promise<void> => {
      await this.#post('document/report-operations', metadata, { operations: { [key.edek]: uses } });
    };
    return new CachedKey(metadata.tenantId, key, report, options);
  }

  /**
   * Runs `work` with a cached key and closes the key, also after a failure. Rejects as `work` does, and when the report
   * fails, since the uses are then not recorded; with an `AggregateError` if both fail.
   */
  async withCachedKey<T>(
    metadata: RequestMetadata,
    work: (key: CachedKey) => Promise<T>,
    options: CachedKeyOptions & { readonly edek?: string } = {},
  ): Promise<T> {
    const key = await this.cachedKey(metadata, options);
    const outcome = await settled(work(key));
    const closed = await settled(key.close());
    if (!outcome.ok && !closed.ok) {
      throw new AggregateError([outcome.error, closed.error], 'The work failed, and what was done is not reported');
    }
    valueOf(closed);
    return valueOf(outcome);
  }

  /** Sends a security event. Resolves once it is durable, on its way to the tenant's SIEM. */
  async logSecurityEvent(event: EventName, metadata: EventMetadata): Promise<void> {
    await this.#connection.post('event/security-event', eventBody(event, metadata), 'unless received');
  }

  #post(route: string, metadata: RequestMetadata, more: JsonObject = {}): Promise<unknown> {
    return this.#connection.post(route, { ...metadataBody(metadata), ...more }, 'freely');
  }
}

/**
 * Runs `work` for each key, and destroys the keys. A `ClientError` is the failure of that document; any other error is
 * a bug and is thrown.
 */
function eachDocument<Key extends Secret | WrappedKey, Document>(
  batch: KeyBatch<Key>,
  work: (key: Key, id: string) => Document,
): DocumentBatch<Document> {
  using _ = scopeOf([...batch.keys.values()].map(dekOf));
  const documents = new Map<string, Document>();
  const failures = new Map(batch.failures);
  for (const [id, key] of batch.keys) {
    try {
      documents.set(id, work(key, id));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failures.set(id, error);
    }
  }
  return { documents, failures };
}
