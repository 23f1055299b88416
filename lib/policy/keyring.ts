import { Secret } from '../base/secret.ts';
import { deriveKey } from '../crypto/hkdf.ts';
import { BundleError } from '../crypto/sealed-bundle.ts';

const ROOT_BYTES = 32;
const SALT_BYTES = 32;

/**
 * What a root key may still do. `active`: elements that are new or rotated pin it; the newest one. `deactivated`: a newer one
 * has taken its place, elements that pin it work as before until they are rotated. `compromised`: somebody else may know it,
 * so no policy is published whose elements protect with it; what it protected stays readable, to be moved away.
 */
export type RootKeyState = 'active' | 'deactivated' | 'compromised';

export interface RootKey {
  /** 1, 2, 3 …; an element's `keyVersion` is the version of the root key that its keys are derived from. */
  readonly version: number;
  /** 32 bytes, base64. */
  readonly key: string;
  /** @default `active`: keyrings of release 0.1.0 do not say it */
  readonly state?: RootKeyState;
  /** ISO 8601. */
  readonly createdAt?: string;
}

/** The keyring as it travels inside a sealed bundle; keys and salt are base64. */
export interface KeyringDocument {
  readonly kdfSalt: string;
  /** Oldest first. */
  readonly rootKeys: readonly RootKey[];
}

/** What a derived key is for, and its length in bytes. */
const PURPOSE_BYTES = { ff1: 32, perm: 32, gcm: 32, siv: 64, hmac: 32 } as const;
export type KeyPurpose = keyof typeof PURPOSE_BYTES;

type Random = (bytes: number) => Uint8Array;

/** A keyring with one new root key. `random` gives as many random bytes as it is asked for. */
export function newKeyring(random: Random, createdAt?: Date): KeyringDocument {
  return { kdfSalt: base64(random(SALT_BYTES)), rootKeys: [newRoot(1, random, createdAt)] };
}

/** The keyring with one root key more, which is the active one from now on. Every other stays: old tokens stay readable. */
export function rotateKeyring(document: KeyringDocument, random: Random, createdAt: Date): KeyringDocument {
  const before = document.rootKeys.map(
    (root): RootKey => ({ ...root, state: stateOf(root) === 'active' ? 'deactivated' : stateOf(root) }),
  );
  return { ...document, rootKeys: [...before, newRoot(newestVersion(document) + 1, random, createdAt)] };
}

/** Version of the newest root key, which is the one that rotated elements pin. */
export function newestVersion(document: KeyringDocument): number {
  return Math.max(...document.rootKeys.map(({ version }) => version));
}

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
 * The data element keys of a policy: HKDF-SHA-256 from a root key, bound to element id, purpose and key version. Nothing of
 * the deployment enters, so every deployment of one keyring gives equal tokens.
 */
export class Keyring implements Disposable {
  readonly #salt: Uint8Array;
  readonly #roots: ReadonlyMap<number, Secret>;
  #destroyed = false;

  /** Throws `BundleError` when it is no keyring, or a key or the salt does not have its length. */
  constructor(document: KeyringDocument) {
    if (!Array.isArray(document?.rootKeys) || document.rootKeys.length === 0) {
      throw new BundleError('BUNDLE_MALFORMED', 'The keyring holds no root key');
    }
    this.#salt = decode(document.kdfSalt, SALT_BYTES);
    this.#roots = new Map(document.rootKeys.map(({ version, key }) => [version, new Secret(decode(key, ROOT_BYTES))]));
  }

  /** Throws `RangeError` for a version without a root key, and once the keyring is destroyed. */
  elementKey(elementId: string, purpose: KeyPurpose, keyVersion = 1): Secret {
    const root = this.#roots.get(keyVersion);
    if (this.#destroyed) throw new RangeError('The keyring is destroyed');
    if (root === undefined) throw new RangeError(`The keyring has no root key of version ${keyVersion}`);
    return deriveKey(root, this.#salt, [elementId, purpose, String(keyVersion)], PURPOSE_BYTES[purpose]);
  }

  /** Overwrites the root keys; keys derived before stay usable, new ones are refused. */
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
