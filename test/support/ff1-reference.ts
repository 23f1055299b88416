// FF1 by the letter of SP 800-38G (March 2016), algorithms 6 to 8, one value at a time with BigInt: the reference for
// lib/crypto, of which it uses nothing. Step numbers are those of the standard.

import { createCipheriv } from 'node:crypto';

/** The designated cipher function CIPH: one 16-byte block to another. */
export type Ciph = (block: Uint8Array) => Uint8Array;

/** AES under `key` (16, 24 or 32 bytes). */
export function aes(key: Uint8Array): Ciph {
  const cipher = createCipheriv(`aes-${8 * key.length}-ecb`, key, null).setAutoPadding(false);
  return (block) => cipher.update(block);
}

/** Algorithm 7, FF1.Encrypt(K, T, X). */
export function encrypt(ciph: Ciph, radix: number, tweak: Uint8Array, x: readonly number[]): number[] {
  const { m, modulus, roundFunction, start } = setUp(ciph, radix, tweak, x);
  let [a, b] = start;
  for (let i = 0; i <= 9; i++) {
    const c = mod(num(radix, a) + roundFunction(i, num(radix, b)), modulus(i));
    a = b;
    b = str(radix, m(i), c);
  }
  return [...a, ...b];
}

/** Algorithm 8, FF1.Decrypt(K, T, X). */
export function decrypt(ciph: Ciph, radix: number, tweak: Uint8Array, x: readonly number[]): number[] {
  const { m, modulus, roundFunction, start } = setUp(ciph, radix, tweak, x);
  let [a, b] = start;
  for (let i = 9; i >= 0; i--) {
    const c = mod(num(radix, b) - roundFunction(i, num(radix, a)), modulus(i));
    b = a;
    a = str(radix, m(i), c);
  }
  return [...a, ...b];
}

/** Steps 1 to 5, and steps 6.i to 6.v of a round as a function. */
function setUp(ciph: Ciph, radix: number, tweak: Uint8Array, x: readonly number[]) {
  const n = x.length;
  const t = tweak.length;
  const u = Math.floor(n / 2);
  const v = n - u;
  const m = (i: number): number => (i % 2 === 0 ? u : v);
  const b = bytesOf(BigInt(radix) ** BigInt(v) - 1n);
  const d = 4 * Math.ceil(b / 4) + 4;
  const p = [1, 2, 1, ...octets(BigInt(radix), 3), 10, u % 256, ...octets(BigInt(n), 4), ...octets(BigInt(t), 4)];
  const zeros = (16 - ((t + b + 1) % 16)) % 16;
  // Everything in front of the round number is the same in each round: its MAC is computed once.
  const whole = 16 * Math.floor((16 + t + zeros) / 16);
  const front = Buffer.concat([Uint8Array.from(p), tweak, Buffer.alloc(zeros)]);
  const state = prf(ciph, Buffer.alloc(16), front.subarray(0, whole));
  const roundFunction = (i: number, number: bigint): bigint => {
    const rest = Buffer.concat([front.subarray(whole), Uint8Array.of(i), Uint8Array.from(octets(number, b))]);
    const r = prf(ciph, state, rest);
    const s = [r];
    for (let j = 1; 16 * s.length < d; j++) s.push(Buffer.from(ciph(xor(r, Buffer.from(octets(BigInt(j), 16))))));
    return BigInt(`0x${Buffer.concat(s).toString('hex', 0, d)}`);
  };
  const sizes = [BigInt(radix) ** BigInt(u), BigInt(radix) ** BigInt(v)] as const;
  const modulus = (i: number): bigint => sizes[(i % 2) as 0 | 1];
  return { m, modulus, roundFunction, start: [x.slice(0, u), x.slice(u)] as [number[], number[]] };
}

/** Algorithm 6, PRF(X): CBC-MAC, going on from `state`. */
function prf(ciph: Ciph, state: Buffer, x: Buffer): Buffer {
  let y = state;
  for (let at = 0; at < x.length; at += 16) y = Buffer.from(ciph(xor(y, x.subarray(at, at + 16))));
  return y;
}

/** Algorithm 1, NUMradix(X): the most significant numeral first. */
export function num(radix: number, x: readonly number[]): bigint {
  const base = BigInt(radix);
  let number = 0n;
  for (const numeral of x) number = number * base + BigInt(numeral);
  return number;
}

/** Algorithm 3, STR of m numerals. */
export function str(radix: number, m: number, number: bigint): number[] {
  const base = BigInt(radix);
  const numerals = new Array<number>(m);
  let rest = number;
  for (let i = m - 1; i >= 0; i--) {
    numerals[i] = Number(rest % base);
    rest /= base;
  }
  return numerals;
}

/** [x]ˢ: x in s bytes, big-endian. */
function octets(x: bigint, s: number): number[] {
  return [...Buffer.from(x.toString(16).padStart(2 * s, '0'), 'hex')];
}

function bytesOf(x: bigint): number {
  let bytes = 0;
  for (let rest = x; rest > 0n; rest >>= 8n) bytes++;
  return bytes;
}

function mod(x: bigint, m: bigint): bigint {
  return ((x % m) + m) % m;
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ b[i]!));
}
