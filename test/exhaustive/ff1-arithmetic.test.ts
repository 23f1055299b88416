import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { BlockCipher } from '../../lib/crypto/aes-blocks.ts';
import { type Ff1Domain, ff1Domain } from '../../lib/crypto/ff1-domain.ts';
import { kernels } from '../../lib/crypto/ff1-kernels.ts';
import { runLockstep } from '../../lib/crypto/ff1-lockstep.ts';
import { chaining } from '../support/block-cipher.ts';
import { RUNNERS, seededBytes, seededNumerals, type Tier, tierOf, TIERS, valuesOf } from '../support/ff1-batch.ts';
import * as reference from '../support/ff1-reference.ts';

/** The rounds in JavaScript, by size of half, and those of the kernels. */
type Runner = Tier | 'wasm';
type Run = (typeof RUNNERS)[Tier];

const wasm: Run = (aes, domain, numerals, base, sign) =>
  runLockstep(kernels()!, aes, [{ domain, numerals, base }], sign);

const runnersFor = (domain: Ff1Domain): readonly (readonly [Runner, Run])[] => [
  ...TIERS.slice(TIERS.indexOf(tierOf(domain))).map((tier) => [tier, RUNNERS[tier]] as const),
  ['wasm', wasm] as const,
];

interface ConstantRounds {
  readonly aes: BlockCipher;
  /** What was enciphered for each variable block of Q: call by call, row by row. */
  readonly asked: Buffer[];
}

/**
 * A block cipher under which the round function gives the number `s` in every round. A round asks for each variable
 * block of Q, the last answer being R, the first block of `s`; then once for R ⊕ 1, R ⊕ 2 … of all rows, if S has more
 * blocks.
 */
function constantRounds(s: bigint, domain: Ff1Domain): ConstantRounds {
  const blocks = Math.ceil(domain.d / 16);
  const bytes = bytesOfS(s, domain);
  const next = new Map<string, Buffer>();
  for (let j = 1; j < blocks; j++) {
    const from = Buffer.from(bytes.subarray(0, 16));
    from.writeUInt32BE((from.readUInt32BE(12) ^ j) >>> 0, 12);
    next.set(from.toString('hex'), bytes.subarray(16 * j, 16 * (j + 1)));
  }
  const variable = variableBlocks(domain);
  const callsInRound = variable + (blocks > 1 ? 1 : 0);
  const asked: Buffer[] = [];
  let calls = 0;
  const aes = chaining((input) => {
    const extending = calls++ % callsInRound === variable;
    if (!extending) asked.push(Buffer.from(input));
    const output = Buffer.alloc(input.length);
    for (let at = 0; at < input.length; at += 16) {
      const block = Buffer.from(input.subarray(at, at + 16)).toString('hex');
      output.set(extending ? next.get(block)! : bytes.subarray(0, 16), at);
    }
    return output;
  });
  return { aes, asked };
}

const variableBlocks = ({ b }: Ff1Domain): number => Math.ceil((b + 1) / 16);

function bytesOfS(s: bigint, { d }: Ff1Domain): Buffer {
  const bytes = Buffer.alloc(16 * Math.ceil(d / 16));
  bytes.write(s.toString(16).padStart(2 * d, '0'), 'hex');
  return bytes;
}

/**
 * Ten rounds that add (or subtract) `s`, as SP 800-38G says it: what becomes of the numerals, and what is enciphered
 * for the variable blocks of Q, in order.
 */
function tenRounds(domain: Ff1Domain, s: bigint, numerals: readonly number[], sign: 1 | -1): [string, string[]] {
  const { radix, u, v, b } = domain;
  const sizes = [BigInt(radix) ** BigInt(u), BigInt(radix) ** BigInt(v)] as const;
  const halves: [bigint, bigint] = [
    reference.num(radix, numerals.slice(0, u)),
    reference.num(radix, numerals.slice(u)),
  ];
  const asked: string[] = [];
  const r = bytesOfS(s, domain).subarray(0, 16);
  for (let step = 0; step < 10; step++) {
    const round = sign === 1 ? step : 9 - step;
    const to = (round % 2) as 0 | 1;
    const q = Buffer.alloc(16 * variableBlocks(domain));
    q[q.length - b - 1] = round;
    q.write(halves[(1 - to) as 0 | 1].toString(16).padStart(2 * b, '0'), q.length - b, 'hex');
    for (let at = 0; at < q.length; at += 16) {
      const state = at === 0 ? BASE : r;
      asked.push(Buffer.from(state.map((byte, i) => byte ^ q[at + i]!)).toString('hex'));
    }
    const sum = (halves[to] + BigInt(sign) * s) % sizes[to];
    halves[to] = (sum + sizes[to]) % sizes[to];
  }
  return [[...reference.str(radix, u, halves[0]), ...reference.str(radix, v, halves[1])].join(' '), asked];
}

const BASE = seededBytes('base', 16);

/** Numbers S of d bytes at whose reduction modulo M arithmetic is most likely to slip. */
function edges(d: number, sizes: readonly bigint[]): bigint[] {
  const end = 256n ** BigInt(d);
  const found = [0n, 1n, end - 1n, end / 2n, 0xffffn, 2n ** 32n - 1n, 2n ** 53n];
  for (const m of sizes) {
    const most = (end - 1n) / m;
    for (const k of [1n, most / 2n, most]) found.push(k * m - 1n, k * m, k * m + 1n);
  }
  return [...new Set(found)].filter((s) => s >= 0n && s < end);
}

/** Any S, and as often one beside a multiple of a modulus: that is where a quotient is off by one. */
function sumsOf({ radix, u, v, d }: Ff1Domain): fc.Arbitrary<bigint> {
  const end = 256n ** BigInt(d);
  const beside = fc.constantFrom(u, v).chain((numerals) => {
    const m = BigInt(radix) ** BigInt(numerals);
    return fc
      .tuple(fc.bigInt({ min: 1n, max: (end - 1n) / m - 1n }), fc.constantFrom(-1n, 0n, 1n))
      .map(([k, more]) => k * m + more);
  });
  return fc.oneof(fc.bigInt({ min: 0n, max: end - 1n }), beside);
}

/** All-zero and all-largest halves, each with each, and some others. */
function numeralsAtEdges({ radix, length, u }: Ff1Domain): Uint16Array {
  const last = radix - 1;
  const filled = (left: number, right: number) => Array.from({ length }, (_, i) => (i < u ? left : right));
  const one = Array.from({ length }, (_, i) => (i === u - 1 || i === length - 1 ? 1 : 0));
  const top = Array.from({ length }, (_, i) => (i === 0 || i === u ? last : 0));
  return Uint16Array.from([
    ...[filled(0, 0), filled(0, last), filled(last, 0), filled(last, last), one, top].flat(),
    ...seededNumerals('edges', radix, length),
  ]);
}

/** Lists wrong sums and wrong cipher inputs of the runners, when every round adds `s` to halves at the edges. */
function differences(domain: Ff1Domain, s: bigint): object[] {
  const numerals = numeralsAtEdges(domain);
  const found: object[] = [];
  for (const sign of [1, -1] as const) {
    const expected = valuesOf({ numerals, length: domain.length }).map((row) => tenRounds(domain, s, row, sign));
    for (const [tier, run] of runnersFor(domain)) {
      const batch = numerals.slice();
      // The stub counts the calls of a round: one chunk at a time, and few rows of many blocks go row by row.
      const byRow = tier === 'long' || (tier === 'wasm' && variableBlocks(domain) > expected.length);
      const parts = byRow ? rowsOf(batch, domain.length) : [batch];
      const blocks = parts.flatMap((part): string[][] => {
        const { aes, asked } = constantRounds(s, domain);
        run(aes, domain, part, BASE, sign);
        return Array.from({ length: part.length / domain.length }, (_, row) =>
          asked.map((call) => call.toString('hex', 16 * row, 16 * (row + 1))),
        );
      });
      for (const [row, value] of valuesOf({ numerals: batch, length: domain.length }).entries()) {
        const [sum, asked] = expected[row]!;
        if (value.join(' ') !== sum) found.push({ tier, sign, s, row, wrong: 'sum' });
        const call = asked.findIndex((block, i) => block !== blocks[row]![i]);
        if (call >= 0) found.push({ tier, sign, s, row, wrong: 'block', call });
      }
    }
  }
  return found;
}

function rowsOf(numerals: Uint16Array, length: number): Uint16Array[] {
  return Array.from({ length: numerals.length / length }, (_, row) =>
    numerals.subarray(row * length, (row + 1) * length),
  );
}

describe('the round addition is exact modulo radix^m', () => {
  test.each<[number, number, Tier]>([
    [10, 2, 'narrow'],
    [10, 9, 'narrow'],
    [10, 16, 'narrow'],
    [2, 64, 'narrow'],
    [65_536, 4, 'narrow'],
    [10, 19, 'narrow'],
    [2, 75, 'narrow'],
    [2, 76, 'narrow'],
    [6501, 6, 'narrow'],
    [2, 77, 'medium'],
    [10, 24, 'medium'],
    [62, 24, 'medium'],
    [62, 40, 'medium'],
    [2, 124, 'medium'],
    [2, 240, 'medium'],
    [46_340, 8, 'medium'],
    [65_536, 8, 'medium'],
    [41_000, 13, 'medium'],
    [41_000, 15, 'wide'],
    [65_536, 13, 'wide'],
    [65_536, 12, 'wide'],
    [2, 241, 'wide'],
    [62, 64, 'wide'],
    [10, 307, 'wide'],
    [2, 1024, 'wide'],
    [65_536, 64, 'wide'],
    [2, 1025, 'long'],
    [10, 400, 'long'],
    [65_536, 301, 'long'],
    [2, 4096, 'long'],
    [10, 1232, 'long'],
    [62, 687, 'long'],
    [65_536, 255, 'long'],
  ])('for halves and S at every edge: radix %d, length %d, %s and above', (radix, length, tier) => {
    const domain = ff1Domain(radix, length);
    expect(tierOf(domain)).toBe(tier);
    for (const s of edges(domain.d, [BigInt(radix) ** BigInt(domain.u), BigInt(radix) ** BigInt(domain.v)])) {
      expect(differences(domain, s)).toEqual([]);
    }
  });

  test('for any domain and any S, on every runner that takes it', () => {
    const tiers = new Set<Tier>();
    const cases = fc
      .record({
        bits: fc.oneof(
          fc.integer({ min: 8, max: 80 }),
          fc.integer({ min: 8, max: 270 }),
          fc.integer({ min: 8, max: 1100 }),
          fc.integer({ min: 8, max: 4200 }),
        ),
        radix: fc.oneof(
          fc.integer({ min: 2, max: 65_536 }),
          fc.integer({ min: 1, max: 16 }).map((power) => 2 ** power),
          fc.integer({ min: 2, max: 300 }),
        ),
      })
      .map(({ bits, radix }) => ff1Domain(radix, Math.max(2, Math.ceil(bits / Math.log2(radix)))))
      .chain((domain) => fc.tuple(fc.constant(domain), sumsOf(domain)));
    fc.assert(
      fc.property(cases, ([domain, s]) => {
        tiers.add(tierOf(domain));
        expect(differences(domain, s)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(tiers).toEqual(new Set(TIERS));
  });
});

/** The identity as cipher: S is base ⊕ Q, within one block, so that a wrong byte of Q shows in the sum. */
const identity = chaining((input) => Buffer.from(input));

describe('the round function sees exactly the round number and NUM of the other half', () => {
  test('under a cipher that changes nothing, for every runner and one base a row', () => {
    const cases = fc.tuple(
      fc.constantFrom<readonly [number, number]>(
        [10, 9],
        [2, 76],
        [256, 9],
        [62, 24],
        [65_536, 8],
        [62, 40],
        [10, 72],
        [2, 240],
        [2, 241],
        [41_000, 13],
        [65_536, 13],
        [62, 64],
        [10, 300],
        [10, 330],
        [62, 600],
      ),
      fc.nat(),
      fc.integer({ min: 1, max: 6 }),
    );
    fc.assert(
      fc.property(cases, ([[radix, length], seed, count]) => {
        const domain = ff1Domain(radix, length);
        const numerals = seededNumerals(seed, radix, count * length);
        // The reference makes its own base from the tweak: under the identity it is P xored with the tweak's blocks.
        const tweak = seededBytes(seed, 5);
        const p = Buffer.from([1, 2, 1, 0, 0, 0, 10, domain.u % 256, 0, 0, 0, 0, 0, 0, 0, 5]);
        p.writeUIntBE(radix, 3, 3);
        p.writeUInt32BE(length, 8);
        const variable = Math.ceil((domain.b + 1) / 16);
        const padded = Buffer.alloc(16 * Math.ceil((5 + 1 + domain.b) / 16));
        padded.set(tweak);
        const base = Buffer.from(p);
        for (let at = 0; at <= padded.length - 16 * variable; at += 16) {
          for (let i = 0; i < 16; i++) base[i] = base[i]! ^ padded[at + i]!;
        }
        const expected = valuesOf({ numerals, length }).map((row) =>
          reference.encrypt(identity, radix, tweak, row).join(' '),
        );
        for (const [tier, run] of runnersFor(domain)) {
          const batch = numerals.slice();
          run(identity, domain, batch, Buffer.concat(Array(count).fill(base)), 1);
          const found = valuesOf({ numerals: batch, length }).map((row) => row.join(' '));
          expect({ tier, values: found }).toEqual({ tier, values: expected });
        }
      }),
      { numRuns: 60 },
    );
  });
});
