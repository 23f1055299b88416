// FF1's ten rounds without the block cipher, for WebAssembly (SP 800-38G, algorithms 7 and 8, step 6). This file is
// AssemblyScript; `npm run kernels` compiles it into `ff1-kernels-wasm.ts`. `ff1-lockstep.ts` calls it.
//
// A half is one binary number: its bytes are NUM(half), so that a round converts nothing. All groups of a pack go
// through a round in one call. There are four sizes of half:
//   narrow, at most 2^38:     one double, two values in a vector
//   medium, at most 15 bytes: 128 bits in two machine words
//   wide, any size:           32-bit words, least significant first
//   long, any size:           as wide, but numerals become halves and back by ff1-long-halves.as.ts
//
// y mod M. Up to 2^32, y is a sum below 2^51, for which q = ⌊(x + ½)/M⌋ is exact (see ff1-narrow.ts). Above, the leading bits
// of y estimate a quotient of at most 51 bits by M·2^shift, which is wrong by two at most, so that
// z = half ± (y − q·M·2^shift) is below 2^(shift + 2)·M. The leading bits of z give its quotient by M, which is wrong by far
// less than one. Everything else is exact arithmetic modulo a power of two that z does not reach.

import {
  bytesBehindLimb,
  Group,
  loadWords,
  Shape,
  SHAPE_BYTES,
  SIGNED,
  SIGNED_BITS,
  writeLimb,
} from './ff1-kernel-parts.as.ts';
import { loadLongHalves, saveLongHalves } from './ff1-long-halves.as.ts';

const NARROW_64: u32 = 0;
const NARROW_96: u32 = 1;
const MEDIUM: u32 = 2;
const LONG: u32 = 4;

const BLOCK: usize = 16;
/** Added to a double below 2^51 that is not negative, 2^52 leaves the nearest whole number in the low bits. */
const WHOLE: f64 = 4503599627370496.0;
const WHOLE_BITS: i64 = 0x4330000000000000;
const LOW: u64 = 0xffffffff;
/** An estimated quotient is cut into 26 bits and those above, at most 25. */
const PART: i64 = 26;
const PART_MASK: i64 = 0x3ffffff;
/** Lets a wide quotient err downwards, so that a remainder is rarely negative and never M or more. */
const DOWNWARDS: f64 = 0.5 - 1.0 / 1024.0;

@unmanaged
class Narrow64Half {
  modulus: f64;
  /** 2^32 and 2^48 modulo M. */
  power32: f64;
  power48: f64;
}

@unmanaged
class Narrow96Half {
  modulus: f64;
  /** 2^32 / (M·2^shift). */
  estimate: f64;
  shifted: i64;
}

@unmanaged
class MediumHalf {
  low: u64;
  high: u64;
  shiftedLow: u64;
  shiftedHigh: u64;
  /** Times the leading 63 bits of y: its quotient by the shifted modulus. */
  estimate: f64;
  inverse: f64;
}

/** Followed by words + 1 words of each of M, M·2^shift and M·2^(shift + 26). */
@unmanaged
class WideHalf {
  estimate: f64;
  /** 2^(32·(words − 2)) / M. */
  inverse: f64;
}

const WIDE_HALF_BYTES: usize = 16;
const GROUP_BYTES: usize = 48;

function shapeOf(group: Group): Shape {
  return changetype<Shape>(group.shape);
}

function halfAt(shape: Shape, round: i32): usize {
  return changetype<usize>(shape) + SHAPE_BYTES + <usize>(round & 1) * <usize>shape.halfBytes;
}

function targetOf(group: Group, round: i32): usize {
  return (round & 1) == 0 ? group.left : group.right;
}

/** Turns the numerals of all groups into halves, and writes the blocks of round `first`. */
export function begin(groups: usize, count: u32, first: i32): void {
  for (let i: u32 = 0; i < count; i++) {
    const group = changetype<Group>(groups + <usize>i * GROUP_BYTES);
    const shape = shapeOf(group);
    if (shape.kind <= NARROW_96) loadNarrow(group, shape, first);
    else if (shape.kind == MEDIUM) loadMedium(group, shape, first);
    else loadWide(group, shape, first);
  }
}

/**
 * Writes the next block of Q of each group that has more than one: xored with the base for the first block, else with the
 * cipher's output. `left` blocks are left in the group that has most of them.
 */
export function chain(groups: usize, count: u32, left: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const group = changetype<Group>(groups + <usize>i * GROUP_BYTES);
    const shape = shapeOf(group);
    if (shape.blocks < left || shape.blocks == 1) continue;
    const block = shape.blocks - left;
    let from = block == 0 ? group.base : group.output;
    const stride = block == 0 ? group.baseStride : BLOCK;
    let q = group.q + <usize>block * BLOCK;
    let to = group.input;
    for (let row: u32 = 0; row < group.rows; row++) {
      v128.store(to, v128.xor(v128.load(from), v128.load(q)));
      from += stride;
      q += <usize>shape.blocks * BLOCK;
      to += BLOCK;
    }
  }
}

/** Writes R ⊕ [1]¹⁶, R ⊕ [2]¹⁶ … (step iii) of each group whose S has more than one block. */
export function extend(groups: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const group = changetype<Group>(groups + <usize>i * GROUP_BYTES);
    const more = shapeOf(group).more;
    let from = group.output;
    let to = group.moreInput;
    for (let row: u32 = 0; row < group.rows; row++) {
      const low = load<u64>(from + 8);
      for (let j: u32 = 1; j <= more; j++) {
        v128.store(to, v128.load(from));
        store<u64>(to + 8, low ^ bswap<u64>(<u64>j));
        to += BLOCK;
      }
      from += BLOCK;
    }
  }
}

/** Adds y to a half of every value, or subtracts it (steps iv to vii), and writes the blocks of the round after. */
export function add(groups: usize, count: u32, round: i32, sign: i32): void {
  for (let i: u32 = 0; i < count; i++) {
    const group = changetype<Group>(groups + <usize>i * GROUP_BYTES);
    const shape = shapeOf(group);
    if (shape.kind == NARROW_64) addNarrow64(group, shape, round, sign);
    else if (shape.kind == NARROW_96) addNarrow96(group, shape, round, sign);
    else if (shape.kind == MEDIUM) addMedium(group, shape, round, sign);
    else addWide(group, shape, round, sign);
  }
}

/** Turns the halves of all groups back into numerals. */
export function finish(groups: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const group = changetype<Group>(groups + <usize>i * GROUP_BYTES);
    const shape = shapeOf(group);
    if (shape.kind <= NARROW_96) saveNarrow(group, shape);
    else if (shape.kind == MEDIUM) saveMedium(group, shape);
    else if (shape.kind == LONG) saveLongHalves(group, shape);
    else saveWide(group, shape);
  }
}

/** Tells whether all of `count` numerals are below the radix. */
export function allBelow(numerals: usize, count: u32, radix: u32): bool {
  const most = i16x8.splat(<i16>(radix - 1));
  let above = i16x8.splat(0);
  const end = numerals + ((<usize>count) << 1);
  let at = numerals;
  for (; at + 16 <= end; at += 16) above = v128.or(above, i16x8.sub_sat_u(v128.load(at), most));
  let below = !v128.any_true(above);
  for (; at < end; at += 2) if (<u32>load<u16>(at) >= radix) below = false;
  return below;
}

/** [round] in the byte of a block in front of NUM, as a number: the part of it in the last eight bytes. */
function roundLow(round: i32, b: u32): u64 {
  return b < 8 ? (<u64>(round & 15)) << ((<u64>b) << 3) : 0;
}

/** The same, in the first eight bytes. */
function roundHigh(round: i32, b: u32): u64 {
  return b < 8 ? 0 : (<u64>(round & 15)) << ((<u64>(b - 8)) << 3);
}

// ---- narrow ----

function loadNarrow(group: Group, shape: Shape, first: i32): void {
  const radix = shape.radix;
  const source = targetOf(group, first + 1);
  const round = roundLow(first, shape.b);
  let at = group.numerals;
  let base = group.base;
  for (let row: u32 = 0; row < group.rows; row++) {
    const middle = at + ((<usize>shape.u) << 1);
    const end = at + ((<usize>shape.length) << 1);
    let left: u64 = 0;
    for (; at < middle; at += 2) left = left * radix + <u64>load<u16>(at);
    let right: u64 = 0;
    for (; at < end; at += 2) right = right * radix + <u64>load<u16>(at);
    const to = (<usize>row) << 3;
    store<f64>(group.left + to, <f64>(<i64>left));
    store<f64>(group.right + to, <f64>(<i64>right));
    const input = group.input + ((<usize>row) << 4);
    store<u64>(input, load<u64>(base));
    store<u64>(input + 8, load<u64>(base + 8) ^ bswap<u64>((source == group.left ? left : right) ^ round));
    base += group.baseStride;
  }
  if ((group.rows & 1) == 0) return;
  // Values go in pairs. The second half of the last pair holds a number, because others are slow.
  store<f64>(group.left + ((<usize>group.rows) << 3), 0);
  store<f64>(group.right + ((<usize>group.rows) << 3), 0);
}

/** y of 64 bits as 16 + 16 + 32: the powers of two in front of the first two are taken modulo M before. */
function addNarrow64(group: Group, shape: Shape, round: i32, sign: i32): void {
  const constants = changetype<Narrow64Half>(halfAt(shape, round));
  const inverse = f64x2.splat(1.0 / constants.modulus);
  const m = f64x2.splat(constants.modulus);
  const half = f64x2.splat(0.5);
  const power32 = f64x2.splat(<f64>sign * constants.power32);
  const power48 = f64x2.splat(<f64>sign * constants.power48);
  const signs = f64x2.splat(<f64>sign);
  const low16 = i32x4.splat(0xffff);
  const next = i64x2.splat(bswap<i64>(<i64>roundLow(round + sign, shape.b)));
  const target = targetOf(group, round);
  const stride = group.baseStride;
  let base = group.base + 8;
  for (let row: usize = 0; row < <usize>group.rows; row += 2) {
    const block = group.output + (row << 4);
    const high = leadingWords(v128.load(block), v128.load(block + BLOCK));
    const low = i8x16.shuffle(high, high, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    const to = target + (row << 3);
    const y48 = f64x2.mul(power48, f64x2.convert_low_i32x4_s(i32x4.shr_u(high, 16)));
    const y32 = f64x2.mul(power32, f64x2.convert_low_i32x4_s(v128.and(high, low16)));
    const y = f64x2.mul(signs, f64x2.convert_low_i32x4_u(low));
    const x = reduced(f64x2.add(f64x2.add(v128.load(to), y), f64x2.add(y32, y48)), m, inverse, half);
    v128.store(to, x);
    writeNarrow(group.input + (row << 4), x, next, base, stride);
    base += stride << 1;
  }
}

/** y of 96 bits: an estimated multiple of M·2^shift leaves at most 50 of them. */
function addNarrow96(group: Group, shape: Shape, round: i32, sign: i32): void {
  const constants = changetype<Narrow96Half>(halfAt(shape, round));
  const inverse = f64x2.splat(1.0 / constants.modulus);
  const m = f64x2.splat(constants.modulus);
  const half = f64x2.splat(0.5);
  const shift32 = f64x2.splat(4294967296.0);
  const estimate = f64x2.splat(constants.estimate);
  const shifted = i64x2.splat(constants.shifted);
  const signs = f64x2.splat(<f64>sign);
  const next = i64x2.splat(bswap<i64>(<i64>roundLow(round + sign, shape.b)));
  const target = targetOf(group, round);
  const stride = group.baseStride;
  let base = group.base + 8;
  for (let row: usize = 0; row < <usize>group.rows; row += 2) {
    const block = group.output + (row << 4);
    const a = v128.load(block);
    const b = v128.load(block + BLOCK);
    const high = leadingWords(a, b);
    const middle = i8x16.shuffle(high, high, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    // The last 64 bits of y. What is left of them is exact, because it is below 2^63.
    const low = i8x16.shuffle(a, b, 11, 10, 9, 8, 7, 6, 5, 4, 27, 26, 25, 24, 23, 22, 21, 20);
    const leading = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(high), shift32), f64x2.convert_low_i32x4_u(middle));
    const quotient = v128.xor(f64x2.add(f64x2.mul(leading, estimate), f64x2.splat(WHOLE)), i64x2.splat(WHOLE_BITS));
    const rest = i64x2.sub(low, i64x2.mul(quotient, shifted));
    const y = f64x2.sub(i64x2.add(rest, i64x2.splat(SIGNED_BITS)), f64x2.splat(SIGNED));
    const to = target + (row << 3);
    const x = reduced(f64x2.add(v128.load(to), f64x2.mul(signs, y)), m, inverse, half);
    v128.store(to, x);
    writeNarrow(group.input + (row << 4), x, next, base, stride);
    base += stride << 1;
  }
}

/** Words 0 and 1 of two blocks: 0 of both, then 1 of both. */
function leadingWords(a: v128, b: v128): v128 {
  const words = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  return i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** x mod m. */
function reduced(x: v128, m: v128, inverse: v128, half: v128): v128 {
  return f64x2.sub(x, f64x2.mul(f64x2.floor(f64x2.mul(f64x2.add(x, half), inverse)), m));
}

/** Writes the last eight bytes of two blocks; the first eight never change. `base` points at those of the first row. */
function writeNarrow(input: usize, x: v128, next: v128, base: usize, stride: usize): void {
  const whole = v128.xor(f64x2.add(x, f64x2.splat(WHOLE)), i64x2.splat(WHOLE_BITS));
  const bytes = i8x16.shuffle(whole, whole, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  const bases = v128.load64_lane(base + stride, v128.load64_splat(base), 1);
  const blocks = v128.xor(v128.xor(bytes, next), bases);
  v128.store64_lane(input + 8, blocks, 0);
  v128.store64_lane(input + 24, blocks, 1);
}

function saveNarrow(group: Group, shape: Shape): void {
  let start = group.numerals;
  for (let row: u32 = 0; row < group.rows; row++) {
    const middle = start + ((<usize>shape.u) << 1);
    const end = start + ((<usize>shape.length) << 1);
    const at = (<usize>row) << 3;
    saveNumber(<u64>(<i64>load<f64>(group.left + at)), start, middle, shape);
    saveNumber(<u64>(<i64>load<f64>(group.right + at)), middle, end, shape);
    start = end;
  }
}

/** Writes a number below 2^64 as numerals. */
function saveNumber(number: u64, start: usize, end: usize, shape: Shape): void {
  const limb = shape.limb;
  const step = (<usize>shape.numeralsPerLimb) << 1;
  let rest = number;
  let at = end;
  while (at - start > step) {
    const quotient = rest / limb;
    writeLimb(rest - quotient * limb, at, start, shape);
    rest = quotient;
    at -= step;
  }
  writeLimb(rest, at, start, shape);
}

// ---- medium ----

function loadMedium(group: Group, shape: Shape, first: i32): void {
  const source = targetOf(group, first + 1);
  const number = roundBlock(first, shape.b);
  let start = group.numerals;
  let base = group.base;
  for (let row: u32 = 0; row < group.rows; row++) {
    const middle = start + ((<usize>shape.u) << 1);
    const end = start + ((<usize>shape.length) << 1);
    const to = (<usize>row) << 4;
    loadMediumHalf(start, middle, group.left + to, shape);
    loadMediumHalf(middle, end, group.right + to, shape);
    const next = v128.xor(reversed(v128.load(source + to)), number);
    v128.store(group.input + to, v128.xor(v128.load(base), next));
    base += group.baseStride;
    start = end;
  }
}

/** The bytes of a block in reverse order: two words for the arithmetic, or a block of them. bswap takes ten instructions a word. */
function reversed(block: v128): v128 {
  return i8x16.shuffle(block, block, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/** A block with [round] in front of NUM, and zeros. */
function roundBlock(round: i32, b: u32): v128 {
  return reversed(i64x2.replace_lane(i64x2.splat(<i64>roundLow(round, b)), 1, <i64>roundHigh(round, b)));
}

function loadMediumHalf(start: usize, end: usize, to: usize, shape: Shape): void {
  const radix = shape.radix;
  const limbSize = shape.limb;
  let low: u64 = 0;
  let high: u64 = 0;
  let at = start;
  while (at < end) {
    const limbEnd = end - bytesBehindLimb(at, end, shape);
    let limb: u64 = 0;
    for (; at < limbEnd; at += 2) limb = limb * radix + <u64>load<u16>(at);
    const p = (low & LOW) * limbSize + limb;
    const r = (low >> 32) * limbSize + (p >> 32);
    low = (r << 32) | (p & LOW);
    high = high * limbSize + (r >> 32);
  }
  store<u64>(to, low);
  store<u64>(to + 8, high);
}

function addMedium(group: Group, shape: Shape, round: i32, sign: i32): void {
  const half = changetype<MediumHalf>(halfAt(shape, round));
  const mLow = half.low;
  const mHigh = half.high;
  const m0 = <i64>(mLow & LOW);
  const m1 = <i64>(mLow >> 32);
  const s0 = half.shiftedLow & LOW;
  const s1 = half.shiftedLow >> 32;
  const sHigh = half.shiftedHigh;
  const estimate = half.estimate;
  const inverse = half.inverse;
  const d = shape.d;
  const next = roundBlock(round + sign, shape.b);
  const target = targetOf(group, round);
  let base = group.base;
  for (let row: usize = 0; row < <usize>group.rows; row++) {
    const words = reversed(v128.load(group.output + (row << 4)));
    const first = <u64>i64x2.extract_lane(words, 1);
    const second = <u64>i64x2.extract_lane(words, 0);
    // The low 128 bits of y.
    let yLow: u64;
    let yHigh: u64;
    if (d == 12) {
      yLow = (first << 32) | (second >> 32);
      yHigh = first >> 32;
    } else if (d == 16) {
      yLow = second;
      yHigh = first;
    } else {
      yLow = (second << 32) | <u64>bswap<u32>(load<u32>(group.moreOutput + (row << 4)));
      yHigh = (first << 32) | (second >> 32);
    }
    const q = <u64>(reinterpret<i64>(<f64>(<i64>(first >> 1)) * estimate + WHOLE) - WHOLE_BITS);
    // y − q·M·2^shift, modulo 2^128.
    const q0 = q & LOW;
    const q1 = q >> 32;
    const p00 = q0 * s0;
    const p10 = q1 * s0 + (p00 >> 32);
    const p01 = q0 * s1 + (p10 & LOW);
    const pLow = (p01 << 32) | (p00 & LOW);
    const pHigh = q1 * s1 + (p10 >> 32) + (p01 >> 32) + q * sHigh;
    const rLow = yLow - pLow;
    const rHigh = yHigh - pHigh - <u64>(yLow < pLow);
    const to = target + (row << 4);
    const tLow = load<u64>(to);
    const tHigh = load<u64>(to + 8);
    let zLow: u64;
    let zHigh: u64;
    if (sign > 0) {
      zLow = tLow + rLow;
      zHigh = tHigh + rHigh + <u64>(zLow < tLow);
    } else {
      zLow = tLow - rLow;
      zHigh = tHigh - rHigh - <u64>(tLow < rLow);
    }
    const z = <f64>(<i64>zHigh) * 18446744073709551616.0 + <f64>(<i64>(zLow >> 1)) * 2.0;
    const more = reinterpret<i64>(z * inverse + SIGNED) - SIGNED_BITS;
    const c0 = more * m0;
    const c1 = more * m1 + (c0 >> 32);
    const cLow = ((<u64>c1) << 32) | (<u64>c0 & LOW);
    const cHigh = <u64>(more * <i64>mHigh + (c1 >> 32));
    zHigh = zHigh - cHigh - <u64>(zLow < cLow);
    zLow = zLow - cLow;
    // The nearest quotient leaves a remainder from −M/2 to M/2.
    const negative = <u64>(<i64>zHigh >> 63);
    const added = mLow & negative;
    zLow += added;
    zHigh += (mHigh & negative) + <u64>(zLow < added);
    const number = i64x2.replace_lane(i64x2.splat(<i64>zLow), 1, <i64>zHigh);
    v128.store(to, number);
    v128.store(group.input + (row << 4), v128.xor(v128.xor(v128.load(base), next), reversed(number)));
    base += group.baseStride;
  }
}

function saveMedium(group: Group, shape: Shape): void {
  let start = group.numerals;
  for (let row: u32 = 0; row < group.rows; row++) {
    const middle = start + ((<usize>shape.u) << 1);
    const end = start + ((<usize>shape.length) << 1);
    const at = (<usize>row) << 4;
    saveMediumHalf(group.left + at, start, middle, shape);
    saveMediumHalf(group.right + at, middle, end, shape);
    start = end;
  }
}

function saveMediumHalf(from: usize, start: usize, end: usize, shape: Shape): void {
  const limb = shape.limb;
  const step = (<usize>shape.numeralsPerLimb) << 1;
  let low = load<u64>(from);
  let high = load<u64>(from + 8);
  let at = end;
  while (high != 0 && at - start > step) {
    const qHigh = high / limb;
    const t1 = ((high - qHigh * limb) << 32) | (low >> 32);
    const q1 = t1 / limb;
    const t0 = ((t1 - q1 * limb) << 32) | (low & LOW);
    const q0 = t0 / limb;
    writeLimb(t0 - q0 * limb, at, start, shape);
    high = qHigh;
    low = (q1 << 32) | q0;
    at -= step;
  }
  saveNumber(low, start, at, shape);
}

// ---- wide ----

function loadWide(group: Group, shape: Shape, first: i32): void {
  const source = targetOf(group, first + 1);
  const halfBytes = (<usize>shape.words) << 2;
  const qBytes = (<usize>shape.blocks) << 4;
  let start = group.numerals;
  let at: usize = 0;
  let q = group.q;
  memory.fill(q, 0, <usize>group.rows * qBytes);
  if (shape.kind == LONG) loadLongHalves(group, shape);
  for (let row: u32 = 0; row < group.rows; row++) {
    const middle = start + ((<usize>shape.u) << 1);
    const end = start + ((<usize>shape.length) << 1);
    if (shape.kind != LONG) {
      loadWords(start, middle, group.left + at, halfBytes, shape);
      loadWords(middle, end, group.right + at, halfBytes, shape);
    }
    q += qBytes;
    writeQ(q, source + at, shape, first);
    at += halfBytes;
    start = end;
  }
}

/**
 * Writes [round] and NUM in front of `end`. NUM's leading word may begin in front of it: its bytes there are zero, and one
 * of them is where the round goes.
 */
function writeQ(end: usize, number: usize, shape: Shape, round: i32): void {
  const numberEnd = number + ((<usize>shape.words) << 2);
  let to = end;
  let word = number;
  for (; word + BLOCK <= numberEnd; word += BLOCK) {
    to -= BLOCK;
    v128.store(to, reversed(v128.load(word)));
  }
  for (; word < numberEnd; word += 4) {
    to -= 4;
    store<u32>(to, bswap<u32>(load<u32>(word)));
  }
  store<u8>(end - 1 - <usize>shape.b, <u8>(round & 15));
}

function addWide(group: Group, shape: Shape, round: i32, sign: i32): void {
  const halfAddress = halfAt(shape, round);
  const half = changetype<WideHalf>(halfAddress);
  const estimate = half.estimate;
  const inverse = half.inverse;
  const bytes = (<usize>shape.words) << 2;
  const m = halfAddress + WIDE_HALF_BYTES;
  const shifted = m + bytes + 4;
  const shiftedMore = shifted + bytes + 4;
  const negate: i64 = sign > 0 ? 0 : -1;
  const moreBytes = (<usize>shape.more) << 4;
  const qBytes = (<usize>shape.blocks) << 4;
  // S ends in its last block. Word 0 of y is its end.
  const inMore: usize = shape.more == 0 ? 0 : <usize>shape.d - BLOCK;
  let target = targetOf(group, round);
  let block = group.output;
  let more = group.moreOutput;
  let q = group.q + qBytes;
  for (let row: u32 = 0; row < group.rows; row++) {
    const leading = <f64>(<i64>(bswap<u64>(load<u64>(block)) >> 1));
    const quotient = reinterpret<i64>(leading * estimate + WHOLE) - WHOLE_BITS;
    const q0 = quotient & PART_MASK;
    const q1 = quotient >> PART;
    // z = half ± (y − q·M·2^shift), from the lowest word on. Each sum stays below 2^60.
    const moreEnd = more + inMore - 4;
    const blockEnd = block + <usize>shape.d - 4;
    let sum: i64 = 0;
    for (let at: usize = 0; at <= bytes; at += 4) {
      const y = <i64>bswap<u32>(load<u32>((at < inMore ? moreEnd : blockEnd) - at));
      const r = y - q0 * <i64>load<u32>(shifted + at) - q1 * <i64>load<u32>(shiftedMore + at);
      sum += (r ^ negate) - negate;
      if (at == bytes) break;
      sum += <i64>load<u32>(target + at);
      store<u32>(target + at, <u32>sum);
      sum >>= 32;
    }
    const top = <i64>(<i32>sum);
    const z =
      (<f64>top * 4294967296.0 + <f64>load<u32>(target + bytes - 4)) * 4294967296.0 +
      <f64>load<u32>(target + bytes - 8);
    const multiple = reinterpret<i64>(z * inverse - DOWNWARDS + SIGNED) - SIGNED_BITS;
    sum = 0;
    for (let at: usize = 0; at < bytes; at += 4) {
      sum += <i64>load<u32>(target + at) - multiple * <i64>load<u32>(m + at);
      store<u32>(target + at, <u32>sum);
      sum >>= 32;
    }
    if (sum + top < 0) {
      sum = 0;
      for (let at: usize = 0; at < bytes; at += 4) {
        sum += <i64>load<u32>(target + at) + <i64>load<u32>(m + at);
        store<u32>(target + at, <u32>sum);
        sum >>= 32;
      }
    }
    writeQ(q, target, shape, round + sign);
    target += bytes;
    block += BLOCK;
    more += moreBytes;
    q += qBytes;
  }
}

function saveWide(group: Group, shape: Shape): void {
  const halfBytes = (<usize>shape.words) << 2;
  let start = group.numerals;
  let at: usize = 0;
  for (let row: u32 = 0; row < group.rows; row++) {
    const middle = start + ((<usize>shape.u) << 1);
    const end = start + ((<usize>shape.length) << 1);
    saveWideHalf(group.left + at, start, middle, shape);
    saveWideHalf(group.right + at, middle, end, shape);
    at += halfBytes;
    start = end;
  }
}

/** Writes a half as numerals. What is left of it is zero. */
function saveWideHalf(from: usize, start: usize, end: usize, shape: Shape): void {
  const limb = shape.limb;
  const step = (<usize>shape.numeralsPerLimb) << 1;
  let top = from + ((<usize>shape.words) << 2);
  let at = end;
  while (true) {
    while (top > from && load<u32>(top - 4) == 0) top -= 4;
    if (top - from <= 8) break;
    let rest: u64 = 0;
    for (let word = top; word > from; ) {
      word -= 4;
      const t = (rest << 32) | <u64>load<u32>(word);
      const quotient = t / limb;
      store<u32>(word, <u32>quotient);
      rest = t - quotient * limb;
    }
    writeLimb(rest, at, start, shape);
    at -= step;
  }
  // The words above are zero, and a wide half has more than two.
  saveNumber(load<u64>(from), start, at, shape);
}
