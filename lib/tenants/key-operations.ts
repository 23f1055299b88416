// Operations on one key: by the tenant's KMS, or by a lease if the tenant has leasing. Each notes what it did.

import { Secret } from '../base/secret.ts';
import { configurationOf, primaryOf } from './configurations.ts';
import {
  currentFirst,
  deriveInto,
  type DerivationKind,
  type DerivationPaths,
  type DerivedKeys,
  destroyDerived,
  placesFor,
} from './derive.ts';
import { contextOf, directEdek, parseEdek } from './edek.ts';
import { TenantError } from './errors.ts';
import type { KeyJournal, Metadata } from './key-journal.ts';
import type { LeaseNotes, Leases, LeaseScope } from './leases.ts';
import type { KmsConfiguration, Tenant } from './model.ts';
import type { TenantKms } from './ports.ts';
import { NOT_ASSIGNED } from './public-texts.ts';
import { roleOf, type SecretRole } from './secret-roles.ts';
import { openTenantSecret } from './tenant-secret.ts';

export interface KeyOperationsOptions {
  readonly kms: TenantKms;
  readonly leases: Leases;
  /** A cryptographic source of bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/** A document key, and the form in which it is stored beside the document. The caller must destroy the key. */
export interface WrappedDocumentKey {
  readonly dek: Secret;
  readonly edek: Uint8Array;
}

const DEK_BYTES = 32;

/** Every operation rejects with `TenantError`. */
export class KeyOperations {
  readonly #kms: TenantKms;
  readonly #leases: Leases;
  readonly #random: (bytes: number) => Uint8Array;

  constructor({ kms, leases, random }: KeyOperationsOptions) {
    this.#kms = kms;
    this.#leases = leases;
    this.#random = random;
  }

  /** Wraps a new document key, or `existing`. If this fails, the caller still owns `existing` and must destroy it. */
  async wrap(tenant: Tenant, metadata: Metadata, journal: KeyJournal, existing?: Secret): Promise<WrappedDocumentKey> {
    const configuration = primaryOf(tenant);
    const { leasing } = tenant;
    if (leasing === undefined) return this.#wrapByKms(tenant, configuration, metadata, journal, existing);
    const dek = existing ?? new Secret(this.#random(DEK_BYTES));
    try {
      const scope = { ...scopeOf(tenant, configuration), leasing };
      const edek = await this.#leases.wrap(scope, dek, notesIn(journal, metadata));
      journal.note(metadata, 'wrappedByLease');
      return { dek, edek };
    } catch (error) {
      if (existing === undefined) dek.destroy();
      throw error;
    }
  }

  async unwrap(tenant: Tenant, metadata: Metadata, bytes: Uint8Array, journal: KeyJournal): Promise<Secret> {
    const edek = parseEdek(bytes);
    const configuration = configurationOf(tenant, edek.configuration);
    if (edek.mode === 'direct') {
      const context = contextOf(tenant.id, configuration.id, 'document');
      const dek = await this.#kms.unwrap(configuration.key, edek.wrapped, context).catch(notAssigned);
      journal.note(metadata, 'unwrapped');
      return dek;
    }
    const scope = scopeOf(tenant, configuration);
    const dek = await this.#leases.unwrap(scope, edek, notesIn(journal, metadata)).catch(notAssigned);
    journal.note(metadata, 'unwrappedByLease');
    return dek;
  }

  /** Derives keys from every secret that a path has; if one fails, returns none. */
  async derive(
    tenant: Tenant,
    metadata: Metadata,
    paths: DerivationPaths,
    kind: DerivationKind,
    journal: KeyJournal,
  ): Promise<DerivedKeys> {
    if (tenant.secrets.length === 0) {
      throw new TenantError('KMS_CONFIGURATION_INVALID', 'The tenant has no secret that keys could be derived from');
    }
    const keys = placesFor(paths);
    try {
      for (const secret of tenant.secrets.toReversed()) {
        const { id, edek } = secret;
        const placesOf = (role: SecretRole): DerivedKeys =>
          new Map([...keys].filter(([path]) => roleOf(tenant.secrets, secret, path) === role));
        const [current, former] = [placesOf('current'), placesOf('former')];
        if (current.size + former.size === 0) continue;
        const configuration = configurationOf(tenant, parseEdek(edek).configuration);
        // oxlint-disable-next-line no-await-in-loop -- a tenant has one secret, or two during a rotation
        await this.#leases.use(
          scopeOf(tenant, configuration),
          `secret ${Buffer.from(edek).toString('base64')}`,
          () => openTenantSecret(this.#kms, tenant.id, configuration, edek),
          () => journal.note(metadata, 'secretOpened'),
          (opened) => {
            deriveInto(current, opened, kind, { tenantSecretId: id, current: true });
            deriveInto(former, opened, kind, { tenantSecretId: id, current: false });
          },
        );
      }
      currentFirst(keys);
    } catch (error) {
      destroyDerived(keys);
      throw error;
    }
    const count = [...paths.values()].reduce((sum, { size }) => sum + size, 0);
    journal.note(metadata, 'derived', { count });
    return keys;
  }

  async #wrapByKms(
    tenant: Tenant,
    { id, key }: KmsConfiguration,
    metadata: Metadata,
    journal: KeyJournal,
    existing: Secret | undefined,
  ): Promise<WrappedDocumentKey> {
    const context = contextOf(tenant.id, id, 'document');
    const { plaintext, wrapped } =
      existing === undefined
        ? await this.#kms.generate(key, context)
        : { plaintext: existing, wrapped: await this.#kms.wrap(key, existing, context) };
    journal.note(metadata, 'wrapped');
    return { dek: plaintext, edek: directEdek(id, wrapped) };
  }
}

/** Gives a KMS's refusal of the bytes the text that callers know: a KMS does not tell why it refuses them. */
function notAssigned(error: unknown): never {
  if (!(error instanceof TenantError) || error.code !== 'INVALID_PROVIDED_EDEK') throw error;
  const message = `${NOT_ASSIGNED}, or was altered: its KMS configuration does not open it`;
  throw new TenantError(error.code, message, { cause: error });
}

function scopeOf(tenant: Tenant, configuration: KmsConfiguration): LeaseScope {
  return { tenantId: tenant.id, configuration, leasing: tenant.leasing };
}

function notesIn(journal: KeyJournal, metadata: Metadata): LeaseNotes {
  return {
    leased: () => journal.note(metadata, 'leased'),
    opened: () => journal.note(metadata, 'leaseOpened'),
  };
}
