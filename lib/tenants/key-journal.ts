// Security events of key operations: one for each key that was wrapped or unwrapped, leased or not, and one for each
// further call to a tenant's KMS.

import type { EventDraft, IclFields } from '../events/event.ts';
import { TenantError } from './errors.ts';

/**
 * Event names and texts. The first six texts are the reference product's ("Real Time Security Events", logged events).
 */
const NOTES = {
  unwrapped: ['DATA_DECRYPT', 'EDEK decrypted via KMS.'],
  wrapped: ['DATA_ENCRYPT', 'DEK encrypted via KMS.'],
  leased: ['CUSTOM_LEASE_KEY', 'Leased a new key via KMS.'],
  leaseOpened: ['CUSTOM_DECRYPT_LEASED_KEY', 'Decrypted a leased key via KMS.'],
  wrappedByLease: ['DATA_ENCRYPT', 'Encrypted a DEK using a leased key.'],
  unwrappedByLease: ['DATA_DECRYPT', 'Decrypted an EDEK using a leased key.'],
  secretOpened: ['CUSTOM_DECRYPT_TENANT_SECRET', 'Decrypted a tenant secret via KMS.'],
  derived: ['CUSTOM_DERIVE_KEYS', 'Derived keys from the tenant secrets.'],
  reportedWraps: ['DATA_ENCRYPT', 'Encrypted using a cached key.'],
  reportedUnwraps: ['DATA_DECRYPT', 'Decrypted using a cached key.'],
} as const;

export type KeyNote = keyof typeof NOTES;

/** The kind of a refused operation. */
export type Refused = 'wrap' | 'unwrap' | 'derive' | 'report';

const REFUSED: Readonly<Record<Refused, string>> = {
  wrap: 'Refused to encrypt a DEK',
  unwrap: 'Refused to decrypt an EDEK',
  derive: 'Refused to derive keys',
  report: 'Refused a report of operations',
};

/** What the request says of itself (who, for which tenant, why): an event without a name. */
export type Metadata = Omit<EventDraft, 'timeMs'>;

/** Collects the events of one request, in order. They carry no time of their own: the event log dates them. */
export class KeyJournal {
  readonly drafts: EventDraft[] = [];

  note(metadata: Metadata, note: KeyNote, more: IclFields = {}): void {
    const [event, logMsg] = NOTES[note];
    this.#add(metadata, { ...more, event, logMsg });
  }

  /** Returns what `work` returns. Notes a refusal with its code, never with what the caller presented. */
  async orRefused<T>(
    metadata: Metadata,
    wanted: Refused,
    work: () => Promise<T> | T,
    more: IclFields = {},
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof TenantError ? error.code : 'UNKNOWN_ERROR';
      this.#add(metadata, { ...more, event: 'DATA_DENY_ACCESS', logMsg: `${REFUSED[wanted]}: ${reason}.` });
      throw error;
    }
  }

  #add({ tenantId, iclFields, customFields }: Metadata, more: IclFields): void {
    this.drafts.push({ tenantId, iclFields: { ...iclFields, ...more }, customFields });
  }
}
