// FF1's ten rounds for halves beyond 512 bits (SP 800-38G, algorithm 7, step 6, and algorithm 8, step 6). Such values
// are rare and long: the arithmetic on one value costs more than slicing a batch saves, and BigInt's arithmetic is the
// fastest.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { variableBlocks } from './ff1-prefix.ts';
import { roundOutput } from './ff1-round-function.ts';

const ROUNDS = 10;

/** Runs FF1 over numeral strings in place. Arguments as for `runNarrow`. */
export function runLong(aes: BlockCipher, domain: Ff1Domain, numerals: Uint16Array, base: Buffer, sign: 1 | -1): void {
  const radix = BigInt(domain.radix);
  const moduli = [radix ** BigInt(domain.u), radix ** BigInt(domain.v)] as const;
  const shared = base.length === BLOCK_BYTES;
  const q = Buffer.alloc(variableBlocks(domain) * BLOCK_BYTES);
  for (let at = 0, row = 0; at < numerals.length; at += domain.length, row++) {
    const left = numerals.subarray(at, at + domain.u);
    const right = numerals.subarray(at + domain.u, at + domain.length);
    const halves = [toNumber(left, domain.radix), toNumber(right, domain.radix)] as [bigint, bigint];
    const rowBase = shared ? base : base.subarray(row * BLOCK_BYTES, (row + 1) * BLOCK_BYTES);
    for (let step = 0; step < ROUNDS; step++) {
      const round = sign === 1 ? step : ROUNDS - 1 - step;
      const to = (round % 2) as 0 | 1;
      // i: Q = T ‖ 0^(−t−b−1 mod 16) ‖ [i] ‖ [NUM(B)]; `rowBase` covers the part in front of [i].
      q[q.length - domain.b - 1] = round;
      q.write(halves[1 - to]!.toString(16).padStart(2 * domain.b, '0'), q.length - domain.b, 'hex');
      const s = roundOutput(aes, domain, q, rowBase, 1); // ii, iii
      // iv–vii: y = NUM(S), c = (NUM(A) ± y) mod radix^m. Adding to alternate halves is steps viii and ix.
      const y = BigInt(`0x${s.bytes.toString('hex', 0, domain.d)}`) % moduli[to];
      halves[to] = (halves[to] + (sign === 1 ? y : moduli[to] - y)) % moduli[to];
    }
    toNumerals(halves[0], left, domain.radix);
    toNumerals(halves[1], right, domain.radix);
  }
}

/** Computes NUM by halving, so that BigInt multiplies numbers of equal size, where it is faster than quadratic. */
function toNumber(numerals: Uint16Array, radix: number): bigint {
  if (numerals.length <= 3) return BigInt(numerals.reduce((number, numeral) => number * radix + numeral, 0));
  const middle = numerals.length >>> 1;
  const low = numerals.subarray(middle);
  return toNumber(numerals.subarray(0, middle), radix) * BigInt(radix) ** BigInt(low.length) + toNumber(low, radix);
}

/** Writes STR of `number` to `out`, by halving as `toNumber` does. */
function toNumerals(number: bigint, out: Uint16Array, radix: number): void {
  if (out.length <= 3) {
    let rest = Number(number);
    for (let at = out.length - 1; at >= 0; at--) {
      out[at] = rest % radix;
      rest = Math.floor(rest / radix);
    }
    return;
  }
  const middle = out.length >>> 1;
  const size = BigInt(radix) ** BigInt(out.length - middle);
  toNumerals(number / size, out.subarray(0, middle), radix);
  toNumerals(number % size, out.subarray(middle), radix);
}
