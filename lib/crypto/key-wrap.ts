// Wraps one 256-bit key under another: AES-256-GCM (SP 800-38D) with a random nonce.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Secret } from '../base/secret.ts';

const ALGORITHM = 'aes-256-gcm';
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Nonce ‖ ciphertext ‖ tag. */
export const SEALED_KEY_BYTES = NONCE_BYTES + 32 + TAG_BYTES;

/**
 * Seals a 32-byte `key` under `wrapping`: nonce (12) ‖ ciphertext (32) ‖ tag (16). `nonce`: 12 random bytes, never used
 * before with `wrapping`. The caller keeps both keys.
 */
export function sealKey(wrapping: Secret, key: Secret, nonce: Uint8Array, associatedData: Uint8Array): Uint8Array {
  const cipher = createCipheriv(ALGORITHM, wrapping.expose(), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData);
  return Buffer.concat([nonce, cipher.update(key.expose()), cipher.final(), cipher.getAuthTag()]);
}

/** Opens a sealed key. Returns undefined for another wrapping key, other associated data, or altered bytes. */
export function openKey(wrapping: Secret, sealed: Uint8Array, associatedData: Uint8Array): Secret | undefined {
  if (sealed.length !== SEALED_KEY_BYTES) return undefined;
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, wrapping.expose(), sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const key = decipher.update(sealed.subarray(NONCE_BYTES, tagAt));
  try {
    decipher.final();
  } catch {
    key.fill(0); // GCM decrypts before it has checked the tag
    return undefined;
  }
  return new Secret(key);
}
