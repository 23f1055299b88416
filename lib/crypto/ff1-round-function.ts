// FF1's round function from Q to S for any number of blocks: SP 800-38G, algorithm 7, steps 6.ii and 6.iii.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { variableBlocks } from './ff1-prefix.ts';

const BLOCK_WORDS = BLOCK_BYTES / 4;

/** S of every row: `stride` bytes per row, of which the first d count. */
export interface RoundOutput {
  readonly bytes: Buffer;
  readonly stride: number;
}

/**
 * Computes S of every row. `q`: the variable blocks of each row's Q, row after row. `base`: the block that `roundBase`
 * makes, one for all rows or one for each.
 */
export function roundOutput(
  aes: BlockCipher,
  domain: Ff1Domain,
  q: Uint8Array,
  base: Buffer,
  rows: number,
): RoundOutput {
  const variable = variableBlocks(domain);
  const state = rows < variable ? rowByRow(aes, q, variable, base, rows) : inStep(aes, q, variable, base, rows);
  const blocks = Math.ceil(domain.d / BLOCK_BYTES);
  return blocks === 1
    ? { bytes: state, stride: BLOCK_BYTES }
    : { bytes: extend(aes, state, blocks, rows), stride: blocks * BLOCK_BYTES };
}

/** Step ii, R = PRF(P ‖ Q), for many rows: one call of the cipher for each block of Q. */
function inStep(aes: BlockCipher, q: Uint8Array, variable: number, base: Buffer, rows: number): Buffer {
  let state = base;
  for (let block = 0; block < variable; block++) state = aes(nextBlocks(q, variable, block, state, rows));
  return state;
}

/** The same for few rows of many blocks: one call for each row. */
function rowByRow(aes: BlockCipher, q: Uint8Array, variable: number, base: Buffer, rows: number): Buffer {
  const size = variable * BLOCK_BYTES;
  const states = Buffer.allocUnsafeSlow(rows * BLOCK_BYTES);
  const shared = base.length === BLOCK_BYTES;
  for (let row = 0; row < rows; row++) {
    const at = row * BLOCK_BYTES;
    const start = shared ? base : base.subarray(at, at + BLOCK_BYTES);
    states.set(aes.chain(start, q.subarray(row * size, (row + 1) * size)), at);
  }
  return states;
}

/** Xors block `block` of each row's Q with the row's state, or with the one state that all rows share. */
function nextBlocks(q: Uint8Array, variable: number, block: number, state: Buffer, rows: number): Uint8Array {
  const from = words(q);
  const states = words(state);
  const out = new Int32Array(rows * BLOCK_WORDS);
  const stateStride = state.length === BLOCK_BYTES ? 0 : BLOCK_WORDS;
  for (let row = 0, o = 0, s = 0, i = block * BLOCK_WORDS; row < rows; row++) {
    out[o] = from[i]! ^ states[s]!;
    out[o + 1] = from[i + 1]! ^ states[s + 1]!;
    out[o + 2] = from[i + 2]! ^ states[s + 2]!;
    out[o + 3] = from[i + 3]! ^ states[s + 3]!;
    o += BLOCK_WORDS;
    s += stateStride;
    i += variable * BLOCK_WORDS;
  }
  return new Uint8Array(out.buffer);
}

/** Step iii: extends R to R ‖ CIPH(R ⊕ [1]¹⁶) ‖ CIPH(R ⊕ [2]¹⁶) … in every row. */
function extend(aes: BlockCipher, r: Buffer, blocks: number, rows: number): Buffer {
  const more = blocks - 1;
  const from = words(r);
  const input = new Int32Array(rows * more * BLOCK_WORDS);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let j = 1; j < blocks; j++, at += BLOCK_WORDS) {
      copyBlock(from, row * BLOCK_WORDS, input, at);
      // j stands in the last two bytes, most significant first. Typed arrays are little-endian on every platform of
      // Node.
      input[at + 3]! ^= ((j & 0xff) << 24) | ((j >>> 8) << 16);
    }
  }
  const extra = words(aes(new Uint8Array(input.buffer)));
  const s = new Int32Array(rows * blocks * BLOCK_WORDS);
  for (let row = 0, at = 0, e = 0; row < rows; row++) {
    copyBlock(from, row * BLOCK_WORDS, s, at);
    at += BLOCK_WORDS;
    for (let j = 1; j < blocks; j++, at += BLOCK_WORDS, e += BLOCK_WORDS) copyBlock(extra, e, s, at);
  }
  return Buffer.from(s.buffer);
}

function copyBlock(from: Int32Array, fromAt: number, to: Int32Array, toAt: number): void {
  to[toAt] = from[fromAt]!;
  to[toAt + 1] = from[fromAt + 1]!;
  to[toAt + 2] = from[fromAt + 2]!;
  to[toAt + 3] = from[fromAt + 3]!;
}

function words(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
