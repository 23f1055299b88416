// The part of FF1's round function that is the same in every round: the CBC-MAC (algorithm 6) over P and over the
// blocks of Q in front of the round number (SP 800-38G, algorithm 7, steps 5 and 6.i–ii).

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';

/** Counts the blocks of Q that hold the round number or a byte of NUM(B). */
export function variableBlocks(domain: Ff1Domain): number {
  return Math.ceil((domain.b + 1) / BLOCK_BYTES);
}

/** Tweaks of one length for values of one domain: one for all values, or one for each, row after row. */
interface Tweaked {
  readonly domain: Ff1Domain;
  readonly tweaks: Uint8Array;
  readonly tweakLength: number;
}

/** What is kept for a domain: the cipher's output for P, and the block of the last tweak that all values shared. */
interface KeptBlocks {
  readonly tweakLength: number;
  readonly afterP: Buffer;
  shared?: { readonly tweak: Uint8Array; readonly block: Buffer };
}

/** Blocks on their way: the state of the MAC for each tweak. */
interface Pending extends Tweaked {
  readonly kept: KeptBlocks;
  readonly state: Buffer;
  /** Blocks of Q in front of the variable ones. */
  readonly fixedBlocks: number;
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

  /**
   * Returns the blocks of each batch. All are enciphered in step: one call of the block cipher for P, and one for each
   * block of Q, however many batches and tweaks there are.
   */
  of(batches: readonly Tweaked[]): Buffer[] {
    const kept = this.#keptFor(batches);
    const pending: Pending[] = [];
    const blocks = batches.map((batch, i) => {
      const known = kept[i]!.shared;
      const isShared = batch.tweaks.length === batch.tweakLength;
      if (isShared && known !== undefined && Buffer.compare(known.tweak, batch.tweaks) === 0) return known.block;
      pending.push(pendingOf(batch, kept[i]!));
      return pending.at(-1)!.state;
    });
    this.#encipher(pending);
    for (const { tweaks, tweakLength, state, kept: own } of pending) {
      if (tweaks.length === tweakLength) own.shared = { tweak: Uint8Array.from(tweaks), block: state };
    }
    return blocks;
  }

  /** Enciphers P of each domain whose last tweak had another length. */
  #keptFor(batches: readonly Tweaked[]): KeptBlocks[] {
    const known = batches.map(({ domain }) => this.#kept.get(domain));
    const isFresh = ({ tweakLength }: Tweaked, i: number): boolean => known[i]?.tweakLength !== tweakLength;
    const fresh = batches.filter(isFresh);
    if (fresh.length === 0) return known as KeptBlocks[];
    const enciphered = this.#aes(Buffer.concat(fresh.map(lengthBlock)));
    let at = 0;
    return batches.map((batch, i) => {
      if (!isFresh(batch, i)) return known[i]!;
      const kept = { tweakLength: batch.tweakLength, afterP: enciphered.subarray(at, (at += BLOCK_BYTES)) };
      this.#kept.set(batch.domain, kept);
      return kept;
    });
  }

  /** Runs the states through the fixed blocks, and xors the first variable one. */
  #encipher(pending: readonly Pending[]): void {
    for (let block = 0, left = pending; left.length > 0; block++) {
      for (const each of left) xorTweakBlock(each, block);
      left = left.filter(({ fixedBlocks }) => fixedBlocks > block);
      if (left.length === 0) return;
      const enciphered = this.#aes(left.length === 1 ? left[0]!.state : Buffer.concat(left.map(({ state }) => state)));
      let at = 0;
      for (const { state } of left) state.set(enciphered.subarray(at, (at += state.length)));
    }
  }
}

function pendingOf(batch: Tweaked, kept: KeptBlocks): Pending {
  const { domain, tweaks, tweakLength } = batch;
  const padding = modulo(-tweakLength - domain.b - 1, BLOCK_BYTES);
  const fixedBlocks = (tweakLength + padding + 1 + domain.b) / BLOCK_BYTES - variableBlocks(domain);
  const count = tweakLength === 0 ? 1 : tweaks.length / tweakLength;
  return { ...batch, kept, state: Buffer.alloc(count * BLOCK_BYTES, kept.afterP), fixedBlocks };
}

/** Makes P (step 5): `01 02 01 ‖ radix (3) ‖ 0A ‖ u mod 256 ‖ n (4) ‖ t (4)`. */
function lengthBlock({ domain, tweakLength }: Tweaked): Buffer {
  const p = Buffer.alloc(BLOCK_BYTES);
  p.set([1, 2, 1]);
  p.writeUIntBE(domain.radix, 3, 3);
  p.set([10, domain.u % 256], 6);
  p.writeUInt32BE(domain.length, 8);
  p.writeUInt32BE(tweakLength, 12);
  return p;
}

/** Xors block `block` of each tweak into its state, as far as the tweak reaches. The rest of Q's block is zero. */
function xorTweakBlock({ state, tweaks, tweakLength }: Pending, block: number): void {
  const from = block * BLOCK_BYTES;
  const bytes = Math.min(BLOCK_BYTES, tweakLength - from);
  for (let at = 0, tweakAt = from; at < state.length; at += BLOCK_BYTES, tweakAt += tweakLength) {
    for (let i = 0; i < bytes; i++) state[at + i] = state[at + i]! ^ tweaks[tweakAt + i]!;
  }
}

function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}
