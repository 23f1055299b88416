// FF1's ten rounds for halves beyond 2^38 and up to 512 bits (SP 800-38G, algorithms 7 and 8, step 6).
//
// A half is kept in limbs of a few numerals each, y and NUM in words of 16, 24 or 32 bits; both conversions are
// matrices:
//   NUM(half), word i  =  carry + Σj half[j] · (word i of R^j)                      R: size of a limb
//   half ± y,  limb j  =  carry + half[j] ± Σi y[i] · (limb j of 2^(w·i) mod radix^m)
// radix^m is the product of the limb sizes, so dropping the carry out of the top limb reduces modulo it. The sizes of
// limbs and words keep every sum below 2^51: doubles are exact, also in the division (see ff1-narrow.ts).
//
// Limbs and words are columns (all rows of limb 0, then all rows of limb 1 …), and every inner loop runs over rows: the
// rows of a column are independent, whereas each carry along one value would wait for the one before.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { variableBlocks } from './ff1-prefix.ts';
import { type RoundOutput, roundOutput } from './ff1-round-function.ts';

const ROUNDS = 10;
/** Every sum of products stays below 2^51. */
const SUM_BITS = 51;
const MAX_LIMB = 2 ** 31;

/** How the halves of a domain are cut, and the matrices of both conversions. */
export interface WideShape {
  readonly wordBits: number;
  readonly numeralsPerLimb: number;
  /** Words of NUM, and of y. */
  readonly numWords: number;
  readonly yWords: number;
  readonly left: HalfShape;
  readonly right: HalfShape;
}

interface HalfShape {
  readonly offset: number;
  readonly numerals: number;
  /** The size of each limb. The top limb may be smaller. */
  readonly sizes: readonly number[];
  /** `toWords[i][j]`: word i of R^j. */
  readonly toWords: readonly Float64Array[];
  /** `toLimbs[j][i]`: limb j of 2^(w·i) mod radix^m. */
  readonly toLimbs: readonly Float64Array[];
}

const shapes = new WeakMap<Ff1Domain, WideShape>();

/** Returns the cut of a domain's halves, computed once. */
export function wideShape(domain: Ff1Domain): WideShape {
  let shape = shapes.get(domain);
  if (shape === undefined) {
    shape = shapeOf(domain);
    shapes.set(domain, shape);
  }
  return shape;
}

/** Runs FF1 over numeral strings in place. Arguments as for `runNarrow`. */
export function runWide(aes: BlockCipher, domain: Ff1Domain, numerals: Uint16Array, base: Buffer, sign: 1 | -1): void {
  const count = numerals.length / domain.length;
  const shape = wideShape(domain);
  const shared = base.length === BLOCK_BYTES;
  // Measured best: a call of the cipher carries many blocks, and the columns of a chunk, 128 KB, stay in the cache.
  const columns = 2 * shape.right.sizes.length + shape.yWords + 1;
  const chunkRows = Math.max(32, Math.min(512, Math.floor(16_384 / columns)));
  for (let from = 0; from < count; from += chunkRows) {
    const rows = Math.min(chunkRows, count - from);
    const chunk = numerals.subarray(from * domain.length, (from + rows) * domain.length);
    const chunkBase = shared ? base : base.subarray(from * BLOCK_BYTES, (from + rows) * BLOCK_BYTES);
    runChunk(aes, domain, shape, chunk, chunkBase, sign, rows);
  }
}

function runChunk(
  aes: BlockCipher,
  domain: Ff1Domain,
  shape: WideShape,
  numerals: Uint16Array,
  base: Buffer,
  sign: 1 | -1,
  rows: number,
): void {
  const halfShapes = [shape.left, shape.right] as const;
  const halves = [
    loadHalf(numerals, domain, shape, shape.left, rows),
    loadHalf(numerals, domain, shape, shape.right, rows),
  ] as const;
  const words = new Float64Array(rows * Math.max(shape.numWords, shape.yWords));
  const sums = new Float64Array(rows);
  const q = new Uint8Array(rows * variableBlocks(domain) * BLOCK_BYTES);
  for (let step = 0; step < ROUNDS; step++) {
    const round = sign === 1 ? step : ROUNDS - 1 - step;
    const to = (round % 2) as 0 | 1;
    const from = (1 - to) as 0 | 1;
    formWords(halves[from], halfShapes[from], shape, words, sums, rows);
    writeQ(q, words, shape, domain.b, round, rows); // i
    readWords(roundOutput(aes, domain, q, base, rows), domain.d, shape, words, rows); // ii–iv
    addModulo(halves[to], halfShapes[to], words, sums, sign, rows); // v–vii
  }
  storeHalf(numerals, domain, shape, shape.left, halves[0], rows);
  storeHalf(numerals, domain, shape, shape.right, halves[1], rows);
}

/** Picks the cheapest of all cuts whose sums stay exact. */
function shapeOf(domain: Ff1Domain): WideShape {
  let best: { wordBits: number; perLimb: number; cost: number } | undefined;
  for (const wordBits of [32, 24, 16]) {
    const yWords = Math.ceil((8 * domain.d) / wordBits);
    const numWords = Math.ceil((8 * domain.b) / wordBits);
    for (let perLimb = 1; domain.radix ** perLimb <= MAX_LIMB; perLimb++) {
      const limbs = Math.ceil(domain.v / perLimb);
      const terms = Math.max(yWords, limbs) + 2;
      if (perLimb * Math.log2(domain.radix) + wordBits + Math.log2(terms) > SUM_BITS) break;
      // Measured: a carry costs as much as five products, reading or writing a word as much as four.
      const cost = limbs * (yWords + numWords) + 5 * (limbs + numWords) + 4 * (yWords + numWords);
      if (best === undefined || cost < best.cost) best = { wordBits, perLimb, cost };
    }
  }
  // There is always one: radix 65,536 and 24-bit words leave room for 2^11 terms, far more than 512 bits have.
  const { wordBits, perLimb } = best!;
  const numWords = Math.ceil((8 * domain.b) / wordBits);
  const yWords = Math.ceil((8 * domain.d) / wordBits);
  const half = (offset: number, numerals: number): HalfShape =>
    halfShape(domain.radix, offset, numerals, perLimb, wordBits, numWords, yWords);
  return {
    wordBits,
    numeralsPerLimb: perLimb,
    numWords,
    yWords,
    left: half(0, domain.u),
    right: half(domain.u, domain.v),
  };
}

/** Computes the matrices of a half. Runs once per domain, so BigInt is fast enough. */
function halfShape(
  radix: number,
  offset: number,
  numerals: number,
  perLimb: number,
  wordBits: number,
  numWords: number,
  yWords: number,
): HalfShape {
  const limbs = Math.ceil(numerals / perLimb);
  const limbSize = radix ** perLimb;
  const sizes = Array.from({ length: limbs }, (_, j) => (j < limbs - 1 ? limbSize : radix ** (numerals - perLimb * j)));
  const modulus = BigInt(radix) ** BigInt(numerals);
  const word = 1n << BigInt(wordBits);
  const size = BigInt(limbSize);
  return {
    offset,
    numerals,
    sizes,
    toWords: Array.from({ length: numWords }, (_, i) =>
      Float64Array.from({ length: limbs }, (_unused, j) => Number((size ** BigInt(j) / word ** BigInt(i)) % word)),
    ),
    toLimbs: Array.from({ length: limbs }, (_, j) =>
      Float64Array.from({ length: yWords }, (_unused, i) =>
        Number(((word ** BigInt(i) % modulus) / size ** BigInt(j)) % size),
      ),
    ),
  };
}

/** words := NUM(half), least significant word first. */
function formWords(
  half: Float64Array,
  shape: HalfShape,
  { wordBits, numWords }: WideShape,
  words: Float64Array,
  sums: Float64Array,
  rows: number,
): void {
  const size = 2 ** wordBits;
  const inverse = 1 / size;
  sums.fill(0);
  for (let i = 0; i < numWords; i++) {
    accumulate(sums, half, shape.toWords[i]!, 1, rows);
    for (let row = 0, at = i * rows; row < rows; row++, at++) {
      const t = sums[row]!;
      const high = Math.floor(t * inverse);
      words[at] = t - high * size;
      sums[row] = high;
    }
  }
}

/** half := half ± y modulo radix^m. */
function addModulo(
  half: Float64Array,
  shape: HalfShape,
  y: Float64Array,
  sums: Float64Array,
  sign: 1 | -1,
  rows: number,
): void {
  sums.fill(0);
  for (let j = 0; j < shape.sizes.length; j++) {
    const size = shape.sizes[j]!;
    const inverse = 1 / size;
    accumulate(sums, y, shape.toLimbs[j]!, sign, rows);
    for (let row = 0, at = j * rows; row < rows; row++, at++) {
      const t = half[at]! + sums[row]!;
      const high = Math.floor((t + 0.5) * inverse);
      half[at] = t - high * size;
      sums[row] = high;
    }
  }
}

/** sums := sums ± Σ column[i] · factors[i], four columns at a time. */
function accumulate(
  sums: Float64Array,
  columns: Float64Array,
  factors: Float64Array,
  sign: 1 | -1,
  rows: number,
): void {
  let i = 0;
  // Low powers do not reach high places: nearly half of a matrix is zero, at the start of its rows.
  while (factors[i] === 0) i++;
  for (; i + 4 <= factors.length; i += 4) {
    const f0 = sign * factors[i]!;
    const f1 = sign * factors[i + 1]!;
    const f2 = sign * factors[i + 2]!;
    const f3 = sign * factors[i + 3]!;
    let a = i * rows;
    let b = a + rows;
    let c = b + rows;
    let d = c + rows;
    for (let row = 0; row < rows; row++) {
      sums[row] = sums[row]! + columns[a++]! * f0 + columns[b++]! * f1 + columns[c++]! * f2 + columns[d++]! * f3;
    }
  }
  for (; i < factors.length; i++) {
    const f = sign * factors[i]!;
    for (let row = 0, a = i * rows; row < rows; row++, a++) sums[row] = sums[row]! + columns[a]! * f;
  }
}

/** Writes the round number and the b bytes of NUM at the end of each row's blocks. The bytes before them stay zero. */
function writeQ(q: Uint8Array, words: Float64Array, shape: WideShape, b: number, round: number, rows: number): void {
  const stride = q.length / rows;
  const wordBytes = shape.wordBits / 8;
  const whole = Math.floor(b / wordBytes);
  for (let i = 0; i < whole; i++) writeWord(q, stride - (i + 1) * wordBytes, stride, words, i * rows, rows, wordBytes);
  for (let byte = 0; byte < b - whole * wordBytes; byte++) {
    let at = stride - 1 - whole * wordBytes - byte;
    for (let row = 0, w = whole * rows; row < rows; row++, w++, at += stride) q[at] = words[w]! >>> (8 * byte);
  }
  for (let row = 0, at = stride - b - 1; row < rows; row++, at += stride) q[at] = round;
}

/** Writes one word of every row, most significant byte first. */
function writeWord(
  q: Uint8Array,
  first: number,
  stride: number,
  words: Float64Array,
  column: number,
  rows: number,
  wordBytes: number,
): void {
  const view = new DataView(q.buffer, q.byteOffset, q.length);
  let at = first;
  if (wordBytes === 4) {
    for (let row = 0, w = column; row < rows; row++, w++, at += stride) view.setUint32(at, words[w]!);
  } else if (wordBytes === 2) {
    for (let row = 0, w = column; row < rows; row++, w++, at += stride) view.setUint16(at, words[w]!);
  } else {
    for (let row = 0, w = column; row < rows; row++, w++, at += stride) {
      view.setUint16(at, words[w]! >>> 8);
      q[at + 2] = words[w]!;
    }
  }
}

/** words := the d bytes of each row's S as a number, least significant word first. */
function readWords(s: RoundOutput, d: number, shape: WideShape, words: Float64Array, rows: number): void {
  const view = new DataView(s.bytes.buffer, s.bytes.byteOffset, s.bytes.length);
  const wordBytes = shape.wordBits / 8;
  for (let i = 0; i < shape.yWords; i++) {
    // Reads the four bytes that end with the word, or the first four of S where the word begins before byte 4.
    const end = d - i * wordBytes;
    const from = Math.max(0, end - 4);
    const shift = 8 * (from + 4 - end);
    const mask = 2 ** shape.wordBits - 1;
    let at = from;
    for (let row = 0, w = i * rows; row < rows; row++, w++, at += s.stride) {
      words[w] = ((view.getUint32(at) >>> shift) & mask) >>> 0;
    }
  }
}

function loadHalf(
  numerals: Uint16Array,
  domain: Ff1Domain,
  shape: WideShape,
  { offset, numerals: length, sizes }: HalfShape,
  rows: number,
): Float64Array {
  const half = new Float64Array(rows * sizes.length);
  for (let row = 0; row < rows; row++) {
    const start = row * domain.length + offset;
    let end = start + length;
    for (let limb = 0; limb < sizes.length; limb++, end -= shape.numeralsPerLimb) {
      let value = 0;
      for (let at = Math.max(start, end - shape.numeralsPerLimb); at < end; at++) {
        value = value * domain.radix + numerals[at]!;
      }
      half[limb * rows + row] = value;
    }
  }
  return half;
}

function storeHalf(
  numerals: Uint16Array,
  domain: Ff1Domain,
  shape: WideShape,
  { offset, numerals: length, sizes }: HalfShape,
  half: Float64Array,
  rows: number,
): void {
  const inverse = 1 / domain.radix;
  for (let row = 0; row < rows; row++) {
    const start = row * domain.length + offset;
    let end = start + length;
    for (let limb = 0; limb < sizes.length; limb++, end -= shape.numeralsPerLimb) {
      let value = half[limb * rows + row]!;
      const to = Math.max(start, end - shape.numeralsPerLimb);
      for (let at = end - 1; at >= to; at--) {
        const quotient = Math.floor((value + 0.5) * inverse);
        numerals[at] = value - quotient * domain.radix;
        value = quotient;
      }
    }
  }
}
