// Values that occur more than once in a batch: FF1 gives equal values under equal tweaks equal results, so each goes through
// the rounds only once.

import { areEqualNumbers, firstEqualRows, hashOfNumbers } from '../base/equal-rows.ts';

/** The values of a batch. */
interface Values {
  readonly length: number;
  readonly numerals: Uint16Array;
  readonly tweaks: Uint8Array;
  readonly tweakLength: number;
}

/** The distinct values of a batch, in the order in which they come. */
interface Distinct {
  readonly numerals: Uint16Array;
  readonly tweaks: Uint8Array;
  /** Copies the values, whatever they are by now, to all their rows. */
  readonly copyBack: () => void;
}

/** Returns the distinct values of a batch; undefined where too few are equal for that to pay. */
export function distinctValues({ numerals, length, tweaks, tweakLength }: Values): Distinct | undefined {
  const count = numerals.length / length;
  const shared = tweaks.length === tweakLength;
  const first = firstEqualRows({
    count,
    hash: (row) => hashOfNumbers(numerals, row * length, (row + 1) * length),
    areEqual: (one, other) =>
      areEqualNumbers(numerals, one * length, other * length, length) &&
      (shared || areEqualNumbers(tweaks, one * tweakLength, other * tweakLength, tweakLength)),
  });
  if (first === undefined) return undefined;
  const places = new Uint32Array(count);
  let distinct = 0;
  for (let row = 0; row < count; row++) places[row] = first[row] === row ? distinct++ : places[first[row]!]!;
  const values = new Uint16Array(distinct * length);
  const ownTweaks = shared ? tweaks : new Uint8Array(distinct * tweakLength);
  for (let row = 0, to = 0; row < count; row++) {
    if (first[row] !== row) continue;
    values.set(numerals.subarray(row * length, (row + 1) * length), to * length);
    if (!shared) ownTweaks.set(tweaks.subarray(row * tweakLength, (row + 1) * tweakLength), to * tweakLength);
    to++;
  }
  return {
    numerals: values,
    tweaks: ownTweaks,
    copyBack: () => {
      for (let row = 0, at = 0; row < count; row++) {
        for (let from = places[row]! * length, end = from + length; from < end; ) numerals[at++] = values[from++]!;
      }
    },
  };
}
