// The part of FF1's round function that is the same in every round: the CBC-MAC (algorithm 6) over P and over the
// blocks of Q in front of the round number (SP 800-38G, algorithm 7, steps 5 and 6.i–ii).

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';

/** Counts the blocks of Q that hold the round number or a byte of NUM(B). */
export function variableBlocks(domain: Ff1Domain): number {
  return Math.ceil((domain.b + 1) / BLOCK_BYTES);
}

/** What is kept for a domain: the cipher's output for P, and the block of the last tweak that all values shared. */
interface KeptBlocks {
  readonly tweakLength: number;
  readonly afterP: Buffer;
  shared?: { readonly tweak: Uint8Array; readonly block: Buffer };
}

/**
 * The block that every round of a tweak starts from, 16 bytes for each tweak: the MAC state after the fixed blocks, xored
 * with the first variable block of Q in which round number and NUM(B) are zero.
 */
export class RoundBases {
  readonly #aes: BlockCipher;
  /** A column has the same domains and nearly always the same tweak as the one before. */
  readonly #kept = new WeakMap<Ff1Domain, KeptBlocks>();

  constructor(aes: BlockCipher) {
    this.#aes = aes;
  }

  /** Returns the block of one tweak for all values. */
  shared(domain: Ff1Domain, tweak: Uint8Array): Buffer {
    const kept = this.#keptFor(domain, tweak.length);
    if (kept.shared === undefined || Buffer.compare(kept.shared.tweak, tweak) !== 0) {
      kept.shared = { tweak: Uint8Array.from(tweak), block: this.#blocks(domain, kept.afterP, tweak, tweak.length, 1) };
    }
    return kept.shared.block;
  }

  /**
   * Returns the blocks of `count` consecutive tweaks of `tweakLength` bytes. All are enciphered in step: one call of the
   * block cipher for each block of Q, however many tweaks there are.
   */
  each(domain: Ff1Domain, tweaks: Uint8Array, tweakLength: number, count: number): Buffer {
    const { afterP } = this.#keptFor(domain, tweakLength);
    return this.#blocks(domain, afterP, tweaks, tweakLength, count);
  }

  #keptFor(domain: Ff1Domain, tweakLength: number): KeptBlocks {
    let kept = this.#kept.get(domain);
    if (kept === undefined || kept.tweakLength !== tweakLength) {
      kept = { tweakLength, afterP: this.#aes(lengthBlock(domain, tweakLength)) };
      this.#kept.set(domain, kept);
    }
    return kept;
  }

  #blocks(domain: Ff1Domain, afterP: Buffer, tweaks: Uint8Array, tweakLength: number, count: number): Buffer {
    const padding = modulo(-tweakLength - domain.b - 1, BLOCK_BYTES);
    const fixedBlocks = (tweakLength + padding + 1 + domain.b) / BLOCK_BYTES - variableBlocks(domain);
    let state: Buffer = Buffer.alloc(count * BLOCK_BYTES, afterP);
    for (let block = 0; block < fixedBlocks; block++) {
      xorTweakBlock(state, tweaks, tweakLength, block, count);
      state = this.#aes(state);
    }
    xorTweakBlock(state, tweaks, tweakLength, fixedBlocks, count);
    return state;
  }
}

/** Makes P (step 5): `01 02 01 ‖ radix (3) ‖ 0A ‖ u mod 256 ‖ n (4) ‖ t (4)`. */
function lengthBlock(domain: Ff1Domain, tweakLength: number): Buffer {
  const p = Buffer.alloc(BLOCK_BYTES);
  p.set([1, 2, 1]);
  p.writeUIntBE(domain.radix, 3, 3);
  p.set([10, domain.u % 256], 6);
  p.writeUInt32BE(domain.length, 8);
  p.writeUInt32BE(tweakLength, 12);
  return p;
}

/** Xors block `block` of each tweak into its state, as far as the tweak reaches. The rest of Q's block is zero. */
function xorTweakBlock(state: Buffer, tweaks: Uint8Array, tweakLength: number, block: number, count: number): void {
  const from = block * BLOCK_BYTES;
  const bytes = Math.min(BLOCK_BYTES, tweakLength - from);
  for (let row = 0; row < count; row++) {
    const at = row * BLOCK_BYTES;
    const tweakAt = row * tweakLength + from;
    for (let i = 0; i < bytes; i++) state[at + i] = state[at + i]! ^ tweaks[tweakAt + i]!;
  }
}

function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}
