// A 256-bit key under another: AES-256-GCM (NIST SP 800-38D), iv (12 bytes) ‖ tag (16) ‖ ciphertext (32).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { canonicalJson } from '../../crypto/canonical-json.ts';
import type { EncryptionContext } from '../../crypto/ports.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * Wraps a key. The RFC 8785 JSON of the context is additional data. Throws `CanonicalJsonError` for ill-formed text.
 */
export function wrapKey(key: Secret, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.expose(), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(canonicalJson(context)));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** Unwraps a key of `wrapKey`. Returns undefined for another key, another context or altered bytes. */
export function unwrapKey(key: Secret, wrapped: Uint8Array, context: EncryptionContext): Secret | undefined {
  if (wrapped.length !== IV_BYTES + TAG_BYTES + KEY_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key.expose(), wrapped.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(canonicalJson(context)));
  decipher.setAuthTag(wrapped.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const plaintext = decipher.update(wrapped.subarray(IV_BYTES + TAG_BYTES));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0); // GCM decrypts before it has checked the tag
    return undefined;
  }
  return new Secret(plaintext);
}
