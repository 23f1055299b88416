import type { BlockCipher } from '../../lib/crypto/aes-blocks.ts';

/** Makes a block cipher of one that takes blocks on their own: its chains are made block by block (SP 800-38A, 6.2). */
export function chaining(blocks: (input: Uint8Array) => Buffer): BlockCipher {
  return Object.assign(blocks, {
    chain: (start: Uint8Array, input: Uint8Array): Buffer => {
      let last: Buffer = Buffer.from(start);
      for (let at = 0; at < input.length; at += 16) {
        last = blocks(Uint8Array.from(input.subarray(at, at + 16), (byte, i) => byte ^ last[i]!));
      }
      return last;
    },
  });
}
