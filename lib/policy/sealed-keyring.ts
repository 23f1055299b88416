// The keyring of a data store as a sealed bundle of its own, which outlives every policy version: a policy can be rewritten,
// rolled back or lost without a key. A published policy carries a copy of what it needs, so that the hot path opens one file.

import type { EncryptionContext, KeyService } from '../crypto/ports.ts';
import { BundleError, type BundleHeader, openBundle, type SealedBundle, sealBundle } from '../crypto/sealed-bundle.ts';
import { Keyring, type KeyringDocument } from './keyring.ts';

/** What stands in clear in front of a sealed keyring. */
export type KeyringHeader = {
  /** The data store whose keys these are: policies of one data store have equal tokens. */
  readonly keyring: string;
  /** Grows by one with every change of the keyring; it is no version of a root key. */
  readonly version: number;
  /** ISO 8601: when this version was sealed. */
  readonly createdAt: string;
};

export type SealedKeyring = SealedBundle<KeyringHeader>;

/** An opened keyring, and which one it is. */
export interface OpenedKeyring {
  readonly dataStore: string;
  readonly version: number;
  readonly content: KeyringDocument;
}

/** Seals a keyring. `iv`: 12 random bytes. Rejects with `KeyServiceError`, or with `BundleError` for what is no keyring. */
export async function sealKeyring(
  keys: KeyService,
  keyring: OpenedKeyring,
  createdAt: Date,
  iv: Uint8Array,
): Promise<SealedKeyring> {
  checkContent(keyring.content);
  const header: KeyringHeader = {
    keyring: keyring.dataStore,
    version: keyring.version,
    createdAt: createdAt.toISOString(),
  };
  return sealBundle(keys, contextOf(header), header, keyring.content, iv);
}

/** Opens a sealed keyring. Rejects with `BundleError` or `KeyServiceError`. Whose it is, is for the caller to compare. */
export async function openKeyring(keys: KeyService, bundle: unknown): Promise<OpenedKeyring> {
  const { header, content } = await openBundle(keys, bundle, contextOf);
  if (typeof header.keyring !== 'string' || typeof header.version !== 'number') {
    throw new BundleError('BUNDLE_MALFORMED', 'This is a sealed bundle, but no sealed keyring');
  }
  checkContent(content);
  return { dataStore: header.keyring, version: header.version, content };
}

/** A keyring that cannot be used must not take the place of one that can. */
function checkContent(content: unknown): asserts content is KeyringDocument {
  using _ = new Keyring(content as KeyringDocument);
}

function contextOf(header: BundleHeader): EncryptionContext {
  return { purpose: 'keyring', keyring: String(header.keyring), version: String(header.version) };
}
