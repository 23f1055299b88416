// FF1's ten rounds for halves beyond 512 bits (SP 800-38G, algorithms 7 and 8, step 6 / 4). Such values are rare and long:
// arithmetic on one value outweighs everything that slicing a batch saves, and BigInt's is the fastest there is.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { variableBlocks } from './ff1-prefix.ts';
import { roundOutput } from './ff1-round-function.ts';

const ROUNDS = 10;

/** Runs FF1 over numeral strings in place; arguments as for `runNarrow`. */
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
      q[q.length - domain.b - 1] = round;
      q.write(halves[1 - to]!.toString(16).padStart(2 * domain.b, '0'), q.length - domain.b, 'hex');
      const s = roundOutput(aes, domain, q, rowBase, 1);
      const y = BigInt(`0x${s.bytes.toString('hex', 0, domain.d)}`) % moduli[to];
      halves[to] = (halves[to] + (sign === 1 ? y : moduli[to] - y)) % moduli[to];
    }
    toNumerals(halves[0], left, domain.radix);
    toNumerals(halves[1], right, domain.radix);
  }
}

/** Halving keeps the numbers that are multiplied of equal size, where BigInt is faster than quadratic. */
function toNumber(numerals: Uint16Array, radix: number): bigint {
  if (numerals.length <= 3) return BigInt(numerals.reduce((number, numeral) => number * radix + numeral, 0));
  const middle = numerals.length >>> 1;
  const low = numerals.subarray(middle);
  return toNumber(numerals.subarray(0, middle), radix) * BigInt(radix) ** BigInt(low.length) + toNumber(low, radix);
}

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
