import type { Ff1Batch } from './ff1.ts';

/** Tells whether the value whose numerals begin at `at` lies outside the permuted set. */
export type Outside = (numerals: Uint16Array, at: number) => boolean;

/** The values of a batch that are permuted among themselves. */
export interface Walk {
  readonly batch: Ff1Batch;
  /** @default - no value of the domain lies outside */
  readonly outside?: Outside | undefined;
}

/** Values on their way, by their place in the batch. */
interface Pending {
  readonly walk: Walk;
  readonly values: readonly number[];
}

/**
 * Permutes subsets of FF1's domains: a value outside its set is enciphered again until it is inside (cycle walking,
 * Black and Rogaway, CT-RSA 2002), the values of all batches step by step together. Every value must be inside at the start.
 * The walk then ends, because the cycle of a value leads back to it. The inverse is the same walk with the inverse
 * `step`, of as many steps. Returns, for each batch, the values that are outside even after `most` steps, or when `mayWalk`
 * says no to the numerals of a further step, by their place in the batch.
 */
export function cycleWalk(
  step: (batches: readonly Ff1Batch[]) => void,
  walks: readonly Walk[],
  most = Infinity,
  mayWalk: (numerals: number) => boolean = () => true,
): ReadonlyMap<Walk, readonly number[]> {
  if (walks.length > 0) step(walks.map(({ batch }) => batch));
  let pending = walks.flatMap((walk) => still(walk, valuesOutside(walk)));
  for (let steps = 1; pending.length > 0 && steps < most; steps++) {
    const numerals = pending.reduce((sum, { walk, values }) => sum + values.length * walk.batch.length, 0);
    if (!mayWalk(numerals)) break;
    const parts = pending.map(({ walk, values }) => gather(walk.batch, values));
    step(parts);
    pending = pending.flatMap(({ walk, values }, i) => still(walk, putBack(walk, values, parts[i]!.numerals)));
  }
  return new Map(pending.map(({ walk, values }) => [walk, values]));
}

function still(walk: Walk, values: readonly number[]): Pending[] {
  return values.length === 0 ? [] : [{ walk, values }];
}

function valuesOutside({ batch, outside }: Walk): number[] {
  const found: number[] = [];
  if (outside === undefined) return found;
  const { numerals, length } = batch;
  for (let at = 0; at < numerals.length; at += length) if (outside(numerals, at)) found.push(at / length);
  return found;
}

/** Copies values back to their places, and returns those that are still outside. */
function putBack({ batch, outside }: Walk, values: readonly number[], walked: Uint16Array): number[] {
  const { numerals, length } = batch;
  const left: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const to = values[i]! * length;
    for (let j = 0; j < length; j++) numerals[to + j] = walked[i * length + j]!;
    if (outside!(numerals, to)) left.push(values[i]!);
  }
  return left;
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
