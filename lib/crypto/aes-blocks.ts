// The raw AES block cipher over many independent blocks at once (FIPS 197; ECB mode of SP 800-38A, section 6.1).
// ECB serves as a building block only (FF1's round function, CMAC, counter mode), never to encrypt data.

import { createCipheriv, createSecretKey } from 'node:crypto';
import type { Cipheriv, CipherGCMTypes, KeyObject } from 'node:crypto';
import { ProtectorError } from '../base/errors.ts';

/** The key does not have 16, 24 or 32 bytes. A bug in the caller. */
export class AesKeyError extends ProtectorError<'AES_KEY_SIZE'> {}

export const BLOCK_BYTES = 16;

export interface BlockCipher {
  /** Enciphers each 16-byte block of `blocks` (a multiple of 16 bytes) on its own, into a new buffer. */
  (blocks: Uint8Array): Buffer;
  /**
   * Enciphers blocks one after the other, each xored with the ciphertext before it and the first with `start`, and returns
   * the last ciphertext (CBC-MAC). One call of OpenSSL for all blocks: a call costs as much as 50 blocks.
   */
  readonly chain: (start: Uint8Array, blocks: Uint8Array) => Buffer;
}

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
  const bits = key.length * 8;
  const keyObject = createSecretKey(key);
  const cipher = newCipher(`aes-${bits}-ecb`, keyObject, null);
  let cbc: Cipheriv | undefined;
  let last: Uint8Array = new Uint8Array(BLOCK_BYTES);
  return Object.assign((blocks: Uint8Array) => cipher.update(blocks), {
    chain: (start: Uint8Array, blocks: Uint8Array) => {
      cbc ??= newCipher(`aes-${bits}-cbc`, keyObject, last);
      const input = new Uint8Array(blocks);
      // The cipher goes on from its last ciphertext, which is taken out again.
      for (let i = 0; i < BLOCK_BYTES; i++) input[i]! ^= start[i]! ^ last[i]!;
      const chained = cbc.update(input).subarray(-BLOCK_BYTES);
      last = chained;
      return chained;
    },
  });
}

function newCipher(algorithm: Exclude<string, CipherGCMTypes>, key: KeyObject, iv: Uint8Array | null): Cipheriv {
  const cipher = createCipheriv(algorithm, key, iv);
  cipher.setAutoPadding(false);
  return cipher;
}
