// The keyring of a data store as a sealed bundle of its own. It outlives every policy version: rewriting, rolling back
// or losing a policy loses no key. A published policy holds a copy, so that the hot path opens one file.

import type { EncryptionContext, KeyService } from '../crypto/ports.ts';
import { BundleError, type BundleHeader, openBundle, type SealedBundle, sealBundle } from '../crypto/sealed-bundle.ts';
import { Keyring, type KeyringDocument } from './keyring.ts';

/** The header of a sealed keyring, in clear. */
export type KeyringHeader = {
  /** The data store that owns the keys: policies of one data store have equal tokens. */
  readonly keyring: string;
  /** Grows by one with every change of the keyring. Not a version of a root key. */
  readonly version: number;
  /** Time of sealing, ISO 8601. */
  readonly createdAt: string;
};

export type SealedKeyring = SealedBundle<KeyringHeader>;

/** An opened keyring with its data store and version. */
export interface OpenedKeyring {
  readonly dataStore: string;
  readonly version: number;
  readonly content: KeyringDocument;
}

/**
 * Seals a keyring. `iv`: 12 random bytes. Rejects with `KeyServiceError`, or with `BundleError` for content that is not
 * a keyring.
 */
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

/** Opens a sealed keyring. The caller compares its data store. Rejects with `BundleError` or `KeyServiceError`. */
export async function openKeyring(keys: KeyService, bundle: unknown): Promise<OpenedKeyring> {
  const { header, content } = await openBundle(keys, bundle, contextOf);
  if (typeof header.keyring !== 'string' || typeof header.version !== 'number') {
    throw new BundleError('BUNDLE_MALFORMED', 'This is a sealed bundle, but not a sealed keyring');
  }
  checkContent(content);
  return { dataStore: header.keyring, version: header.version, content };
}

/** Throws `BundleError` unless the content is a usable keyring, so that a broken keyring never replaces a good one. */
function checkContent(content: unknown): asserts content is KeyringDocument {
  using _ = new Keyring(content as KeyringDocument);
}

function contextOf(header: BundleHeader): EncryptionContext {
  return { purpose: 'keyring', keyring: String(header.keyring), version: String(header.version) };
}
