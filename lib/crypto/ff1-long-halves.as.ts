// Numerals of long halves as binary numbers and back (AssemblyScript, see `ff1-kernels.as.ts`), in a time that grows little
// faster than their length.
//
// A half is cut into leaves of as many numerals as fit into 126 digits of 16 bits. A node of height h has 2^h leaves and
// L = 128·2^h digits: 2 digits a leaf more than its numerals need. B = 2^16, and n is the count of a node's numerals.
//
// To binary: two nodes become the next higher one, high · radix^n + low, up to the root.
//
// To numerals: the number x of a node is kept as the fraction F = (x + ½)/radix^n · B^L, so that nothing is divided. Half a
// unit of x has more than 31 bits there, which no error of a few last places exceeds. F · radix^(n/2) has the fraction of the
// low node behind the point. The leading half of F is that of the high node, plus the low one's share of a unit, which is
// replaced by ½. A leaf gives a limb in front of the point each time that it is multiplied by a limb's size.
//
// Products are taken modulo B^L + 1: B^(L/2) = i makes a number of L digits a polynomial of L/2 complex ones, and its values at
// the roots of z^(L/2) = i are multiplied (a Fourier transform with one root a block). Digits go from −2^15 to 2^15 and are
// at most 2^12, so that sums stay below 2^42, and an error of 2^-46 for each unit of the factors' norms, which bounds twelve
// steps of the transform and their inverses, below 1/16: rounding gives the exact sum. Where a product has more than L digits,
// those above are subtracted from the lowest ones, whose value nobody reads.

import { Group, loadWords, Shape, SHAPE_BYTES, SIGNED, SIGNED_BITS, writeLimb } from './ff1-kernel-parts.as.ts';

/** Digits and bytes of a leaf. */
const LEAF: i32 = 128;
const LEAF_BYTES: usize = 256;

/** The nodes of one half, at most 32 leaves. What follows lies behind the packs, where `ff1-long-shape.ts` says. */
const NODES: usize = 524288;
/** The product under way. */
const PRODUCT: usize = NODES + 8192;
/** From here on, nothing depends on values: the roots, which the host writes, and transforms of radix^n and of the inverse. */
const ROOTS: usize = PRODUCT + 65536;
const POWERS: usize = ROOTS + 65536;
const INVERSE: usize = POWERS + 65536;

/** What long halves of a radix share (`ff1-long-shape.ts` writes it). It follows the halves of a shape. */
@unmanaged
class LongShape {
  /** The height of the root, and by how many digits its product with the inverse is shifted. */
  height: u32;
  shift: u32;
  numeralsPerLeaf: u32;
  unused: u32;
  /** Bits of a unit of x in a leaf, and of a limb's size. */
  unitBits: f64;
  limbBits: f64;
}

const LONG_SHAPE_BYTES: usize = 32;

/**
 * A unit of x in a node: value · B^place. There is one for each height. Behind them come radix^n for each height but the
 * root's, and the root's inverse, B^(L + shift)/radix^n.
 */
@unmanaged
class Unit {
  value: f64;
  place: u32;
  unused: u32;
}

const UNIT_BYTES: usize = 16;

function longShapeOf(shape: Shape): LongShape {
  return changetype<LongShape>(changetype<usize>(shape) + SHAPE_BYTES + 2 * <usize>shape.halfBytes);
}

function unitOf(long: LongShape, height: u32): Unit {
  return changetype<Unit>(changetype<usize>(long) + LONG_SHAPE_BYTES + <usize>height * UNIT_BYTES);
}

/** Turns the numerals of a group into halves. */
export function loadLongHalves(group: Group, shape: Shape): void {
  const long = longShapeOf(shape);
  transformPowers(long);
  const halfBytes = (<usize>shape.words) << 2;
  let start = group.numerals;
  for (let row: u32 = 0, at: usize = 0; row < group.rows; row++, at += halfBytes) {
    const middle = start + ((<usize>shape.u) << 1);
    const end = start + ((<usize>shape.length) << 1);
    loadHalf(start, middle, group.left + at, shape, long);
    loadHalf(middle, end, group.right + at, shape, long);
    start = end;
  }
}

/** Turns the halves of a group into numerals. */
export function saveLongHalves(group: Group, shape: Shape): void {
  const long = longShapeOf(shape);
  transformPowers(long);
  transformInverse(long);
  const halfBytes = (<usize>shape.words) << 2;
  let start = group.numerals;
  for (let row: u32 = 0, at: usize = 0; row < group.rows; row++, at += halfBytes) {
    const middle = start + ((<usize>shape.u) << 1);
    const end = start + ((<usize>shape.length) << 1);
    saveHalf(group.left + at, start, middle, shape, long);
    saveHalf(group.right + at, middle, end, shape, long);
    start = end;
  }
}

/** Where the transform for nodes of a height lies: 8 bytes for each of their digits. */
function powerAt(height: u32): usize {
  return POWERS + ((((<usize>LEAF) << 3) << height) - ((<usize>LEAF) << 4));
}

function powersOf(long: LongShape): usize {
  return changetype<usize>(unitOf(long, long.height + 1));
}

function transformPowers(long: LongShape): void {
  let power = powersOf(long);
  for (let height: u32 = 1; height <= long.height; height++) {
    const digits = LEAF << (height - 1);
    transform(power, digits, powerAt(height), digits);
    power += (<usize>digits) << 1;
  }
}

function transformInverse(long: LongShape): void {
  const digits = LEAF << long.height;
  transform(powersOf(long) + ((<usize>digits) << 1) - LEAF_BYTES, digits, INVERSE, digits);
}

function loadHalf(start: usize, end: usize, to: usize, shape: Shape, long: LongShape): void {
  const leafNumerals = (<usize>long.numeralsPerLeaf) << 1;
  memory.fill(NODES, 0, LEAF_BYTES << long.height);
  let nodes = NODES;
  for (let at = end; at > start; nodes += LEAF_BYTES) {
    const from = at - start > leafNumerals ? at - leafNumerals : start;
    loadWords(from, at, nodes, LEAF_BYTES, shape);
    at = from;
  }
  for (let height: u32 = 1; height <= long.height; height++) {
    const digits = LEAF << height;
    const half = LEAF_BYTES << (height - 1);
    // Nodes behind the last leaf are zero.
    for (let low = NODES; low + half < nodes; low += half << 1) {
      transform(low + half, digits >> 1, PRODUCT, digits >> 1);
      multiply(PRODUCT, powerAt(height), digits >> 1);
      addProduct(low, digits);
    }
  }
  memory.copy(to, NODES, (<usize>shape.words) << 2);
}

function saveHalf(from: usize, start: usize, end: usize, shape: Shape, long: LongShape): void {
  const digits = LEAF << long.height;
  transform(from, shape.words << 1, PRODUCT, digits);
  multiply(PRODUCT, INVERSE, digits);
  storeProduct(long.shift, digits, NODES, digits);
  addUnits(NODES, digits, 0.5, unitOf(long, long.height));
  const leafNumerals = (<usize>long.numeralsPerLeaf) << 1;
  const leavesEnd = NODES + ((end - start + leafNumerals - 1) / leafNumerals) * LEAF_BYTES;
  for (let height = long.height; height > 0; height--) {
    const nodeDigits = LEAF << height;
    const half = LEAF_BYTES << (height - 1);
    for (let low = NODES; low < leavesEnd; low += half << 1) {
      transform(low, nodeDigits, PRODUCT, nodeDigits >> 1);
      multiply(PRODUCT, powerAt(height), nodeDigits >> 1);
      storeProduct(nodeDigits >> 1, nodeDigits >> 1, low, nodeDigits >> 1);
      const high = low + half;
      const share = <f64>load<u32>(high - 4) * (1.0 / 4294967296.0);
      if (high < leavesEnd) addUnits(high, nodeDigits >> 1, 0.5 - share, unitOf(long, height - 1));
    }
  }
  for (let leaf = NODES, at = end; leaf < leavesEnd; leaf += LEAF_BYTES) {
    saveLeaf(leaf, start, at, shape, long);
    at -= leafNumerals;
  }
}

/** Writes the numerals of a leaf in front of `end`, but none in front of `start`. */
function saveLeaf(leaf: usize, start: usize, end: usize, shape: Shape, long: LongShape): void {
  const limb = shape.limb;
  const step = (<usize>shape.numeralsPerLimb) << 1;
  const leafEnd = leaf + LEAF_BYTES;
  let unitBits = long.unitBits;
  let low = leaf;
  for (let behind = (<usize>long.numeralsPerLeaf) << 1; behind > 0; ) {
    behind -= step;
    let carry: u64 = 0;
    for (let word = low; word < leafEnd; word += 4) {
      const t = <u64>load<u32>(word) * limb + carry;
      store<u32>(word, <u32>t);
      carry = t >> 32;
    }
    if (behind < end - start) writeLimb(carry, end - behind, start, shape);
    // A unit becomes larger by a limb, and words that it leaves behind are not needed.
    unitBits += long.limbBits;
    if (unitBits >= 64.0) {
      unitBits -= 32.0;
      low += 4;
    }
  }
}

/** Adds a share of a unit to a node, which stays between 0 and B^digits. */
function addUnits(node: usize, digits: i32, share: f64, unit: Unit): void {
  let sum = reinterpret<i64>(share * unit.value + SIGNED) - SIGNED_BITS;
  const end = node + ((<usize>digits) << 1);
  for (let at = node + ((<usize>unit.place) << 1); at < end && sum != 0; at += 2) {
    sum += <i64>load<u16>(at);
    store<u16>(at, <u16>sum);
    sum >>= 16;
  }
}

/** Transforms a number of `digits` digits, at most 2·count, into `count` complex values at `to`. */
function transform(from: usize, digits: i32, to: usize, count: i32): void {
  let carry = balance(from, digits < count ? digits : count, to, count, 0);
  carry = balance(from + ((<usize>count) << 1), digits - count, to + 8, count, carry);
  // B^(2·count) = −1.
  store<f64>(to, load<f64>(to) - <f64>carry);
  let root = ROOTS + 16;
  for (let half = (<usize>count) << 3; half >= 16; half >>= 1) {
    const end = to + ((<usize>count) << 4);
    for (let block = to; block < end; block += half << 1) {
      const r = v128.load(root);
      for (let at = block; at < block + half; at += 16) {
        const a = v128.load(at);
        const b = product(v128.load(at + half), r);
        v128.store(at, f64x2.add(a, b));
        v128.store(at + half, f64x2.sub(a, b));
      }
      root += 16;
    }
  }
}

/** Stores digits as doubles from −2^15 to 2^15, every other double from `to` on, and 0 behind them. Returns the carry. */
function balance(from: usize, digits: i32, to: usize, count: i32, carried: i32): i32 {
  let carry = carried;
  let at = to;
  for (let i = 0; i < digits; i++, at += 16) {
    const digit = <i32>load<u16>(from + ((<usize>i) << 1)) + carry;
    carry = (digit + 0x8000) >> 16;
    store<f64>(at, <f64>(digit - (carry << 16)));
  }
  const end = to + ((<usize>count) << 4);
  if (at == end) return carry;
  store<f64>(at, <f64>carry);
  for (at += 16; at < end; at += 16) store<f64>(at, 0);
  return 0;
}

/** Multiplies values by others and undoes the transform, but for the factor `count`. */
function multiply(values: usize, others: usize, count: i32): void {
  const end = values + ((<usize>count) << 4);
  for (let at = values, other = others; at < end; at += 16, other += 16) {
    v128.store(at, product(v128.load(at), v128.load(other)));
  }
  let roots = ROOTS + ((<usize>count) << 3);
  for (let half: usize = 16; half < (<usize>count) << 4; half <<= 1) {
    let root = roots;
    for (let block = values; block < end; block += half << 1) {
      const r = v128.xor(v128.load(root), f64x2(0.0, -0.0));
      for (let at = block; at < block + half; at += 16) {
        const a = v128.load(at);
        const b = v128.load(at + half);
        v128.store(at, f64x2.add(a, b));
        v128.store(at + half, product(f64x2.sub(a, b), r));
      }
      root += 16;
    }
    roots = ROOTS + ((roots - ROOTS) >> 1);
  }
}

/** The product of two complex numbers. */
function product(a: v128, b: v128): v128 {
  const real = i8x16.shuffle(b, b, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
  const imaginary = i8x16.shuffle(b, b, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  const turned = i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  return f64x2.add(f64x2.mul(a, real), v128.xor(f64x2.mul(turned, imaginary), f64x2(-0.0, 0.0)));
}

/** Adds the product, a number of `digits` digits, to the lower half of as many at `node`, and stores the sum there. */
function addProduct(node: usize, digits: i32): void {
  const count = digits >> 1;
  const scale = 1.0 / <f64>count;
  let sum: i64 = 0;
  for (let i = 0; i < count; i++) {
    const at = node + ((<usize>i) << 1);
    sum += wholeAt(PRODUCT + ((<usize>i) << 4), scale) + <i64>load<u16>(at);
    store<u16>(at, <u16>sum);
    sum >>= 16;
  }
  for (let i = 0; i < count; i++) {
    sum += wholeAt(PRODUCT + 8 + ((<usize>i) << 4), scale);
    store<u16>(node + ((<usize>(count + i)) << 1), <u16>sum);
    sum >>= 16;
  }
}

/** Stores `digits` digits of the product, which has `count` complex numbers, from digit `first` on. */
function storeProduct(first: i32, digits: i32, to: usize, count: i32): void {
  const scale = 1.0 / <f64>count;
  let sum: i64 = 0;
  for (let i = 0; i < first + digits; i++) {
    const at = i < count ? (<usize>i) << 4 : ((<usize>(i - count)) << 4) + 8;
    sum += wholeAt(PRODUCT + at, scale);
    if (i >= first) store<u16>(to + ((<usize>(i - first)) << 1), <u16>sum);
    sum >>= 16;
  }
}

function wholeAt(at: usize, scale: f64): i64 {
  return reinterpret<i64>(load<f64>(at) * scale + SIGNED) - SIGNED_BITS;
}
