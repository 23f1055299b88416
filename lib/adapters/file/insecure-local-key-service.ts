// AES-256-GCM (NIST SP 800-38D) under a key in a file: for trying the product out, never for real data.
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { type EncryptionContext, type KeyService, KeyServiceError } from '../../crypto/ports.ts';
import { createKeyFile, KeyFileError, type NamedKey, readKeyFile, uuidOf } from './key-file.ts';
import { unwrapKey, wrapKey } from './wrapped-key.ts';

const KEY_BYTES = 32;

/**
 * Implements `KeyService` over the key file at `path`, read on first use. Insecure because any reader of the file can
 * open everything unnoticed.
 */
export function insecureLocalKeyService(path: string): KeyService {
  let loaded: Promise<NamedKey> | undefined;

  async function wrappingKey(): Promise<NamedKey> {
    loaded ??= readKeyFile(path);
    try {
      return await loaded;
    } catch (error) {
      loaded = undefined;
      const message = error instanceof KeyFileError ? error.message : `Key file ${path} cannot be used`;
      throw new KeyServiceError('KEY_REFUSED', message);
    }
  }

  return {
    async generateDataKey(context: EncryptionContext) {
      const { keyId, key } = await wrappingKey();
      const plaintext = systemRandomBytes(KEY_BYTES);
      return { keyId, wrapped: wrapKey(key, plaintext, checked(context)), plaintext: new Secret(plaintext) };
    },

    async unwrapDataKey(keyId: string, wrapped: Uint8Array, context: EncryptionContext) {
      const { keyId: ownKeyId, key } = await wrappingKey();
      if (keyId !== ownKeyId) throw refused();
      const opened = unwrapKey(key, wrapped, checked(context));
      if (opened === undefined) throw refused();
      return opened;
    },
  };
}

/**
 * Makes the key file for `insecureLocalKeyService` and returns its key id. Rejects with `KeyFileError`; never
 * overwrites.
 */
export async function createInsecureLocalKey(
  path: string,
  randomBytes: (size: number) => Uint8Array = systemRandomBytes,
): Promise<string> {
  const keyId = `insecure-local:${uuidOf(randomBytes(16))}`;
  await createKeyFile(path, keyId, new Secret(randomBytes(KEY_BYTES)));
  return keyId;
}

/** Returns the context, or throws when it is not well-formed text. */
function checked(context: EncryptionContext): EncryptionContext {
  if (
    Object.entries(context)
      .flat()
      .every((text) => text.isWellFormed())
  )
    return context;
  throw new KeyServiceError('KEY_REFUSED', 'The encryption context is not well-formed text');
}

/** One error for every cause, as in KMS: it does not reveal which part was wrong. */
function refused(): KeyServiceError {
  return new KeyServiceError(
    'KEY_REFUSED',
    'The local key does not open this: other key, other context or altered bytes',
  );
}
