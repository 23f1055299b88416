// Permutations of domains that FF1 is not defined for (radix^length < 100; SP 800-38G, 2016, section 5.1): the
// Fisher–Yates shuffle (Knuth, The Art of Computer Programming 2, algorithm P) driven by an AES-CTR key stream (SP
// 800-38A, section 6.5).
//
// A caller who may protect can write down all values of such a domain. The result is a fixed, reversible pseudonym, not
// secrecy.

import { hash } from 'node:crypto';
import { aesBlocks, BLOCK_BYTES, type BlockCipher } from './aes-blocks.ts';

/** The largest domain that FF1 does not take. */
export const MAX_SIZE = 99;
/** Cached tables, each of two times at most 99 bytes: about 1 MB in all. */
const MAX_CACHED = 4096;
/** The number of tweaks whose tables are made together. */
const CHUNK = 512;
const DRAW_BYTES = 2;

interface SmallBatch {
  /** The number of values of the domain, 2 to 99. */
  readonly size: number;
  /** Values below `size`, replaced in place. */
  readonly values: Uint8Array;
  /** One tweak of `tweakLength` bytes for all values, or one for each value, row after row. */
  readonly tweaks: Uint8Array;
  readonly tweakLength: number;
}

interface Tables {
  readonly forward: Uint8Array;
  readonly inverse: Uint8Array;
}

/** One permutation of 0 … size − 1 for each size and tweak, under one AES key. */
export class SmallPermutation {
  readonly #aes: BlockCipher;
  readonly #cache = new Map<string, Tables>();

  /** `key`: 32 bytes; it is copied into the cipher. Throws `AesKeyError`. */
  constructor(key: Uint8Array) {
    this.#aes = aesBlocks(key);
  }

  /** Replaces each value by its image. Throws `RangeError` for a size outside 2 to 99. */
  encrypt(batch: SmallBatch): void {
    this.#apply('forward', batch);
  }

  /** Undoes `encrypt` under the same key and tweaks. Throws `RangeError` for a size outside 2 to 99. */
  decrypt(batch: SmallBatch): void {
    this.#apply('inverse', batch);
  }

  #apply(direction: keyof Tables, { size, values, tweaks, tweakLength }: SmallBatch): void {
    if (!Number.isInteger(size) || size < 2 || size > MAX_SIZE) {
      throw new RangeError(`A small permutation has 2 to ${MAX_SIZE} values, not ${size}`);
    }
    // One tweak serves all rows, or each row has its own. A chunk of tweaks takes one call of the block cipher.
    const shared = tweaks.length === tweakLength;
    const chunk = shared ? values.length : CHUNK;
    for (let from = 0; from < values.length; from += chunk) {
      const to = Math.min(values.length, from + chunk);
      const tables = this.#tables(
        size,
        shared ? tweaks : tweaks.subarray(from * tweakLength, to * tweakLength),
        tweakLength,
      );
      for (let row = from; row < to; row++) {
        values[row] = tables[shared ? 0 : row - from]![direction][values[row]!]!;
      }
    }
  }

  /** Returns the tables of consecutive tweaks of `tweakLength` bytes. No bytes at all stand for one empty tweak. */
  #tables(size: number, tweaks: Uint8Array, tweakLength: number): Tables[] {
    const bytes = Buffer.from(tweaks.buffer, tweaks.byteOffset, tweaks.byteLength);
    const names: string[] = [];
    for (let at = 0; at < Math.max(1, bytes.length); at += Math.max(1, tweakLength)) {
      names.push(String.fromCharCode(size) + bytes.toString('latin1', at, at + tweakLength));
    }
    if (this.#cache.size + names.length > MAX_CACHED) this.#cache.clear();
    const missing = [...new Set(names)].filter((name) => !this.#cache.has(name));
    if (missing.length > 0) this.#make(size, missing);
    return names.map((name) => this.#cache.get(name)!);
  }

  /** Makes the tables of `names`. A name is the size and a tweak, one character per byte. */
  #make(size: number, names: readonly string[]): void {
    // One block more than the draws need: a shuffle that skips more than eight of them is all but impossible.
    const blocks = Math.ceil((DRAW_BYTES * (size - 1)) / BLOCK_BYTES) + 1;
    const counters = new Uint8Array(names.length * blocks * BLOCK_BYTES);
    for (let i = 0; i < names.length; i++) {
      const first = initialCounter(size, Buffer.from(names[i]!.slice(1), 'latin1'));
      writeCounters(counters, i * blocks * BLOCK_BYTES, first, blocks);
    }
    const streams = this.#aes(counters);
    for (let i = 0; i < names.length; i++) {
      const at = i * blocks * BLOCK_BYTES;
      const stream = streams.subarray(at, at + blocks * BLOCK_BYTES);
      const forward =
        shuffle(size, stream) ?? this.#makeLonger(size, counters.subarray(at, at + BLOCK_BYTES), 2 * blocks);
      this.#cache.set(names[i]!, { forward, inverse: invert(forward) });
    }
  }

  #makeLonger(size: number, first: Uint8Array, blocks: number): Uint8Array {
    const counters = new Uint8Array(blocks * BLOCK_BYTES);
    writeCounters(counters, 0, first, blocks);
    return shuffle(size, this.#aes(counters)) ?? this.#makeLonger(size, first, 2 * blocks);
  }
}

function invert(forward: Uint8Array): Uint8Array {
  const inverse = new Uint8Array(forward.length);
  for (let value = 0; value < forward.length; value++) inverse[forward[value]!] = value;
  return inverse;
}

/** Computes the first counter block: the first 16 bytes of SHA-256(`perm` ‖ u32 size ‖ tweak). */
function initialCounter(size: number, tweak: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(8 + tweak.length);
  message.write('perm', 'latin1');
  message.writeUInt32BE(size, 4);
  message.set(tweak, 8);
  return hash('sha256', message, 'buffer').subarray(0, BLOCK_BYTES);
}

/** Writes `first`, `first` + 1 … to `counters` from `at` on, as 128-bit big-endian numbers. */
function writeCounters(counters: Uint8Array, at: number, first: Uint8Array, count: number): void {
  counters.set(first, at);
  for (let block = 1, from = at + BLOCK_BYTES; block < count; block++, from += BLOCK_BYTES) {
    counters.copyWithin(from, from - BLOCK_BYTES, from);
    let i = from + BLOCK_BYTES - 1;
    while (i >= from && counters[i] === 255) counters[i--] = 0;
    if (i >= from) counters[i] = counters[i]! + 1;
  }
}

/**
 * Shuffles 0 … size − 1 from the last place down (algorithm P). A draw is two bytes of the stream, big-endian. A draw
 * at or beyond the largest multiple of the number of choices is skipped, so that every choice is equally likely.
 * Returns undefined if the stream runs out.
 */
function shuffle(size: number, stream: Buffer): Uint8Array | undefined {
  const table = Uint8Array.from({ length: size }, (_, value) => value);
  let at = 0;
  for (let i = size - 1; i > 0; i--) {
    const choices = i + 1;
    const limit = 65_536 - (65_536 % choices);
    let draw = limit;
    while (draw >= limit) {
      if (at + DRAW_BYTES > stream.length) return undefined;
      draw = (stream[at]! << 8) | stream[at + 1]!;
      at += DRAW_BYTES;
    }
    const chosen = draw % choices;
    const value = table[i]!;
    table[i] = table[chosen]!;
    table[chosen] = value;
  }
  return table;
}
