// Key leasing: a key that the tenant's KMS has wrapped wraps document keys for a while, so that most operations need no call to
// the KMS. The leased key travels, wrapped, in every EDEK made with it: there is no database of leases.

import type { Secret } from '../base/secret.ts';
import { NONCE_BYTES, openKey, sealKey } from '../crypto/key-wrap.ts';
import { associatedData, contextOf, type Edek, leasedEdek, leasedPrefix } from './edek.ts';
import { TenantError } from './errors.ts';
import type { KmsConfiguration, Leasing } from './model.ts';
import { OpenKeys, SharedKey } from './open-keys.ts';
import type { TenantKms } from './ports.ts';

/** A KMS configuration of a tenant, and how its keys may be leased. Without `leasing` nothing is kept in memory. */
export interface LeaseScope {
  readonly tenantId: string;
  readonly configuration: Pick<KmsConfiguration, 'id' | 'key'>;
  readonly leasing: Leasing | undefined;
}

/** Told of every call to a KMS that went well, once, whoever else waits for the same. */
export interface LeaseNotes {
  readonly leased: () => void;
  readonly opened: () => void;
}

export interface LeasesOptions {
  readonly kms: TenantKms;
  readonly random: (bytes: number) => Uint8Array;
  /**
   * The time of day. A clock that only goes forward would not do: it may stand still while an execution environment is frozen,
   * and a lease would outlive its time.
   */
  readonly nowMs: () => number;
  /** How many opened keys are kept, and how many leases to wrap with. @default 1,000 each */
  readonly limit?: number;
}

/** A key that new document keys are wrapped with. */
interface OwnLease {
  readonly key: SharedKey;
  readonly maxAgeMs: number;
  /** The key as the KMS wrapped it; there as soon as the key is. */
  wrapped?: Uint8Array;
  uses: number;
}

const DEFAULT_LIMIT = 1000;
/** How often what is too old is looked for. */
const SWEEP_EVERY_MS = 1000;

/** What a KMS says when it will not open anything of this configuration any more. */
const REFUSALS: ReadonlySet<string> = new Set([
  'KMS_AUTHORIZATION_FAILED',
  'KMS_CONFIGURATION_INVALID',
  'KMS_ACCOUNT_ISSUE',
] satisfies TenantError['code'][]);

/**
 * The leased keys of one execution environment.
 *
 * A lease of its own wraps for `maxAgeS` and `maxUses` at most. For unwraps, a key that the KMS has opened, that of the own lease
 * included, is used for `openS` since the KMS was asked: then the KMS is asked again, so that a revoked key stops unwraps within
 * that time. The first refusal ends every lease of the configuration at once. Who needs the same key at the same time shares
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

  /** How many keys are in memory. */
  get size(): number {
    return this.#own.size + this.#open.size;
  }

  /** The EDEK of a document key. Rejects with `TenantError` of a KMS code. */
  async wrap(scope: LeaseScope & { readonly leasing: Leasing }, dek: Secret, notes: LeaseNotes): Promise<Uint8Array> {
    const lease = this.#ownLease(scope, notes);
    // Counted before anything is awaited: as many wait for a new lease as may use it.
    lease.uses += 1;
    return lease.key.use((key) => {
      const prefix = leasedPrefix(scope.configuration.id, lease.wrapped!);
      const nonce = this.#random(NONCE_BYTES);
      const sealed = sealKey(key, dek, nonce, associatedData(prefix, scope.tenantId));
      return leasedEdek(scope.configuration.id, prefix, sealed);
    });
  }

  /** The document key of an EDEK. Rejects with `TenantError`. */
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
   * Does `work` with a key of the tenant's that `open` asks the KMS for, unless it was opened within `openS`. `name` tells it from
   * other keys of the configuration.
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

  /** Overwrites every key that nobody is at work with. */
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

/** Ends with a character that no configuration id has, so that no scope's name begins another's. */
function nameOfScope({ tenantId, configuration }: LeaseScope): string {
  return `${configuration.id} ${JSON.stringify(tenantId)} `;
}

function nameOfLease(wrapped: Uint8Array): string {
  return `lease ${Buffer.from(wrapped).toString('base64')}`;
}
