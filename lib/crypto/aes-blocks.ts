// The raw AES block cipher over many independent blocks at once (FIPS 197; ECB mode of SP 800-38A section 6.1).
// ECB is a building block here (FF1's round function), never a way to encrypt data.

import { createCipheriv, createSecretKey } from 'node:crypto';
import type { Cipheriv, CipherGCMTypes } from 'node:crypto';
import { ProtectorError } from '../base/errors.ts';

/** The key is not one that AES takes. */
export class AesKeyError extends ProtectorError<'AES_KEY_SIZE'> {}

export const BLOCK_BYTES = 16;

/** Enciphers each 16-byte block of `blocks` (a multiple of 16 bytes) by itself; the answer is a new buffer. */
export type BlockCipher = (blocks: Uint8Array) => Buffer;

/**
 * One key schedule for the life of the returned function. `key`: 16, 24 or 32 bytes.
 * The cipher is created from a KeyObject (a raw buffer costs 10 times as much per cipher) and never finalised.
 */
export function aesBlocks(key: Uint8Array): BlockCipher {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new AesKeyError('AES_KEY_SIZE', `An AES key has 16, 24 or 32 bytes, this one has ${key.length}`);
  }
  const algorithm: Exclude<string, CipherGCMTypes> = `aes-${key.length * 8}-ecb`;
  const cipher: Cipheriv = createCipheriv(algorithm, createSecretKey(key), null);
  cipher.setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
}
