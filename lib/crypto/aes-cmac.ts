// AES-CMAC (RFC 4493; SP 800-38B section 6) over one message or many at once.

import { aesBlocks, type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import { type ByteStrings, oneString } from './byte-strings.ts';

const BLOCK_WORDS = BLOCK_BYTES / 4;

/** CMAC under one AES key. */
export class AesCmac {
  readonly #aes: BlockCipher;
  /** K1 is xored into a whole last block, K2 into a padded one (RFC 4493, section 2.3). */
  readonly #wholeSubkey: Uint8Array;
  readonly #paddedSubkey: Uint8Array;

  /** `key`: 16, 24 or 32 bytes; it is copied into the cipher. Throws `AesKeyError`. */
  constructor(key: Uint8Array) {
    this.#aes = aesBlocks(key);
    this.#wholeSubkey = double(this.#aes(new Uint8Array(BLOCK_BYTES))); // K1 = dbl(AES(0¹²⁸))
    this.#paddedSubkey = double(this.#wholeSubkey); // K2 = dbl(K1)
  }

  /** Returns the 16-byte MAC of a message of any length. */
  mac(message: Uint8Array): Uint8Array {
    return this.macAll(oneString(message));
  }

  /**
   * Returns the MACs of all messages, 16 bytes each, in message order. The messages are enciphered in step: one call of
   * the block cipher for all first blocks, one for all second blocks, and so on.
   */
  macAll(messages: ByteStrings): Uint8Array {
    const count = messages.ends.length;
    const { blocks, starts } = this.#prepare(messages);
    const order = longestFirst(starts);
    const macs = new Int32Array(count * BLOCK_WORDS);
    let states = new Int32Array(count * BLOCK_WORDS);
    for (let step = 0, running = count; running > 0; step++) {
      for (let i = 0, s = 0; i < running; i++, s += BLOCK_WORDS) {
        const b = (starts[order[i]!]! + step) * BLOCK_WORDS;
        states[s]! ^= blocks[b]!;
        states[s + 1]! ^= blocks[b + 1]!;
        states[s + 2]! ^= blocks[b + 2]!;
        states[s + 3]! ^= blocks[b + 3]!;
      }
      states = words(this.#aes(new Uint8Array(states.buffer, states.byteOffset, running * BLOCK_BYTES)));
      // The messages with the fewest blocks stand last. They are done now; the others stay in place.
      for (; running > 0 && blockCount(starts, order[running - 1]!) === step + 1; running--) {
        const s = (running - 1) * BLOCK_WORDS;
        macs.set(states.subarray(s, s + BLOCK_WORDS), order[running - 1]! * BLOCK_WORDS);
      }
    }
    return new Uint8Array(macs.buffer);
  }

  /**
   * Lays the messages out in whole blocks, each last block padded and xored with its subkey. `starts`: their first
   * blocks.
   */
  #prepare({ bytes, ends }: ByteStrings): { blocks: Int32Array; starts: Uint32Array } {
    const starts = new Uint32Array(ends.length + 1);
    for (let i = 0, from = 0; i < ends.length; i++) {
      starts[i + 1] = starts[i]! + Math.max(1, Math.ceil((ends[i]! - from) / BLOCK_BYTES));
      from = ends[i]!;
    }
    const blocks = new Uint8Array(starts.at(-1)! * BLOCK_BYTES);
    for (let i = 0, from = 0; i < ends.length; i++) {
      const to = ends[i]!;
      let at = starts[i]! * BLOCK_BYTES;
      while (from < to) blocks[at++] = bytes[from++]!;
      const end = starts[i + 1]! * BLOCK_BYTES;
      if (at < end) blocks[at] = 0x80; // padding 10…0 (section 2.4)
      xorBlock(blocks, end - BLOCK_BYTES, at < end ? this.#paddedSubkey : this.#wholeSubkey);
    }
    return { blocks: words(blocks), starts };
  }
}

/** Doubles a block in GF(2^128) modulo x^128 + x^7 + x^2 + x + 1 (RFC 4493, section 2.3; RFC 5297, section 2.3). */
export function double(block: Uint8Array): Uint8Array {
  const doubled = new Uint8Array(BLOCK_BYTES);
  for (let i = 0; i < BLOCK_BYTES; i++) doubled[i] = (block[i]! << 1) | ((block[i + 1] ?? 0) >>> 7);
  // Branch-free, because the top bit belongs to a key.
  doubled[BLOCK_BYTES - 1]! ^= 0x87 & -(block[0]! >>> 7);
  return doubled;
}

/** Xors a block into the 16 bytes of `into` that begin at `at`. */
export function xorBlock(into: Uint8Array, at: number, block: Uint8Array): void {
  for (let i = 0; i < BLOCK_BYTES; i++) into[at + i]! ^= block[i]!;
}

/** Orders the message numbers by their blocks, the most first. */
function longestFirst(starts: Uint32Array): Uint32Array {
  const order = Uint32Array.from({ length: starts.length - 1 }, (_, i) => i);
  return order.toSorted((a, b) => blockCount(starts, b) - blockCount(starts, a));
}

function blockCount(starts: Uint32Array, message: number): number {
  return starts[message + 1]! - starts[message]!;
}

function words(bytes: Uint8Array): Int32Array<ArrayBuffer> {
  return new Int32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 4);
}
