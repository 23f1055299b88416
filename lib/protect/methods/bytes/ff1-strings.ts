import type { Direction } from '../../../crypto/direction.ts';
import type { Ff1 } from '../../../crypto/ff1.ts';
import type { CipherMeter } from '../method.ts';

/**
 * Numeral strings of any lengths over one radix. String i has the numerals from `ends[i - 1]` (from 0 for i = 0) to
 * `ends[i]`.
 */
export interface NumeralStrings {
  readonly radix: number;
  readonly numerals: Uint16Array;
  readonly ends: Uint32Array;
  /** One tweak for all strings, or one for each, of `tweakLength` bytes. */
  readonly tweaks: Uint8Array;
  readonly tweakLength: number;
}

/**
 * Runs FF1 over all strings in place, those of all lengths in one call. Every string must have a domain of at least 1,000,000.
 */
export function runFf1(
  ff1: Ff1,
  direction: Direction,
  { radix, numerals, ends, tweaks, tweakLength }: NumeralStrings,
  meter: CipherMeter,
): void {
  const groups = Array.from(byLength(ends), ([length, members]) => {
    // Strings of a single length already lie as FF1 needs them.
    const whole = members.length === ends.length;
    const shared = whole || tweaks.length === tweakLength;
    const batch = {
      radix,
      length,
      numerals: whole ? numerals : gather(numerals, ends, members, length),
      tweaks: shared ? tweaks : gatherTweaks(tweaks, tweakLength, members),
      tweakLength,
    };
    return { batch, members, whole };
  });
  meter(ends.length, () => ff1[direction](groups.map(({ batch }) => batch)));
  for (const { batch, members, whole } of groups) {
    if (!whole) scatter(batch.numerals, numerals, ends, members, batch.length);
  }
}

function byLength(ends: Uint32Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let i = 0, from = 0; i < ends.length; i++) {
    const length = ends[i]! - from;
    const group = groups.get(length);
    if (group === undefined) groups.set(length, [i]);
    else group.push(i);
    from = ends[i]!;
  }
  return groups;
}

function gather(numerals: Uint16Array, ends: Uint32Array, members: readonly number[], length: number): Uint16Array {
  const gathered = new Uint16Array(members.length * length);
  for (let i = 0, to = 0; i < members.length; i++) {
    const end = ends[members[i]!]!;
    for (let from = end - length; from < end; from++) gathered[to++] = numerals[from]!;
  }
  return gathered;
}

function scatter(
  gathered: Uint16Array,
  numerals: Uint16Array,
  ends: Uint32Array,
  members: readonly number[],
  length: number,
): void {
  for (let i = 0, from = 0; i < members.length; i++) {
    const end = ends[members[i]!]!;
    for (let to = end - length; to < end; to++) numerals[to] = gathered[from++]!;
  }
}

function gatherTweaks(tweaks: Uint8Array, tweakLength: number, members: readonly number[]): Uint8Array {
  const gathered = new Uint8Array(members.length * tweakLength);
  for (let i = 0, to = 0; i < members.length; i++) {
    const from = members[i]! * tweakLength;
    for (let b = 0; b < tweakLength; b++) gathered[to++] = tweaks[from + b]!;
  }
  return gathered;
}
