import { Secret } from '../base/secret.ts';
import { deriveKey } from '../crypto/hkdf.ts';
import { BundleError } from '../crypto/sealed-bundle.ts';

const ROOT_BYTES = 32;
const SALT_BYTES = 32;

/** The keyring as it travels inside a sealed bundle; keys and salt are base64. */
export interface KeyringDocument {
  readonly kdfSalt: string;
  readonly rootKeys: readonly { readonly version: number; readonly key: string }[];
}

/** What a derived key is for, and its length in bytes. */
const PURPOSE_BYTES = { ff1: 32, perm: 32, gcm: 32, siv: 64, hmac: 32 } as const;
export type KeyPurpose = keyof typeof PURPOSE_BYTES;

/** A keyring with one new root key. `random` gives as many random bytes as it is asked for. */
export function newKeyring(random: (bytes: number) => Uint8Array): KeyringDocument {
  return {
    kdfSalt: base64(random(SALT_BYTES)),
    rootKeys: [{ version: 1, key: base64(random(ROOT_BYTES)) }],
  };
}

/**
 * The data element keys of a policy: HKDF-SHA-256 from a root key, bound to element id, purpose and key version. Nothing of
 * the deployment enters, so every deployment of one keyring gives equal tokens.
 */
export class Keyring {
  readonly #salt: Uint8Array;
  readonly #roots: ReadonlyMap<number, Secret>;

  /** Throws `BundleError` when a key or the salt does not have its length. */
  constructor(document: KeyringDocument) {
    this.#salt = decode(document.kdfSalt, SALT_BYTES);
    this.#roots = new Map(document.rootKeys.map(({ version, key }) => [version, new Secret(decode(key, ROOT_BYTES))]));
  }

  elementKey(elementId: string, purpose: KeyPurpose, keyVersion = 1): Secret {
    const root = this.#roots.get(keyVersion);
    if (root === undefined) throw new RangeError(`The keyring has no root key of version ${keyVersion}`);
    return deriveKey(root, this.#salt, [elementId, purpose, String(keyVersion)], PURPOSE_BYTES[purpose]);
  }

  /** Overwrites the root keys; keys derived before stay usable. */
  destroy(): void {
    for (const root of this.#roots.values()) root.destroy();
  }
}

function decode(text: string, length: number): Buffer {
  const decoded = Buffer.from(text, 'base64');
  if (decoded.length !== length) {
    throw new BundleError('BUNDLE_MALFORMED', `A key or salt of the keyring is not ${length} bytes`);
  }
  return decoded;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
