// The key service: wraps and unwraps document keys with each tenant's own KMS, and returns nothing before its events
// are durable.

import { settled, valueOf } from '../base/attempt.ts';
import { Secret } from '../base/secret.ts';
import type { EventDraft } from '../events/event.ts';
import { activeTenant, configurationOf, findPrimary, primaryOf } from './configurations.ts';
import { type DerivationKind, type DerivationPaths, type DerivedKeys, destroyDerived } from './derive.ts';
import { parseEdek } from './edek.ts';
import { type BatchResult, batchOf } from './key-batch.ts';
import { KeyJournal, type Metadata } from './key-journal.ts';
import { KeyOperations, type KeyOperationsOptions, type WrappedDocumentKey } from './key-operations.ts';
import type { Tenant, Tenants } from './model.ts';

/**
 * Accepts events: resolves when all are durable. Rejects with `EventError` `EVENT_NOT_DURABLE`, also when `giveUp` is
 * aborted.
 */
export interface EventAcceptor {
  accept(drafts: readonly EventDraft[], giveUp?: AbortSignal): Promise<unknown>;
}

export interface KeyServiceOptions extends KeyOperationsOptions {
  readonly events: EventAcceptor;
}

/** How many times a caller used a cached key. */
export interface ReportedUse {
  readonly edek: Uint8Array;
  readonly wraps: number;
  readonly unwraps: number;
}

export interface DerivationResult {
  /** Says whether new values can be encrypted. */
  readonly hasPrimaryConfig: boolean;
  readonly keys: DerivedKeys;
}

/**
 * Every operation rejects with `TenantError` when it is refused, and with `EventError` `EVENT_NOT_DURABLE` when its
 * events are not durable; in both cases it returns no key. A refusal is recorded too, as `DATA_DENY_ACCESS`. Keys that
 * are not returned are overwritten.
 */
export class KeyService {
  readonly #keys: KeyOperations;
  readonly #events: EventAcceptor;

  constructor(options: KeyServiceOptions) {
    this.#keys = new KeyOperations(options);
    this.#events = options.events;
  }

  /** Makes a document key under the tenant's primary configuration. */
  wrap(tenants: Tenants, metadata: Metadata): Promise<WrappedDocumentKey> {
    return this.#recorded(destroyKeys, (journal) =>
      journal.orRefused(metadata, 'wrap', () =>
        this.#keys.wrap(activeTenant(tenants, metadata.tenantId), metadata, journal),
      ),
    );
  }

  unwrap(tenants: Tenants, metadata: Metadata, edek: Uint8Array): Promise<Secret> {
    return this.#recorded(destroyKeys, (journal) => this.#unwrap(tenants, metadata, edek, journal));
  }

  /** Makes a document key for each id. Refuses the whole batch only if the tenant itself cannot be used. */
  batchWrap(tenants: Tenants, metadata: Metadata, ids: ReadonlySet<string>): Promise<BatchResult<WrappedDocumentKey>> {
    const count = ids.size;
    return this.#recorded(destroyBatch, async (journal) => {
      const tenant = await journal.orRefused(metadata, 'wrap', () => wrappingTenant(tenants, metadata.tenantId), {
        count,
      });
      const { id: configuration } = primaryOf(tenant);
      return batchOf(ids, (id, unlessEnded) => {
        const own = withDocumentId(metadata, id);
        const wrap = () => this.#keys.wrap(tenant, own, journal);
        return journal.orRefused(own, 'wrap', () => unlessEnded(configuration, wrap));
      });
    });
  }

  batchUnwrap(
    tenants: Tenants,
    metadata: Metadata,
    edeks: ReadonlyMap<string, Uint8Array>,
  ): Promise<BatchResult<Secret>> {
    const count = edeks.size;
    return this.#recorded(destroyBatch, async (journal) => {
      const tenant = await journal.orRefused(metadata, 'unwrap', () => activeTenant(tenants, metadata.tenantId), {
        count,
      });
      return batchOf(edeks.keys(), (id, unlessEnded) => {
        const own = withDocumentId(metadata, id);
        const edek = edeks.get(id)!;
        const unwrap = () => this.#keys.unwrap(tenant, own, edek, journal);
        return journal.orRefused(own, 'unwrap', () => unlessEnded(parseEdek(edek).configuration, unwrap));
      });
    });
  }

  /** Rewraps a document key for another tenant, or by the tenant's current primary configuration. */
  rekey(tenants: Tenants, metadata: Metadata, edek: Uint8Array, newTenantId: string): Promise<WrappedDocumentKey> {
    const forOther: Metadata = { ...metadata, tenantId: newTenantId };
    return this.#recorded(destroyKeys, async (journal) => {
      // Checked first: unwraps nothing that cannot be wrapped again.
      const other = await journal.orRefused(forOther, 'wrap', () => wrappingTenant(tenants, newTenantId));
      const dek = await this.#unwrap(tenants, metadata, edek, journal);
      try {
        return await journal.orRefused(forOther, 'wrap', () => this.#keys.wrap(other, forOther, journal, dek));
      } catch (error) {
        dek.destroy();
        throw error;
      }
    });
  }

  /** Records how many times a caller used cached keys. Opens no key: the numbers are the caller's word. */
  reportOperations(tenants: Tenants, metadata: Metadata, uses: readonly ReportedUse[]): Promise<void> {
    return this.#recorded(
      () => {},
      (journal) =>
        journal.orRefused(metadata, 'report', () => {
          const tenant = activeTenant(tenants, metadata.tenantId);
          for (const { edek } of uses) configurationOf(tenant, parseEdek(edek).configuration);
          for (const { wraps, unwraps } of uses) {
            if (wraps > 0) journal.note(metadata, 'reportedWraps', { count: wraps });
            if (unwraps > 0) journal.note(metadata, 'reportedUnwraps', { count: unwraps });
          }
        }),
    );
  }

  /** Derives keys of deterministic fields: for each path, one key per secret of the tenant. */
  derive(
    tenants: Tenants,
    metadata: Metadata,
    paths: DerivationPaths,
    kind: DerivationKind,
  ): Promise<DerivationResult> {
    return this.#recorded(
      ({ keys }) => destroyDerived(keys),
      (journal) =>
        journal.orRefused(metadata, 'derive', async () => {
          const tenant = activeTenant(tenants, metadata.tenantId);
          const keys = await this.#keys.derive(tenant, metadata, paths, kind, journal);
          return { hasPrimaryConfig: findPrimary(tenant) !== undefined, keys };
        }),
    );
  }

  #unwrap(tenants: Tenants, metadata: Metadata, edek: Uint8Array, journal: KeyJournal): Promise<Secret> {
    return journal.orRefused(metadata, 'unwrap', () =>
      this.#keys.unwrap(activeTenant(tenants, metadata.tenantId), metadata, edek, journal),
    );
  }

  /** Returns what `work` returns, once its events are durable. If they are not, `destroy` gets the result. */
  async #recorded<T>(destroy: (result: T) => void, work: (journal: KeyJournal) => Promise<T>): Promise<T> {
    const journal = new KeyJournal();
    const outcome = await settled(work(journal));
    try {
      if (journal.drafts.length > 0) await this.#events.accept(journal.drafts);
    } catch (error) {
      if (outcome.ok) destroy(outcome.value);
      throw error;
    }
    return valueOf(outcome);
  }
}

function wrappingTenant(tenants: Tenants, id: string): Tenant {
  const tenant = activeTenant(tenants, id);
  primaryOf(tenant);
  return tenant;
}

/** Adds the caller's own name for the document. */
function withDocumentId({ iclFields, ...metadata }: Metadata, documentId: string): Metadata {
  return { ...metadata, iclFields: { ...iclFields, documentId } };
}

function destroyKeys(key: Secret | WrappedDocumentKey): void {
  (key instanceof Secret ? key : key.dek).destroy();
}

function destroyBatch({ keys }: BatchResult<Secret | WrappedDocumentKey>): void {
  for (const key of keys.values()) destroyKeys(key);
}
