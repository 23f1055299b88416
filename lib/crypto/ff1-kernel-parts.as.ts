// What the parts of FF1's kernels share (AssemblyScript, see `ff1-kernels.as.ts`): the layouts that the host writes, and limbs
// of numerals.

export const SHAPE_BYTES: usize = 72;
/** Added to a double below 2^51, 1.5 · 2^52 leaves the nearest whole number, of either sign, in the low bits. */
export const SIGNED: f64 = 6755399441055744.0;
export const SIGNED_BITS: i64 = 0x4338000000000000;

/** What all values of a domain share (`ff1-kernel-shape.ts` writes it). Its two halves follow. */
@unmanaged
export class Shape {
  kind: u32;
  length: u32;
  u: u32;
  /** Bytes of NUM, and of S. */
  b: u32;
  d: u32;
  /** Blocks of Q that differ from round to round, and blocks of S after the first. */
  blocks: u32;
  more: u32;
  /** 32-bit words of a wide half. */
  words: u32;
  /** Bytes of each half that follows. */
  halfBytes: u32;
  numeralsPerLimb: u32;
  radix: u64;
  /** R = radix^numeralsPerLimb, and ⌈2^64 / R⌉. */
  limb: u64;
  magic: u64;
  /** The bits of a numeral. */
  bits: u64;
}

/** Values of one domain in a pack (`ff1-lockstep.ts` writes it). */
@unmanaged
export class Group {
  shape: usize;
  rows: u32;
  numerals: usize;
  left: usize;
  right: usize;
  /** The base block of each row, or one for all where the stride is 0. */
  base: usize;
  baseStride: usize;
  input: usize;
  output: usize;
  /** The variable blocks of each row's Q, where it has more than one. */
  q: usize;
  moreInput: usize;
  moreOutput: usize;
}

/** Writes the numerals of a limb in front of `end`, but none in front of `least`. */
export function writeLimb(limb: u64, end: usize, least: usize, shape: Shape): void {
  const fraction = 64 - shape.bits;
  const mask = ((<u64>1) << fraction) - 1;
  const radix = shape.radix;
  // limb / R as a fraction, rounded up: each product with the radix has the next numeral in front of the point. Exact
  // while R·(R/2^bits + 1) ≤ 2^fraction, which the host sees to.
  let rest = ((limb * shape.magic) >> shape.bits) + 1;
  let at = end - ((<usize>shape.numeralsPerLimb) << 1);
  for (; at < least; at += 2) rest = (rest * radix) & mask;
  for (; at < end; at += 2) {
    const next = rest * radix;
    store<u16>(at, <u16>(next >> fraction));
    rest = next & mask;
  }
}

/** Bytes of the numerals behind the limb that begins at `at`: whole limbs. */
export function bytesBehindLimb(at: usize, end: usize, shape: Shape): usize {
  const step = (<usize>shape.numeralsPerLimb) << 1;
  return ((end - at - 1) / step) * step;
}

/** Turns numerals into a number of `bytes` bytes, in a time that grows with the square of their count. */
export function loadWords(start: usize, end: usize, to: usize, bytes: usize, shape: Shape): void {
  const radix = shape.radix;
  const limbSize = shape.limb;
  let used = to;
  let at = start;
  while (at < end) {
    const limbEnd = end - bytesBehindLimb(at, end, shape);
    let carry: u64 = 0;
    for (; at < limbEnd; at += 2) carry = carry * radix + <u64>load<u16>(at);
    for (let word = to; word < used; word += 4) {
      const t = <u64>load<u32>(word) * limbSize + carry;
      store<u32>(word, <u32>t);
      carry = t >> 32;
    }
    if (carry != 0) {
      store<u32>(used, <u32>carry);
      used += 4;
    }
  }
  memory.fill(used, 0, to + bytes - used);
}
