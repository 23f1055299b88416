// The raw AES block cipher over many independent blocks at once (FIPS 197; ECB mode of SP 800-38A, section 6.1).
// ECB serves as a building block only (FF1's round function, CMAC, counter mode), never to encrypt data.

import { createCipheriv, createSecretKey } from 'node:crypto';
import type { Cipheriv, CipherGCMTypes } from 'node:crypto';
import { ProtectorError } from '../base/errors.ts';

/** The key does not have 16, 24 or 32 bytes. A bug in the caller. */
export class AesKeyError extends ProtectorError<'AES_KEY_SIZE'> {}

export const BLOCK_BYTES = 16;

/** Enciphers each 16-byte block of `blocks` (a multiple of 16 bytes) on its own, into a new buffer. */
export type BlockCipher = (blocks: Uint8Array) => Buffer;

/**
 * Returns the block cipher of one key; the key schedule is made once. `key`: 16, 24 or 32 bytes, copied. Throws
 * `AesKeyError`.
 *
 * The cipher is created from a KeyObject, because a raw buffer costs 10 times as much per cipher, and is never
 * finalised.
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
