import type { Ff1Batch } from './ff1.ts';

/** Tells whether the value whose numerals begin at `at` lies outside the permuted set. */
export type Outside = (numerals: Uint16Array, at: number) => boolean;

/**
 * Permutes a subset of FF1's domain: a value outside the set is enciphered again until it is inside (cycle walking,
 * Black and Rogaway, CT-RSA 2002), the whole column step by step. Every value of the batch must be inside at the start.
 * The walk then ends, because the cycle of a value leads back to it. The inverse is the same walk with the inverse
 * `step`, of as many steps. Returns the values that are outside even after `most` steps, or when `mayWalk` says no to the
 * numerals of a further step, by their place in the batch.
 */
export function cycleWalk(
  step: (batch: Ff1Batch) => void,
  batch: Ff1Batch,
  outside: Outside,
  most = Infinity,
  mayWalk: (numerals: number) => boolean = () => true,
): readonly number[] {
  const { numerals, length } = batch;
  step(batch);
  let pending: number[] = [];
  for (let at = 0; at < numerals.length; at += length) if (outside(numerals, at)) pending.push(at / length);
  for (let steps = 1; pending.length > 0 && steps < most; steps++) {
    if (!mayWalk(pending.length * length)) break;
    const part = gather(batch, pending);
    step(part);
    const left: number[] = [];
    for (let i = 0; i < pending.length; i++) {
      const to = pending[i]! * length;
      for (let j = 0; j < length; j++) numerals[to + j] = part.numerals[i * length + j]!;
      if (outside(numerals, to)) left.push(pending[i]!);
    }
    pending = left;
  }
  return pending;
}

function gather(batch: Ff1Batch, rows: readonly number[]): Ff1Batch {
  const { numerals, length, tweaks, tweakLength } = batch;
  const shared = tweaks.length === tweakLength;
  return {
    ...batch,
    numerals: gatherRows(new Uint16Array(rows.length * length), numerals, length, rows),
    tweaks: shared ? tweaks : gatherRows(new Uint8Array(rows.length * tweakLength), tweaks, tweakLength, rows),
  };
}

function gatherRows<T extends Uint8Array | Uint16Array>(to: T, from: T, width: number, rows: readonly number[]): T {
  for (let i = 0, at = 0; i < rows.length; i++) {
    const start = rows[i]! * width;
    for (let j = 0; j < width; j++) to[at++] = from[start + j]!;
  }
  return to;
}
