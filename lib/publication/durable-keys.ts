// Keys as documents that are written once. A stored keyring version or signing key is never overwritten, and no key is
// used before its document is durable, so no crash, rollback or second agent can lose one.

import { openSigningKey, sealSigningKey } from '../audit/sealed-signing-key.ts';
import type { Secret } from '../base/secret.ts';
import type { KeyService } from '../crypto/ports.ts';
import { newestVersion, newKeyring, rotateKeyring } from '../policy/keyring.ts';
import { type OpenedKeyring, openKeyring, sealKeyring } from '../policy/sealed-keyring.ts';
import { PublicationError } from './errors.ts';
import type { DocumentStore } from './ports.ts';

/** The sealed audit signing key, as the layer carries it. */
export const SIGNING_KEY = 'keys/audit-signing.sealed.json';
const keyringName = (version: number): string => `keys/keyring-${version}.sealed.json`;

/** The place of keys, and the sources to make them. `random` returns that many random bytes. */
export interface KeyPlace {
  readonly documents: DocumentStore;
  readonly keys: KeyService;
  readonly random: (bytes: number) => Uint8Array;
  readonly now: () => Date;
}

/**
 * Resolves to the newest keyring, searched from the version `known` on. Makes one for `dataStore` when there is none,
 * and adds the root key `rootVersion` when it is the next one. Does not check whether the keyring suits a policy.
 * Rejects with `PublicationError`, `KeyServiceError` or `BundleError`.
 */
export async function ensureKeyring(
  place: KeyPlace,
  known: number,
  dataStore: string,
  rootVersion: number,
): Promise<OpenedKeyring> {
  const found = await newestKeyring(place, known);
  const newest = found === undefined ? 0 : newestVersion(found.content);
  const ours = found === undefined || found.dataStore === dataStore;
  if (found !== undefined && !(ours && rootVersion === newest + 1)) return found;
  const { random, now } = place;
  const content = found === undefined ? newKeyring(random, now()) : rotateKeyring(found.content, random, now());
  const version = (found?.version ?? 0) + 1;
  await write(place, { dataStore, version, content });
  // Read back: if another agent was first, its keys count.
  return ensureKeyring(place, version, dataStore, rootVersion);
}

/** Versions have no gaps, so the newest one is the last that exists. */
async function newestKeyring(place: KeyPlace, known: number): Promise<OpenedKeyring | undefined> {
  let newest: string | undefined;
  for (let version = Math.max(known, 1); ; version++) {
    // oxlint-disable-next-line no-await-in-loop -- the next is asked for only when this one is there
    const stored = await place.documents.read(keyringName(version));
    if (stored !== undefined) newest = stored.text;
    else if (version <= known) {
      throw new PublicationError('PUBLICATION_STATE_INVALID', `The sealed keyring ${keyringName(version)} is missing`);
    } else break;
  }
  return newest === undefined ? undefined : openKeyring(place.keys, JSON.parse(newest));
}

async function write(place: KeyPlace, keyring: OpenedKeyring): Promise<void> {
  const sealed = await sealKeyring(place.keys, keyring, place.now(), place.random(12));
  await place.documents.write(keyringName(keyring.version), `${JSON.stringify(sealed)}\n`, undefined);
}

/**
 * Resolves to the audit signing key, which it makes once, with `newKey`. Rejects with `KeyServiceError` or
 * `BundleError`.
 */
export async function ensureSigningKey(
  place: KeyPlace,
  newKey: () => { readonly id: string; readonly key: Secret },
): Promise<{ readonly keyId: string; readonly key: Secret; readonly sealed: string }> {
  const stored = await place.documents.read(SIGNING_KEY);
  if (stored !== undefined)
    return { ...(await openSigningKey(place.keys, JSON.parse(stored.text))), sealed: stored.text };
  const made = newKey();
  using key = made.key;
  const header = { signingKeyId: made.id, createdAt: place.now().toISOString() };
  const sealed = await sealSigningKey(place.keys, header, key, place.random(12));
  await place.documents.write(SIGNING_KEY, `${JSON.stringify(sealed)}\n`, undefined);
  return ensureSigningKey(place, newKey);
}
