// Keys as documents that are written once. A stored keyring version or signing key is never overwritten, and no key is
// used before its document is durable, so no crash, rollback or second agent can lose one.

import { openSigningKey, sealSigningKey } from '../audit/sealed-signing-key.ts';
import type { Secret } from '../base/secret.ts';
import { PUBLISHED } from '../contract/policy-agent.ts';
import type { KeyService } from '../crypto/ports.ts';
import {
  compromiseRoot,
  type KeyringDocument,
  newestVersion,
  newKeyring,
  rotateKeyring,
  stateOf,
} from '../policy/keyring.ts';
import { type OpenedKeyring, openKeyring, sealKeyring } from '../policy/sealed-keyring.ts';
import { PublicationError } from './errors.ts';
import type { DocumentStore } from './ports.ts';

/** The sealed audit signing key, as the layer carries it. */
export const SIGNING_KEY = PUBLISHED.signingKey;
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
  const found = await currentKeyring(place, known);
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

/** A change of the root keys. `rotate`: adds one, which gets this version. `compromise`: marks one. */
export type KeyChange =
  | { readonly kind: 'rotate'; readonly to: number }
  | { readonly kind: 'compromise'; readonly root: number };

/**
 * Carries out a change once, however often it is asked for, and resolves to the newest keyring, searched from the version
 * `known` on. Rejects with `PublicationError`, `KeyServiceError` or `BundleError`; a keyring that does not exist, a root key
 * that it does not have, and a rotation to any other version than the next are `PUBLICATION_REFUSED`.
 */
export async function changeKeyring(place: KeyPlace, known: number, change: KeyChange): Promise<OpenedKeyring> {
  const found = await currentKeyring(place, known);
  if (found === undefined) throw refused('there is no keyring before the first policy');
  const content = changed(found.content, change, place);
  if (content === found.content) return found;
  const version = found.version + 1;
  await write(place, { ...found, version, content });
  // Read back: if another agent was first, its keys count.
  return changeKeyring(place, version, change);
}

function changed(content: KeyringDocument, change: KeyChange, { random, now }: KeyPlace): KeyringDocument {
  const newest = newestVersion(content);
  if (change.kind === 'compromise') {
    if (content.rootKeys.some(({ version }) => version === change.root)) return compromiseRoot(content, change.root);
    throw refused(`the keyring has no root key of version ${change.root}; its versions: 1 to ${newest}`);
  }
  if (change.to <= newest) return content;
  if (change.to === newest + 1) return rotateKeyring(content, random, now());
  throw refused(`the next root key has version ${newest + 1}, and not ${change.to}`);
}

function refused(why: string): PublicationError {
  return new PublicationError('PUBLICATION_REFUSED', `The root keys cannot be changed: ${why}`);
}

/**
 * Resolves to the keyring of a version; undefined for version 0, before there is one. Rejects as `changeKeyring` does.
 */
export async function keyringOf(place: KeyPlace, version: number): Promise<OpenedKeyring | undefined> {
  if (version === 0) return undefined;
  const stored = await place.documents.read(keyringName(version));
  if (stored !== undefined) return openKeyring(place.keys, JSON.parse(stored.text));
  throw new PublicationError('PUBLICATION_STATE_INVALID', `The sealed keyring ${keyringName(version)} is missing`);
}

/** What happened to the root keys between two keyrings, in the words of the trail. */
export function keyringEvents(
  before: OpenedKeyring | undefined,
  after: OpenedKeyring,
): { readonly code: 76 | 78; readonly detail: string }[] {
  const known = new Map(before?.content.rootKeys.map((root) => [root.version, stateOf(root)]));
  return after.content.rootKeys.flatMap((root): { code: 76 | 78; detail: string }[] => {
    const { version } = root;
    const made = known.has(version) ? [] : [{ code: 78, detail: `root key version ${version}` } as const];
    const isMarked = stateOf(root) === 'compromised' && known.get(version) !== 'compromised';
    return isMarked ? [...made, { code: 76, detail: `root key version ${version} is compromised` }] : made;
  });
}

/**
 * Resolves to the newest keyring, searched from the version `known` on; undefined where there is none. Versions have no
 * gaps, so it is the last that exists.
 */
export async function currentKeyring(place: KeyPlace, known: number): Promise<OpenedKeyring | undefined> {
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
  return await ensureSigningKey(place, newKey);
}
