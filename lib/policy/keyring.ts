import { Secret } from '../base/secret.ts';
import { deriveKey } from '../crypto/hkdf.ts';
import { BundleError } from '../crypto/sealed-bundle.ts';

const ROOT_BYTES = 32;
const SALT_BYTES = 32;

/**
 * The state of a root key. `active`: the newest key, which new and rotated elements use. `deactivated`: a newer key has
 * replaced it; its elements work as before until they are rotated. `compromised`: an attacker may know it. No policy is
 * published whose elements protect with it; its tokens stay readable, so that they can be re-protected.
 */
export type RootKeyState = 'active' | 'deactivated' | 'compromised';

export interface RootKey {
  /** 1, 2, 3 …; an element's `keyVersion` names the root key that its keys are derived from. */
  readonly version: number;
  /** 32 bytes, base64. */
  readonly key: string;
  /** @default `active`: keyrings of release 0.1.0 have no state */
  readonly state?: RootKeyState;
  /** ISO 8601. */
  readonly createdAt?: string;
}

/** The keyring as a sealed bundle holds it; keys and salt are base64. */
export interface KeyringDocument {
  readonly kdfSalt: string;
  /** Oldest first. */
  readonly rootKeys: readonly RootKey[];
}

/** The purposes of derived keys, and their lengths in bytes. */
const PURPOSE_BYTES = { ff1: 32, perm: 32, gcm: 32, siv: 64, hmac: 32 } as const;
export type KeyPurpose = keyof typeof PURPOSE_BYTES;

type Random = (bytes: number) => Uint8Array;

/** Makes a keyring with one new root key. `random` returns the requested number of random bytes. */
export function newKeyring(random: Random, createdAt?: Date): KeyringDocument {
  return { kdfSalt: base64(random(SALT_BYTES)), rootKeys: [newRoot(1, random, createdAt)] };
}

/** Adds a root key, which becomes the active one. All others stay, so old tokens stay readable. */
export function rotateKeyring(document: KeyringDocument, random: Random, createdAt: Date): KeyringDocument {
  const before = document.rootKeys.map(
    (root): RootKey => ({ ...root, state: stateOf(root) === 'active' ? 'deactivated' : stateOf(root) }),
  );
  return { ...document, rootKeys: [...before, newRoot(newestVersion(document) + 1, random, createdAt)] };
}

/** Marks a root key as compromised. Returns the same document where it is marked already, or has no such key. */
export function compromiseRoot(document: KeyringDocument, version: number): KeyringDocument {
  const isIt = (root: RootKey): boolean => root.version === version && stateOf(root) !== 'compromised';
  if (!document.rootKeys.some(isIt)) return document;
  return {
    ...document,
    rootKeys: document.rootKeys.map((root) => (isIt(root) ? { ...root, state: 'compromised' } : root)),
  };
}

/** Returns the version of the newest root key, which rotated elements use. */
export function newestVersion(document: KeyringDocument): number {
  return Math.max(...document.rootKeys.map(({ version }) => version));
}

/** Returns the state of a root key. */
export function stateOf(root: RootKey): RootKeyState {
  return root.state ?? 'active';
}

function newRoot(version: number, random: Random, createdAt: Date | undefined): RootKey {
  const key = base64(random(ROOT_BYTES));
  return createdAt === undefined
    ? { version, key }
    : { version, key, state: 'active', createdAt: createdAt.toISOString() };
}

/**
 * Derives the data element keys of a policy: HKDF-SHA-256 from a root key, bound to element id, purpose and key
 * version. Nothing of the deployment enters, so every deployment of one keyring makes equal tokens.
 */
export class Keyring implements Disposable {
  readonly #salt: Uint8Array;
  readonly #roots: ReadonlyMap<number, Secret>;
  #destroyed = false;

  /** Throws `BundleError` for a document that is not a keyring, and for a key or salt of the wrong length. */
  constructor(document: KeyringDocument) {
    if (!Array.isArray(document?.rootKeys) || document.rootKeys.length === 0) {
      throw new BundleError('BUNDLE_MALFORMED', 'The keyring holds no root key');
    }
    this.#salt = decode(document.kdfSalt, SALT_BYTES);
    this.#roots = new Map(document.rootKeys.map(({ version, key }) => [version, new Secret(decode(key, ROOT_BYTES))]));
  }

  /** Derives a key of an element. Throws `RangeError` for an unknown version, and once the keyring is destroyed. */
  elementKey(elementId: string, purpose: KeyPurpose, keyVersion = 1): Secret {
    const root = this.#roots.get(keyVersion);
    if (this.#destroyed) throw new RangeError('The keyring is destroyed');
    if (root === undefined) throw new RangeError(`The keyring has no root key of version ${keyVersion}`);
    return deriveKey(root, this.#salt, [elementId, purpose, String(keyVersion)], PURPOSE_BYTES[purpose]);
  }

  /** Overwrites the root keys. Keys derived earlier stay usable; deriving new ones throws. */
  destroy(): void {
    this.#destroyed = true;
    for (const root of this.#roots.values()) root.destroy();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }
}

function decode(text: unknown, length: number): Buffer {
  const decoded = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (decoded.length !== length) {
    throw new BundleError('BUNDLE_MALFORMED', `A key or salt of the keyring is not ${length} bytes`);
  }
  return decoded;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
