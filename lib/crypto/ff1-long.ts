// FF1's ten rounds for halves beyond 512 bits (SP 800-38G, algorithm 7, step 6, and algorithm 8, step 6). Such values
// are rare and long: the arithmetic on one value costs more than slicing a batch saves, and BigInt's arithmetic is the
// fastest.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import { type Chunks, chunksOf, toNumber, toNumerals } from './big-numerals.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { variableBlocks } from './ff1-prefix.ts';
import { roundOutput } from './ff1-round-function.ts';

const ROUNDS = 10;
/** What the values of a domain share. */
interface LongShape {
  readonly chunks: Chunks;
  /** radix^u and radix^v. */
  readonly moduli: readonly [bigint, bigint];
}

const shapes = new WeakMap<Ff1Domain, LongShape>();

function shapeOf(domain: Ff1Domain): LongShape {
  let shape = shapes.get(domain);
  if (shape === undefined) {
    const { radix, u, v } = domain;
    const moduli = [BigInt(radix) ** BigInt(u), BigInt(radix) ** BigInt(v)] as const;
    shape = { chunks: chunksOf(radix, v), moduli };
    shapes.set(domain, shape);
  }
  return shape;
}

/** Values that go through a round together: enough to share the calls of the cipher, few enough for the cache. */
const SLICE = 64;

/** Runs FF1 over numeral strings in place. Arguments as for `runNarrow`. */
export function runLong(aes: BlockCipher, domain: Ff1Domain, numerals: Uint16Array, base: Buffer, sign: 1 | -1): void {
  const rows = numerals.length / domain.length;
  const shared = base.length === BLOCK_BYTES;
  for (let from = 0; from < rows; from += SLICE) {
    const to = Math.min(rows, from + SLICE);
    const slice = numerals.subarray(from * domain.length, to * domain.length);
    runSlice(aes, domain, slice, shared ? base : base.subarray(from * BLOCK_BYTES, to * BLOCK_BYTES), sign);
  }
}

function runSlice(aes: BlockCipher, domain: Ff1Domain, numerals: Uint16Array, base: Buffer, sign: 1 | -1): void {
  const { chunks, moduli } = shapeOf(domain);
  const { u, length, b, d } = domain;
  const rows = numerals.length / length;
  const halves: [bigint[], bigint[]] = [[], []];
  for (let at = 0; at < numerals.length; at += length) {
    halves[0].push(toNumber(numerals.subarray(at, at + u), chunks));
    halves[1].push(toNumber(numerals.subarray(at + u, at + length), chunks));
  }
  const stride = variableBlocks(domain) * BLOCK_BYTES;
  const q = Buffer.alloc(rows * stride);
  for (let step = 0; step < ROUNDS; step++) {
    const round = sign === 1 ? step : ROUNDS - 1 - step;
    const to = (round % 2) as 0 | 1;
    for (let row = 0, end = stride; row < rows; row++, end += stride) {
      // i: Q = T ‖ 0^(−t−b−1 mod 16) ‖ [i] ‖ [NUM(B)]; `base` covers the part in front of [i].
      q[end - b - 1] = round;
      q.write(halves[1 - to]![row]!.toString(16).padStart(2 * b, '0'), end - b, 'hex');
    }
    const s = roundOutput(aes, domain, q, base, rows); // ii, iii
    for (let row = 0, from = 0; row < rows; row++, from += s.stride) {
      // iv–vii: y = NUM(S), c = (NUM(A) ± y) mod radix^m. Adding to alternate halves is steps viii and ix.
      const y = BigInt(`0x${s.bytes.toString('hex', from, from + d)}`) % moduli[to];
      halves[to][row] = (halves[to][row]! + (sign === 1 ? y : moduli[to] - y)) % moduli[to];
    }
  }
  for (let row = 0, at = 0; row < rows; row++, at += length) {
    toNumerals(halves[0][row]!, numerals.subarray(at, at + u), chunks);
    toNumerals(halves[1][row]!, numerals.subarray(at + u, at + length), chunks);
  }
}
