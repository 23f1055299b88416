// Rows that occur more than once. What gives equal rows equal results needs to be done only once for each; to find equal rows
// takes time for every row, and gains nothing where all differ: a sample decides.

import { scratch } from './scratch.ts';

/** Rows by their numbers, from 0 on. */
export interface Rows {
  readonly count: number;
  /** Equal rows have equal hashes, of 32 bits. */
  readonly hash: (row: number) => number;
  readonly areEqual: (one: number, other: number) => boolean;
}

/** Fewer rows take less time than the decision. */
const LEAST_ROWS = 256;
/** Rows of the sample, in square roots of all rows. */
const SAMPLE_ROOTS = 5;
/** A sample has so many equal pairs where half of the rows are distinct, or a little less; three times as many at a quarter. */
const LEAST_PAIRS = 14;
/** After this share of the sample, two pairs are to be expected at half, and seven at a quarter; with none, the rest is left out. */
const FIRST_LOOK = 0.4;
/** Give up beyond this share of distinct rows: the sample was wrong. */
const MOST_DISTINCT = 0.75;
/** Give up beyond so many comparisons for each row: rows may have been made to have equal hashes. */
const MOST_COMPARISONS = 4;
const SEED = 0x9e3779b1;

const tableScratch = scratch(Uint32Array);

/**
 * Returns, for each row, the number of the first row that equals it; undefined where too few rows are equal for that to
 * pay.
 */
export function firstEqualRows(rows: Rows): Uint32Array | undefined {
  if (rows.count < LEAST_ROWS || !hasRepeats(rows)) return undefined;
  const { count, hash, areEqual } = rows;
  const first = new Uint32Array(count);
  const table = tableOf(count);
  const mask = table.length - 1;
  let left = Math.floor(MOST_DISTINCT * count);
  let comparisonsLeft = MOST_COMPARISONS * count;
  for (let row = 0; row < count; row++) {
    let slot = mixed(hash(row)) & mask;
    while (table[slot]! > 0 && !areEqual(table[slot]! - 1, row)) {
      if (--comparisonsLeft < 0) return undefined;
      slot = (slot + 1) & mask;
    }
    if (table[slot] === 0) {
      if (--left < 0) return undefined;
      table[slot] = row + 1;
    }
    first[row] = table[slot]! - 1;
  }
  return first;
}

/** Tells whether enough pairs of a random sample are equal. */
function hasRepeats({ count, hash, areEqual }: Rows): boolean {
  const sample = Math.ceil(SAMPLE_ROOTS * Math.sqrt(count));
  const firstLook = Math.ceil(FIRST_LOOK * sample);
  const table = tableOf(sample);
  const mask = table.length - 1;
  let pairs = 0;
  let random = SEED;
  for (let i = 0; i < sample; i++) {
    if (i === firstLook && pairs === 0) return false;
    // Xorshift: rows in no order, because equal ones often lie beside each other.
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    const row = (random >>> 0) % count;
    const slot = mixed(hash(row)) & mask;
    const other = table[slot]! - 1;
    if (other >= 0 && other !== row && areEqual(other, row)) pairs++;
    else table[slot] = row + 1;
  }
  return pairs >= LEAST_PAIRS;
}

/** An empty table with at least two slots for each row. */
function tableOf(rows: number): Uint32Array {
  return tableScratch(2 ** (33 - Math.clz32(rows - 1))).fill(0);
}

function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return half ^ (half >>> 13);
}

/** Hashes a row of numbers. */
export function hashOfNumbers(numbers: Uint16Array, from: number, to: number): number {
  let hash = SEED;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ numbers[at]!, 0x01000193) ^ (hash >>> 15);
  return hash;
}

/** Hashes at most 16 characters of a text, from all of its parts. */
export function hashOfText(text: string): number {
  const step = 1 + (text.length >> 4);
  let hash = SEED ^ text.length;
  for (let at = 0; at < text.length; at += step)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) ^ (hash >>> 15);
  return hash;
}

/** Tells whether two rows of a buffer are equal. */
export function areEqualNumbers(buffer: Uint8Array | Uint16Array, one: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (buffer[one + i] !== buffer[other + i]) return false;
  return true;
}
