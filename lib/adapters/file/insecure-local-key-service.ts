// AES-256-GCM (NIST SP 800-38D) under a key that lies in a file: for trying the product out, never for real data.
import { createCipheriv, createDecipheriv, randomBytes as systemRandomBytes } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { canonicalJson } from '../../crypto/canonical-json.ts';
import { type EncryptionContext, type KeyService, KeyServiceError } from '../../crypto/ports.ts';
import { createKeyFile, KeyFileError, type NamedKey, readKeyFile, uuidOf } from './key-file.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * The contract of `KeyService` over the key file at `path`, read on first use. Insecure because whoever can read the
 * file can open everything, and nothing notices. A wrapped key is iv (12 bytes) ‖ tag (16) ‖ ciphertext (32), its
 * additional data the RFC 8785 JSON of the context.
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
      return { keyId, wrapped: wrap(key, plaintext, context), plaintext: new Secret(plaintext) };
    },

    async unwrapDataKey(keyId: string, wrapped: Uint8Array, context: EncryptionContext) {
      const { keyId: ownKeyId, key } = await wrappingKey();
      if (keyId !== ownKeyId) throw refused();
      return unwrap(key, wrapped, context);
    },
  };
}

/** Makes the key file for `insecureLocalKeyService` and returns its key id. Rejects with `KeyFileError`; never overwrites. */
export async function createInsecureLocalKey(
  path: string,
  randomBytes: (size: number) => Uint8Array = systemRandomBytes,
): Promise<string> {
  const { keyId } = await createKeyFile(path, `insecure-local:${uuidOf(randomBytes(16))}`, randomBytes(KEY_BYTES));
  return keyId;
}

function wrap(key: Secret, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
  const iv = systemRandomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.expose(), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

function unwrap(key: Secret, wrapped: Uint8Array, context: EncryptionContext): Secret {
  if (wrapped.length !== IV_BYTES + TAG_BYTES + KEY_BYTES) throw refused();
  const decipher = createDecipheriv(ALGORITHM, key.expose(), wrapped.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(context));
  decipher.setAuthTag(wrapped.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const plaintext = decipher.update(wrapped.subarray(IV_BYTES + TAG_BYTES));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0); // GCM has decrypted before it knows whether it may
    throw refused();
  }
  return new Secret(plaintext);
}

function additionalData(context: EncryptionContext): Buffer {
  try {
    return Buffer.from(canonicalJson(context));
  } catch {
    throw new KeyServiceError('KEY_REFUSED', 'The encryption context is not well-formed text');
  }
}

/** One error for every cause, as KMS does: which part was wrong is nobody's business. */
function refused(): KeyServiceError {
  return new KeyServiceError(
    'KEY_REFUSED',
    'The local key does not open this: other key, other context or altered bytes',
  );
}
