// Key leasing: a key that the tenant's KMS has wrapped wraps document keys for a while, so that most operations need no
// call to the KMS. Every EDEK holds the wrapped leased key, so no database of leases is needed.

import type { Secret } from '../base/secret.ts';
import { NONCE_BYTES, openKey, sealKey } from '../crypto/key-wrap.ts';
import { associatedData, contextOf, type Edek, leasedEdek, leasedPrefix } from './edek.ts';
import { TenantError } from './errors.ts';
import type { KmsConfiguration, Leasing } from './model.ts';
import { OpenKeys, SharedKey } from './open-keys.ts';
import type { TenantKms } from './ports.ts';

/** A KMS configuration of a tenant, and its limits of leasing. Without `leasing` no key stays in memory. */
export interface LeaseScope {
  readonly tenantId: string;
  readonly configuration: Pick<KmsConfiguration, 'id' | 'key'>;
  readonly leasing: Leasing | undefined;
}

/** Called once for every successful call to a KMS, even if several operations wait for it. */
export interface LeaseNotes {
  readonly leased: () => void;
  readonly opened: () => void;
}

export interface LeasesOptions {
  readonly kms: TenantKms;
  readonly random: (bytes: number) => Uint8Array;
  /**
   * The time of day. A monotonic clock would not do: it can stand still while an execution environment is frozen, and a
   * lease would outlive its time.
   */
  readonly nowMs: () => number;
  /** Limit of opened keys in memory, and of leases to wrap with. @default 1,000 each */
  readonly limit?: number;
}

/** A lease that wraps new document keys. */
interface OwnLease {
  readonly key: SharedKey;
  readonly maxAgeMs: number;
  /** The key as the KMS wrapped it; set as soon as the key is ready. */
  wrapped?: Uint8Array;
  uses: number;
}

const DEFAULT_LIMIT = 1000;
/** Interval between searches for expired keys. */
const SWEEP_EVERY_MS = 1000;

/** Codes by which a KMS refuses every key of a configuration. */
const REFUSALS: ReadonlySet<string> = new Set([
  'KMS_AUTHORIZATION_FAILED',
  'KMS_CONFIGURATION_INVALID',
  'KMS_ACCOUNT_ISSUE',
] satisfies TenantError['code'][]);

/**
 * The leased keys of one execution environment.
 *
 * Its own lease wraps for at most `maxAgeS` and `maxUses`. An opened key, that of its own lease included, unwraps for
 * `openS` since the call to the KMS; then the KMS is called again, so that a revoked key stops unwraps within that
 * time. The first refusal ends every lease of the configuration at once. Concurrent operations on the same key share
 * one call.
 */
export class Leases {
  readonly #kms: TenantKms;
  readonly #random: (bytes: number) => Uint8Array;
  readonly #nowMs: () => number;
  readonly #limit: number;
  readonly #own = new Map<string, OwnLease>();
  readonly #open: OpenKeys;
  #sweptMs = Number.NEGATIVE_INFINITY;

  constructor({ kms, random, nowMs, limit = DEFAULT_LIMIT }: LeasesOptions) {
    this.#kms = kms;
    this.#random = random;
    this.#nowMs = nowMs;
    this.#limit = limit;
    this.#open = new OpenKeys(limit);
  }

  /** The number of keys in memory. */
  get size(): number {
    return this.#own.size + this.#open.size;
  }

  /** Wraps a document key by a lease and returns its EDEK. Rejects with `TenantError` of a KMS code. */
  async wrap(scope: LeaseScope & { readonly leasing: Leasing }, dek: Secret, notes: LeaseNotes): Promise<Uint8Array> {
    const lease = this.#ownLease(scope, notes);
    // Counted before the first await: no more operations may wait for a new lease than may use it.
    lease.uses += 1;
    return lease.key.use((key) => {
      const prefix = leasedPrefix(scope.configuration.id, lease.wrapped!);
      const nonce = this.#random(NONCE_BYTES);
      const sealed = sealKey(key, dek, nonce, associatedData(prefix, scope.tenantId));
      return leasedEdek(scope.configuration.id, prefix, sealed);
    });
  }

  /** Returns the document key of an EDEK. Rejects with `TenantError`. */
  async unwrap(
    scope: LeaseScope,
    { lease, sealed, configuration }: Edek & { readonly mode: 'leased' },
    notes: LeaseNotes,
  ): Promise<Secret> {
    const context = contextOf(scope.tenantId, configuration, 'lease');
    const open = (): Promise<Secret> => this.#kms.unwrap(scope.configuration.key, lease, context);
    const data = associatedData(leasedPrefix(configuration, lease), scope.tenantId);
    const dek = await this.use(scope, nameOfLease(lease), open, notes.opened, (key) => openKey(key, sealed, data));
    if (dek === undefined) throw new TenantError('INVALID_PROVIDED_EDEK', 'The EDEK is not what this service made');
    return dek;
  }

  /**
   * Runs `work` with a key of the tenant. Calls `open` for it unless it was opened within `openS`. `name` distinguishes
   * it from other keys of the configuration.
   */
  async use<T>(
    scope: LeaseScope,
    name: string,
    open: () => Promise<Secret>,
    opened: () => void,
    work: (key: Secret) => T,
  ): Promise<T> {
    const nowMs = this.#now();
    const openMs = 1000 * (scope.leasing?.openS ?? 0);
    const fullName = `${nameOfScope(scope)}${name}`;
    const found = this.#open.find(fullName, openMs, nowMs);
    if (found !== undefined) return found.use(work);
    const key = new SharedKey(open(), nowMs);
    if (openMs > 0) this.#open.keep(fullName, key, openMs);
    try {
      return await key.use((bytes) => {
        opened();
        return work(bytes);
      });
    } catch (error) {
      this.#open.drop(fullName, key);
      this.#endIfRefused(scope, error);
      throw error;
    }
  }

  /** Overwrites every key, as soon as no operation uses it. */
  close(): void {
    for (const name of this.#own.keys()) this.#dropOwn(name);
    this.#open.dropWhere(() => true);
  }

  #ownLease(scope: LeaseScope & { readonly leasing: Leasing }, notes: LeaseNotes): OwnLease {
    const nowMs = this.#now();
    const name = nameOfScope(scope);
    const found = this.#own.get(name);
    const { maxAgeS, maxUses, openS } = scope.leasing;
    if (found !== undefined && found.uses < maxUses && found.key.isWithin(1000 * maxAgeS, nowMs)) return found;
    this.#dropOwn(name);
    const { key: kmsKey, id } = scope.configuration;
    const ready = this.#kms.generate(kmsKey, contextOf(scope.tenantId, id, 'lease')).then(
      ({ plaintext, wrapped }) => {
        lease.wrapped = wrapped;
        notes.leased();
        this.#open.keep(`${name}${nameOfLease(wrapped)}`, lease.key, 1000 * openS);
        return plaintext;
      },
      (error: unknown) => {
        this.#dropOwn(name, lease);
        this.#endIfRefused(scope, error);
        throw error;
      },
    );
    const lease: OwnLease = { key: new SharedKey(ready, nowMs).hold(), maxAgeMs: 1000 * maxAgeS, uses: 0 };
    this.#own.set(name, lease);
    for (const oldest of this.#own.keys()) {
      if (this.#own.size <= this.#limit) break;
      this.#dropOwn(oldest);
    }
    return lease;
  }

  #dropOwn(name: string, lease?: OwnLease): void {
    const own = this.#own.get(name);
    if (own === undefined || (lease !== undefined && own !== lease)) return;
    this.#own.delete(name);
    own.key.release();
  }

  #endIfRefused(scope: LeaseScope, error: unknown): void {
    if (!(error instanceof TenantError) || !REFUSALS.has(error.code)) return;
    const prefix = nameOfScope(scope);
    this.#dropOwn(prefix);
    this.#open.dropWhere((name) => name.startsWith(prefix));
  }

  #now(): number {
    const nowMs = this.#nowMs();
    if (nowMs < this.#sweptMs || nowMs - this.#sweptMs >= SWEEP_EVERY_MS) {
      this.#sweptMs = nowMs;
      this.#open.sweep(nowMs);
      for (const [name, { key, maxAgeMs }] of this.#own) if (!key.isWithin(maxAgeMs, nowMs)) this.#dropOwn(name);
    }
    return nowMs;
  }
}

/** Ends with a character that no configuration id has, so that no name of a scope is a prefix of another's. */
function nameOfScope({ tenantId, configuration }: LeaseScope): string {
  return `${configuration.id} ${JSON.stringify(tenantId)} `;
}

function nameOfLease(wrapped: Uint8Array): string {
  return `lease ${Buffer.from(wrapped).toString('base64')}`;
}
